import { type Ballot, MAX_VOTERS } from '../../core/index.js'
import type { Decided, LogCommand, LogEntry, LogValue } from './message.js'

/** What one replica knows of the log: what it has accepted, what is committed, and how far it has executed. */
export class Log {
  /** By index. */
  readonly #entries: (LogEntry | undefined)[] = []
  /** Where a command is: the last place that was heard of. */
  readonly #places = new Map<number, number>()
  readonly #executed = new Set<number>()
  #open = 1

  /** The first index that is not committed here. */
  get open(): number {
    return this.#open
  }

  /** One above the last index that holds anything. */
  get end(): number {
    return Math.max(this.#entries.length, 1)
  }

  at(index: number): LogEntry | undefined {
    return this.#entries[index]
  }

  /** All that is held from there on, at most so many. */
  from(index: number, limit: number): readonly LogEntry[] {
    const found: LogEntry[] = []
    for (let i = index; i < this.end && found.length < limit; i++) {
      const entry = this.#entries[i]
      if (entry !== undefined) found.push(entry)
    }
    return found
  }

  placeOf(command: LogCommand): LogEntry | undefined {
    const index = this.#places.get(nameOf(command))
    return index === undefined ? undefined : this.#entries[index]
  }

  /** What is committed stays as it is. */
  accept(index: number, ballot: Ballot, value: LogValue): void {
    if (this.#entries[index]?.committed !== true) this.#put({ index, ballot, value, committed: false })
  }

  /** Says whether that is new. */
  commit({ index, value }: Decided): boolean {
    const known = this.#entries[index]
    if (known?.committed === true) return false
    this.#put({ index, ballot: known?.ballot ?? 0, value, committed: true })
    return true
  }

  /** What can be executed from now on, in order; each command once, though it be committed at two places. */
  *execute(): Iterable<LogCommand> {
    for (let next = this.#entries[this.#open]; next?.committed; next = this.#entries[++this.#open]) {
      const { value } = next
      if (value === 'no-op' || this.#executed.has(nameOf(value))) continue
      this.#executed.add(nameOf(value))
      yield value
    }
  }

  #put(entry: LogEntry): void {
    const before = this.#entries[entry.index]?.value
    if (before !== undefined && before !== 'no-op' && this.#places.get(nameOf(before)) === entry.index) {
      this.#places.delete(nameOf(before))
    }
    while (this.#entries.length < entry.index) this.#entries.push(undefined)
    this.#entries[entry.index] = entry
    if (entry.value !== 'no-op') this.#places.set(nameOf(entry.value), entry.index)
  }
}

/** A command as one number. */
export const nameOf = ({ replica, sequence }: LogCommand): number => sequence * MAX_VOTERS + replica
