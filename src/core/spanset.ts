import { type Command, type RangeSpan, spansInterfere } from './command.js'

interface Users {
  readers: number
  writers: number
}

/** The spans of a changing set of commands: who asks, and who is in it, costs by its own spans. */
export class SpanSet {
  readonly #keys = new Map<string, Users>()
  /** Ranges, and how many have them: they are few, and compared one by one. */
  readonly #ranges = new Map<RangeSpan, number>()

  add({ spans }: Command): void {
    for (const span of spans) {
      if (span.kind === 'range') this.#ranges.set(span, (this.#ranges.get(span) ?? 0) + 1)
      else {
        let users = this.#keys.get(span.key)
        if (users === undefined) {
          users = { readers: 0, writers: 0 }
          this.#keys.set(span.key, users)
        }
        if (span.write) users.writers++
        else users.readers++
      }
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
        const users = this.#keys.get(span.key) as Users
        if (span.write) users.writers--
        else users.readers--
        if (users.writers + users.readers === 0) this.#keys.delete(span.key)
      }
    }
  }

  /** Whether the command interferes with any in the set. */
  interferes({ spans }: Command): boolean {
    for (const span of spans) {
      for (const range of this.#ranges.keys()) if (spansInterfere(range, span)) return true
      if (span.kind === 'key') {
        const users = this.#keys.get(span.key)
        if (users !== undefined && (users.writers > 0 || span.write)) return true
      } else {
        for (const [key, users] of this.#keys) {
          if (spansInterfere(span, { kind: 'key', key, write: users.writers > 0 })) return true
        }
      }
    }
    return false
  }
}
