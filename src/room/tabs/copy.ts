import { type AnyState, InvalidSnapshot, type ValueOf } from '../../state/index.js'
import { ExecutedState } from '../executed-state.js'
import type { StatePart, TabEvent } from './messages.js'

/** While the state is on its way so many events are held back; then the state is asked for anew, once it has come. */
const MAX_HELD: number = 2 ** 17

/** What an event tells of a draft, in its place in the order. */
export type DraftEvent = Extract<TabEvent, { readonly id: string }>

export interface CopyPorts {
  /** It needs the state, by a transfer of this number. */
  readonly follow: (transfer: number) => void
  readonly more: (transfer: number) => void
  /** The machine has changed. */
  readonly changed: () => void
  /** After `changed` was told of what it did. */
  readonly told: (event: DraftEvent) => void
  /** Some events never came: what they have told of drafts nobody can know. */
  readonly lost: () => void
  /** The state is of another version than this program's. */
  readonly foreign: () => void
}

interface Held {
  readonly number: number
  readonly event: TabEvent
}

/** What the member in another tab has executed, executed here once more. */
export class Copy<S extends AnyState> {
  readonly machine: ExecutedState<ValueOf<S>>
  version: number
  readonly #state: S
  readonly #ports: CopyPorts
  /** The number of the event that comes next; undefined: none has come yet. */
  #next: number | undefined
  /** Of the present transfer, or the last one. */
  #transfer = 0
  #pieces: Uint8Array[] = []
  /** While the state is on its way; in order. */
  #held: Held[] | undefined
  #heldTooMany = false
  #isThere = false

  constructor(state: S, ports: CopyPorts) {
    this.#state = state
    this.#ports = ports
    this.version = state.versions[1]
    this.machine = new ExecutedState(state.create(), () => {})
  }

  /** A state has come. It may be an old one. */
  get isThere(): boolean {
    return this.#isThere
  }

  /** Begins anew, with the state and the events of another tab. */
  begin(): void {
    this.#next = undefined
    this.#follow()
  }

  take({ transfer, version, next, pieces, last }: StatePart): void {
    if (this.#held === undefined || transfer !== this.#transfer) return
    for (const piece of pieces) this.#pieces.push(piece)
    if (!last) return this.#ports.more(transfer)
    const whole = this.#pieces
    this.#pieces = []
    const [lowest, highest] = this.#state.versions
    if (version < lowest || version > highest) return this.#ports.foreign()
    try {
      this.machine.restore(whole, version)
    } catch (error) {
      if (!(error instanceof InvalidSnapshot)) throw error
      return this.#ports.foreign()
    }
    this.version = version
    this.#isThere = true
    const held = this.#held
    this.#held = undefined
    this.#ports.changed()
    if (this.#heldTooMany) {
      this.#follow()
      this.#held = held
      return
    }
    this.#run(held.filter(({ number, event }) => number >= next || isOfDraft(event)))
  }

  hear(first: number, events: readonly TabEvent[]): void {
    const isGap = this.#next !== undefined && first !== this.#next
    this.#next = first + events.length
    const numbered = events.map((event, i) => ({ number: first + i, event }))
    if (isGap) {
      this.#ports.lost()
      this.#follow()
    }
    if (this.#held === undefined) this.#run(numbered)
    else this.#hold(numbered)
  }

  /** No state comes any more: what was said of drafts is told as it is. */
  tellHeld(): void {
    for (const { event } of this.#held?.splice(0) ?? []) if (isOfDraft(event)) this.#ports.told(event)
  }

  #follow(): void {
    // What was said of drafts holds, whatever becomes of the state.
    this.#held = (this.#held ?? []).filter(({ event }) => isOfDraft(event)).map(({ event }) => ({ number: -1, event }))
    this.#heldTooMany = false
    this.#pieces = []
    this.#transfer++
    this.#ports.follow(this.#transfer)
  }

  #hold(numbered: readonly Held[]): void {
    const held = this.#held ?? []
    for (const one of numbered) if (!this.#heldTooMany || isOfDraft(one.event)) held.push(one)
    this.#held = held
    if (held.length <= MAX_HELD || this.#heldTooMany) return
    this.#heldTooMany = true
    this.#held = held.filter(({ event }) => isOfDraft(event))
  }

  #run(numbered: readonly Held[]): void {
    let changed = false
    const tell = (): void => {
      if (changed) this.#ports.changed()
      changed = false
    }
    for (const [i, { event }] of numbered.entries()) {
      if (isOfDraft(event)) {
        tell()
        this.#ports.told(event)
        continue
      }
      if (event.kind === 'replaced' || !this.#execute(event)) {
        this.#follow()
        this.#hold(numbered.slice(i + 1))
        break
      }
      changed = true
    }
    tell()
  }

  /** @returns whether this program can */
  #execute(event: Extract<TabEvent, { readonly kind: 'applied' | 'migrated' }>): boolean {
    if (event.kind === 'migrated') {
      if (event.version > this.#state.versions[1] || this.machine.migrate === undefined) return false
      this.machine.migrate(event.version)
      this.version = event.version
      return true
    }
    try {
      this.machine.apply(event)
    } catch {
      // It threw there as well, and has changed nothing.
    }
    return true
  }
}

const isOfDraft = (event: TabEvent): event is DraftEvent => 'id' in event
