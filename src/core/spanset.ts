import { type Command, type RangeSpan, spansInterfere } from './command.js'

/** How often a key is used is one number, readers and writers apart: there is one for each command on its way. */
const WRITER = 2 ** 26

const usersOf = (write: boolean): number => (write ? WRITER : 1)

/** The spans of a changing set of commands: who asks, and who is in it, costs by its own spans. */
export class SpanSet {
  readonly #keys = new Map<string, number>()
  /** Ranges, and how many have them: they are few, and compared one by one. */
  readonly #ranges = new Map<RangeSpan, number>()

  add({ spans }: Command): void {
    for (const span of spans) {
      if (span.kind === 'range') this.#ranges.set(span, (this.#ranges.get(span) ?? 0) + 1)
      else this.#keys.set(span.key, (this.#keys.get(span.key) ?? 0) + usersOf(span.write))
    }
  }

  /** Takes out a command that was added: the same object. */
  delete({ spans }: Command): void {
    for (const span of spans) {
      if (span.kind === 'range') {
        const users = this.#ranges.get(span) as number
        if (users > 1) this.#ranges.set(span, users - 1)
        else this.#ranges.delete(span)
      } else {
        const users = (this.#keys.get(span.key) as number) - usersOf(span.write)
        if (users > 0) this.#keys.set(span.key, users)
        else this.#keys.delete(span.key)
      }
    }
  }

  /** Whether the command interferes with any in the set. */
  interferes({ spans }: Command): boolean {
    for (const span of spans) {
      for (const range of this.#ranges.keys()) if (spansInterfere(range, span)) return true
      if (span.kind === 'key') {
        const users = this.#keys.get(span.key)
        if (users !== undefined && (users >= WRITER || span.write)) return true
      } else {
        for (const [key, users] of this.#keys) {
          if (spansInterfere(span, { kind: 'key', key, write: users >= WRITER })) return true
        }
      }
    }
    return false
  }
}
