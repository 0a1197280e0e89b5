import type { Environment } from '../environment.js'

/** The tab that holds the member answers within milliseconds: unless it is frozen, or busy beyond what people put up with. */
const ANSWER_MS = 1000

export interface WatchPorts {
  /** Whether anything is to come from there. */
  readonly isAwaited: () => boolean
  readonly ask: () => void
  /** It has become silent, or is so no more. */
  readonly changed: () => void
}

/** Notices when the tab that holds the member does not answer. Looks only while something is to come from there. */
export class Watch {
  readonly #environment: Environment
  readonly #ports: WatchPorts
  #heardAtMs = Number.NEGATIVE_INFINITY
  #isSilent = false
  #cancel: (() => void) | undefined

  constructor(environment: Environment, ports: WatchPorts) {
    this.#environment = environment
    this.#ports = ports
  }

  get isSilent(): boolean {
    return this.#isSilent
  }

  /** Something is to come. */
  begin(): void {
    if (this.#cancel !== undefined) return
    const sinceMs = this.#environment.now()
    this.#cancel = this.#environment.after(ANSWER_MS, () => {
      this.#cancel = undefined
      if (!this.#isSilent && !this.#ports.isAwaited()) return
      if (this.#heardAtMs < sinceMs && !this.#isSilent) {
        this.#isSilent = true
        this.#ports.changed()
      }
      this.#ports.ask()
      this.begin()
    })
  }

  heard(): void {
    this.#heardAtMs = this.#environment.now()
    if (!this.#isSilent) return
    this.#isSilent = false
    this.#ports.changed()
  }

  end(): void {
    this.#cancel?.()
  }
}
