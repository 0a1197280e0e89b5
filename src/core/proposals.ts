import { Coalescing, type Lone } from './coalescing.js'
import type { Command, Proposed, Seal, Sweep } from './command.js'
import { propose } from './coordinator.js'
import type { Covered } from './covered.js'
import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { InstanceId } from './record.js'

/** This replica's own proposals: their numbers, which of them wait for others, and which are proposed again. */
export class Proposals {
  readonly #epoch: Epoch
  readonly #isSafe: (seal: Seal) => boolean
  readonly #coalescing = new Coalescing()
  /** What was proposed with a lower number has been executed, or has ended. */
  #first = 1
  #last = 0
  #lastBefore = 0

  /** @param isSafe whether the epoch may be ended so now: a seal that had to wait is asked about once more [H29] */
  constructor(epoch: Epoch, isSafe: (seal: Seal) => boolean) {
    this.#epoch = epoch
    this.#isSafe = isSafe
  }

  /** The last number used. */
  get last(): number {
    return this.#last
  }

  /** The last number that the lives before this used. */
  get lastBefore(): number {
    return this.#lastBefore
  }

  /** Of those of this life on their way. */
  *onTheirWay(): Iterable<Instance> {
    const { rows, me } = this.#epoch
    if (me < 0) return
    for (const instance of rows.between(me, this.#first, this.#last)) {
      if (instance.proposal === 'own') yield instance
    }
  }

  get pending(): number {
    return this.#coalescing.pending
  }

  get waiting(): number {
    return this.#coalescing.waiting
  }

  /** Continues after what is in the rows; what of it is not `applied` is on its way still. */
  restore(applied: Covered): void {
    const { rows, me } = this.#epoch
    if (me < 0) return
    if (me < 0) return
    this.#last = this.#lastBefore = rows.last[me] as number
    for (const instance of rows.between(me, 1, this.#last)) {
      const { id, initValue } = instance
      if (initValue === undefined || initValue.kind === 'noop' || applied.has(me, id.number)) continue
      // What interferes with it waits, but nobody proposes it again.
      this.#coalescing.inherit(initValue)
      instance.proposal = 'inherited'
    }
  }

  /** @returns its instance; undefined when it waits for an own one that it interferes with, or for the end of the turn */
  command(command: Command): InstanceId | undefined {
    return this.#launch(this.#coalescing.take(command, this.#shares(command)))
  }

  /**
   * Where much is on its way, one more instance costs more than one more command in it. But only what nobody else has
   * touched lately shares: what is contended would make all the others wait with it, and tie the components of
   * many keys together [H16].
   */
  #shares(command: Command): boolean {
    const { conflicts, me, tuning } = this.#epoch
    return this.#coalescing.instances >= tuning.shareFrom && conflicts.isOnly(me, command)
  }

  /** The turn is over: proposes what shares an instance. */
  leave(): void {
    for (const batch of this.#coalescing.leave()) this.#propose(batch)
  }

  /** As for a command. */
  lone(lone: Lone): InstanceId | undefined {
    return this.#launch(this.#coalescing.takeLone(lone))
  }

  /** Whether a seal is on its way, or waits. */
  get sealing(): boolean {
    for (const { initValue } of this.onTheirWay()) if (initValue?.kind === 'seal') return true
    return this.#coalescing.queue.some((it) => 'kind' in it && it.kind === 'seal')
  }

  /**
   * The epoch is over: what was not executed in it, in the order in which it was proposed, and this does nothing any
   * more. A seal that came too late is not among it [H26].
   */
  abandon(): readonly (Command | Sweep)[] {
    const left: (Command | Lone)[] = []
    for (const instance of this.onTheirWay()) {
      const value = instance.initValue as Proposed
      if (value.kind === 'commands') left.push(...value.commands)
      else left.push(value)
      instance.proposal = undefined
    }
    left.push(...this.#coalescing.queue)
    return left.filter((it): it is Command | Sweep => !('kind' in it && it.kind === 'seal'))
  }

  /** The own instance was executed as it was proposed. */
  executed(instance: Instance): void {
    if (instance.proposal === undefined) return
    this.#over(instance)
    this.#coalescing.executed(instance.initValue as Proposed)
  }

  /** The own instance ended as a no-op: what was proposed as it was not executed, and goes again [H9]. */
  lost(instance: Instance): void {
    const again = instance.initValue as Proposed
    // A seal's author decides anew [H26].
    if (instance.proposal !== 'own' || again.kind === 'seal') {
      this.executed(instance)
      this.release()
      return
    }
    this.#over(instance)
    const to = this.#propose(again)
    this.#epoch.outbox.emit({ kind: 'proposed-again', from: instance.id, to })
  }

  #over(instance: Instance): void {
    instance.proposal = undefined
    const { rows, me } = this.#epoch
    while (this.#first <= this.#last && rows.find(me, this.#first)?.proposal === undefined) this.#first++
  }

  /** Proposes what waits for nothing any more. */
  release(): void {
    for (const value of this.#coalescing.release()) {
      if (value.kind !== 'seal' || this.#isSafe(value)) this.#propose(value)
      else {
        // Its author decides anew.
        this.#coalescing.executed(value)
        this.release()
      }
    }
  }

  #launch(value: Proposed | undefined): InstanceId | undefined {
    return value === undefined ? undefined : this.#propose(value)
  }

  #propose(value: Proposed): InstanceId {
    const { rows, me } = this.#epoch
    // A number that somebody has recovered, or committed, before it was used is passed over (protocol §4).
    do this.#last++
    while (rows.find(me, this.#last)?.touched)
    const instance = propose(this.#epoch, this.#last, value)
    instance.proposal = 'own'
    return instance.id
  }
}
