import { Coalescing } from './coalescing.js'
import type { Command, Proposed } from './command.js'
import { propose } from './coordinator.js'
import type { Covered } from './covered.js'
import type { Epoch } from './epoch.js'
import { InvalidCommand, Overloaded } from './errors.js'
import { checkCommand, MAX_SWEEP_BYTES } from './limits.js'
import type { InstanceId } from './record.js'

/** This replica's own proposals: their numbers, which of them wait for others, and which are proposed again. */
export class Proposals {
  readonly #epoch: Epoch
  readonly #coalescing = new Coalescing()
  /** Those of this life on their way, by number. */
  readonly #proposed = new Map<number, Proposed>()
  /** Those of earlier lives: what interferes with them waits, but nobody proposes them again. */
  readonly #inherited = new Map<number, Proposed>()
  #last = 0
  #lastBefore = 0

  constructor(epoch: Epoch) {
    this.#epoch = epoch
  }

  /** The last number used. */
  get last(): number {
    return this.#last
  }

  /** The last number that the lives before this used. */
  get lastBefore(): number {
    return this.#lastBefore
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
    this.#last = this.#lastBefore = rows.last[me] as number
    for (const { id, initValue } of rows.between(me, 1, this.#last)) {
      if (initValue === undefined || initValue.kind === 'noop' || applied.has(me, id.number)) continue
      this.#coalescing.inherit(initValue)
      this.#inherited.set(id.number, initValue)
    }
  }

  /**
   * @returns its instance; undefined when it waits for an own one that it interferes with
   * @throws InvalidCommand, CommandTooLarge, Overloaded
   */
  command(command: Command): InstanceId | undefined {
    const { maxCommandBytes, maxPending } = this.#epoch.tuning
    checkCommand(command, maxCommandBytes)
    if (this.pending >= maxPending) throw new Overloaded(this.pending)
    return this.#launch(this.#coalescing.take(command))
  }

  /** As for a command. */
  sweep(payload: Uint8Array): InstanceId | undefined {
    if (payload.length > MAX_SWEEP_BYTES) throw new InvalidCommand(`a sweep of ${payload.length} bytes is too large`)
    if (this.pending >= this.#epoch.tuning.maxPending) throw new Overloaded(this.pending)
    return this.#launch(this.#coalescing.takeSweep({ kind: 'sweep', payload }))
  }

  /** The own instance of this number was executed as it was proposed. */
  executed(number: number): void {
    const value = this.#proposed.get(number) ?? this.#inherited.get(number)
    if (value === undefined) return
    this.#proposed.delete(number)
    this.#inherited.delete(number)
    this.#coalescing.executed(value)
  }

  /** The own instance of this number ended as a no-op: what was proposed as it was not executed, and goes again [H9]. */
  lost(number: number): void {
    const again = this.#proposed.get(number)
    if (again === undefined) {
      this.executed(number)
      this.release()
      return
    }
    this.#proposed.delete(number)
    const to = this.#propose(again)
    this.#epoch.outbox.emit({ kind: 'proposed-again', from: { slot: this.#epoch.me, number }, to })
  }

  /** Proposes what waits for nothing any more. */
  release(): void {
    for (const value of this.#coalescing.release()) this.#propose(value)
  }

  #launch(value: Proposed | undefined): InstanceId | undefined {
    return value === undefined ? undefined : this.#propose(value)
  }

  #propose(value: Proposed): InstanceId {
    const { rows, me } = this.#epoch
    // A number that somebody has recovered, or committed, before it was used is passed over (protocol §4).
    do this.#last++
    while (rows.find(me, this.#last)?.touched)
    this.#proposed.set(this.#last, value)
    return propose(this.#epoch, this.#last, value).id
  }
}
