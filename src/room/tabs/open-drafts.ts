import { checkCommand, commandBytes } from '../../core/index.js'
import { type Draft, QueueFull } from '../../member/index.js'
import { bareCommand } from './bare-command.js'

export interface OpenDraftsOptions {
  readonly maxProposals: number
  readonly maxBytes: number
  readonly maxCommandBytes: number
}

interface Open {
  readonly draft: Draft
  readonly bytes: number
  /** It is durable with the member; or need not be. */
  kept: boolean
  /** Its answer has come, and may wait for the state that belongs to it. */
  answered: boolean
}

/** What was called in a tab that uses the member of another one, and has no answer; in order. */
export class OpenDrafts {
  readonly #options: OpenDraftsOptions
  readonly #open = new Map<string, Open>()
  #bytes = 0

  constructor(options: OpenDraftsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether none would be lost with this tab. */
  get areKept(): boolean {
    for (const { kept } of this.#open.values()) if (!kept) return false
    return true
  }

  /** Those whose answers have not come. */
  get unanswered(): readonly Draft[] {
    return Array.from(this.#open.values())
      .filter(({ answered }) => !answered)
      .map(({ draft }) => draft)
  }

  get(id: string): Draft | undefined {
    return this.#open.get(id)?.draft
  }

  /**
   * By its id it is taken once.
   * @throws QueueFull, InvalidCommand, CommandTooLarge
   * @returns whether it is new
   */
  add(draft: Draft): boolean {
    if (this.#open.has(draft.id)) return false
    const { maxProposals, maxBytes, maxCommandBytes } = this.#options
    const command = bareCommand(draft)
    checkCommand(command, maxCommandBytes)
    const bytes = commandBytes(command)
    if (this.#open.size >= maxProposals || this.#bytes + bytes > maxBytes) {
      throw new QueueFull(this.#open.size, this.#bytes)
    }
    this.#open.set(draft.id, { draft, bytes, kept: !draft.lasting, answered: false })
    this.#bytes += bytes
    return true
  }

  keep(id: string): void {
    const open = this.#open.get(id)
    if (open !== undefined) open.kept = true
  }

  answer(id: string): void {
    const open = this.#open.get(id)
    if (open !== undefined) open.answered = true
  }

  delete(id: string): boolean {
    this.#bytes -= this.#open.get(id)?.bytes ?? 0
    return this.#open.delete(id)
  }

  clear(): void {
    this.#open.clear()
    this.#bytes = 0
  }
}
