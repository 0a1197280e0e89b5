import type { InstanceRecord } from '../core/index.js'
import { checkSuccession } from './checkers/ballots.js'

/** All that one disk has ever held of one epoch: the newest record of each instance, also of those it has dropped since. */
export class Ledger {
  /** Per row. */
  readonly #newest: Map<number, InstanceRecord>[] = []
  /** Per row, the ballots of all values of an instance that were ever accepted. */
  readonly #votes: Map<number, Set<number>>[] = []

  keep(record: InstanceRecord): void {
    const { slot, number } = record.instance
    this.#newest[slot] ??= new Map()
    const row = this.#newest[slot]
    checkSuccession(row.get(number), record)
    row.set(number, record)
    if (record.phase !== 'accepted') return
    this.#votes[slot] ??= new Map()
    const votes = this.#votes[slot]
    votes.set(number, (votes.get(number) ?? new Set()).add(record.votedBallot))
  }

  find(slot: number, number: number): InstanceRecord | undefined {
    return this.#newest[slot]?.get(number)
  }

  /** Whether a value of an instance was ever held as accepted at this ballot. */
  voted(slot: number, number: number, ballot: number): boolean {
    return this.#votes[slot]?.get(number)?.has(ballot) ?? false
  }
}
