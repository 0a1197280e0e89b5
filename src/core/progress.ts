import { Covered } from './covered.js'
import type { Epoch } from './epoch.js'
import { ForeignState } from './errors.js'
import { Execution } from './execution.js'
import { feed } from './follow.js'
import type { Instance } from './instance.js'
import type { Proposals } from './proposals.js'
import { pursue } from './pursue.js'
import type { Deps, ExecutedSet, InstanceId } from './record.js'
import { settleAwaiting } from './recovery.js'
import { onAdvance, pursueRow } from './repair.js'

/** From a commit to its execution, in one epoch: up to the seal that ends it, and nothing after that (protocol §7, §9). */
export class Progress {
  readonly #epoch: Epoch
  readonly #proposals: Proposals
  readonly #execution: Execution
  /** What the state machine has applied, and no-ops. */
  readonly applied: Covered
  #positions = 0

  constructor(epoch: Epoch, proposals: Proposals) {
    const n = epoch.voters.length
    this.#epoch = epoch
    this.#proposals = proposals
    this.#execution = new Execution(n, this.#order, this.#blocked)
    this.applied = new Covered(n)
  }

  /** Per row, up to where everything was put in order. */
  get ordered(): Deps {
    return this.#execution.ordered.frontier
  }

  /** The state machine has these instances already. @throws ForeignState where a voter has no commit of one */
  contains({ frontier, beyond }: ExecutedSet): void {
    const { rows, me, voters } = this.#epoch
    const contains = (slot: number, number: number): void => {
      this.#execution.ordered.add(slot, number)
      this.applied.add(slot, number)
      if (me < 0) return
      const instance = rows.at({ slot, number })
      if (!instance.committed)
        throw new ForeignState(`it contains ${slot}.${number}, of which this voter has no commit`)
      instance.executed = true
      this.#positions++
    }
    // Nobody asks an observer for what it has executed.
    if (me < 0) rows.drop(frontier)
    const lacks = rows.dropped.findIndex((upTo, slot) => upTo > (frontier[slot] ?? 0))
    if (lacks >= 0) throw new ForeignState(`records of row ${lacks} are dropped that it does not contain`)
    for (let slot = 0; slot < voters.length; slot++) {
      const dropped = rows.dropped[slot] as number
      this.#execution.ordered.begin(slot, dropped)
      this.applied.begin(slot, dropped)
      for (let number = dropped + 1; number <= (frontier[slot] ?? 0); number++) contains(slot, number)
      for (const number of beyond[slot] ?? []) contains(slot, number)
    }
  }

  /** A commit that may be told is known. */
  learned(instance: Instance): void {
    const { id, value, deps, path } = instance
    if (value === undefined || deps === undefined) return
    const epoch = this.#epoch
    if (path !== undefined) epoch.outbox.emit({ kind: 'committed', instance: id, path, value })
    feed(epoch, instance)
    onAdvance(epoch, id.slot)
    settleAwaiting(epoch, instance)
    if (this.#execution.ordered.has(id.slot, id.number)) {
      // The state that an observer began with contains it.
      instance.executed = true
      return
    }
    this.#execution.committed(id, deps)
    if (value.kind === 'noop' && id.slot === epoch.me && epoch.sealed === undefined) this.#proposals.lost(instance)
  }

  /** The state machine has applied it. */
  executed(instance: Instance): void {
    if (instance.position === 0 || instance.executed) return
    const { slot, number } = instance.id
    instance.executed = true
    this.applied.add(slot, number)
    if (slot === this.#epoch.me) this.#proposals.executed(instance)
  }

  readonly #order = (slot: number, number: number): void => {
    const epoch = this.#epoch
    const instance = epoch.rows.at({ slot, number })
    // Whatever is ordered after the seal is void, at every replica alike.
    if (epoch.sealed !== undefined) {
      instance.void = true
      return
    }
    instance.position = ++this.#positions
    const { value } = instance
    if (value !== undefined && value.kind !== 'noop') {
      epoch.outbox.execute({ instance: instance.id, value })
      if (value.kind === 'seal') epoch.sealed = value.next
    } else {
      instance.executed = true
      this.applied.add(slot, number)
    }
  }

  readonly #blocked = ({ slot, number }: InstanceId): void => {
    const epoch = this.#epoch
    // What is missing after the seal is void, whatever it is.
    if (epoch.sealed !== undefined) return
    pursue(epoch, epoch.rows.at({ slot, number }))
    // Whatever else of that row some dependency names is, or will be, waited for too.
    pursueRow(epoch, slot, epoch.rows.named[slot] as number)
  }
}
