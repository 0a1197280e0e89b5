import type { CommitPath, Deps, InstanceId, InstanceRecord, Message, Value } from '../../core/index.js'
import { fastQuorum, slowQuorum } from '../quorum-sizes.js'
import { contentOf, show, Violation } from './violation.js'

/** What one voter's disk holds, or held when it was lost. */
export interface Ledger {
  find(slot: number, number: number): InstanceRecord | undefined
  /** Whether it has ever held an accepted value of this ballot. */
  voted(slot: number, number: number, ballot: number): boolean
}

/** What was accepted where, of one instance. */
interface Accepts {
  readonly id: InstanceId
  /** By ballot: the value that was proposed at it. */
  readonly values: Map<number, string>
  /** By slot: the ballot at which that voter proposed last. */
  readonly last: Map<number, number>
  /** It was committed on the fast path. */
  fast: string | undefined
}

/**
 * Everything decided stands on the disks of a quorum: what is proposed above ballot 0 on n − f promises of that
 * ballot, a commit on n − e that hold it unchanged, or on n − f votes of one ballot. And what was chosen at a ballot
 * is all that is ever proposed above it.
 */
export class Quorums {
  readonly #fast: number
  readonly #slow: number
  readonly #ledgers: readonly Ledger[]
  readonly #instances = new Map<string, Accepts>()

  constructor(ledgers: readonly Ledger[], n: number) {
    this.#ledgers = ledgers
    this.#fast = fastQuorum(n)
    this.#slow = slowQuorum(n)
  }

  sent(slot: number, message: Message): void {
    if (message.kind !== 'accept' && message.kind !== 'validate') return
    const { instance, ballot } = message
    if (message.kind === 'accept') {
      const { values, last } = this.#of(instance)
      last.set(slot, ballot)
      if (values.has(ballot)) return
      values.set(ballot, contentOf(message.value, message.deps))
    }
    if (ballot === 0) return
    const promised = this.#count(instance, (record) => record.ballot >= ballot || record.phase === 'committed')
    if (promised < this.#slow)
      throw few(`${message.kind} of ${show(instance)} at ballot ${ballot}`, promised, this.#slow)
  }

  /** A voter has committed an instance that no peer has told it. */
  committed(slot: number, id: InstanceId, path: Exclude<CommitPath, 'told'>, value: Value, deps: Deps): void {
    const committed = contentOf(value, deps)
    const holds = (record: InstanceRecord): boolean => contentOf(record.value, record.deps) === committed
    const about = `${show(id)} committed ${path} as ${committed}`
    const instance = this.#of(id)
    if (path === 'fast') {
      instance.fast = committed
      const holding = this.#count(id, (record) => record.phase !== 'none' && holds(record))
      if (holding < this.#fast) throw few(about, holding, this.#fast)
      return
    }
    // Who is alone sends no Accept.
    const ballot = instance.last.get(slot) ?? 0
    const votes = this.#votes(id, ballot)
    if (this.#slow > 1 && votes < this.#slow) throw few(`${about} at ballot ${ballot}`, votes, this.#slow)
    const holding = this.#count(
      id,
      (record) => (record.phase === 'accepted' || record.phase === 'committed') && holds(record),
    )
    if (holding < this.#slow) throw few(about, holding, this.#slow)
  }

  /** Everything has happened. */
  conclude(): void {
    for (const { id, values, fast } of this.#instances.values()) {
      for (const [ballot, value] of values) {
        if (fast !== undefined && ballot > 0 && value !== fast) throw overturned(id, 0, fast, ballot, value)
        for (const [lower, chosen] of values) {
          if (lower < ballot && chosen !== value && this.#votes(id, lower) >= this.#slow) {
            throw overturned(id, lower, chosen, ballot, value)
          }
        }
      }
    }
  }

  #of(id: InstanceId): Accepts {
    const name = show(id)
    let accepts = this.#instances.get(name)
    if (accepts === undefined) {
      accepts = { id, values: new Map(), last: new Map(), fast: undefined }
      this.#instances.set(name, accepts)
    }
    return accepts
  }

  #count({ slot, number }: InstanceId, counts: (record: InstanceRecord) => boolean): number {
    let count = 0
    for (const ledger of this.#ledgers) {
      const record = ledger.find(slot, number)
      if (record !== undefined && counts(record)) count++
    }
    return count
  }

  #votes({ slot, number }: InstanceId, ballot: number): number {
    return this.#ledgers.filter((ledger) => ledger.voted(slot, number, ballot)).length
  }
}

const few = (what: string, has: number, needs: number): Violation =>
  new Violation('quorum', `${what}, on ${has} disks of the ${needs} that it takes`)

const overturned = (id: InstanceId, lower: number, chosen: string, ballot: number, value: string): Violation =>
  new Violation(
    'chosen',
    `${show(id)}: ${chosen} chosen at ballot ${lower}, then ${value} proposed at ballot ${ballot}`,
  )
