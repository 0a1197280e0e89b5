import {
  type Command,
  type Envelope,
  type Executable,
  type ExecutedSet,
  type InstanceRecord,
  InvalidMessage,
  type Message,
  Overloaded,
  Replica,
  type ReplicaId,
  type Tuning,
} from '../core/index.js'
import type { KnownLife } from '../member/index.js'
import type { ExactlyOnce } from '../state/index.js'
import type { Storage } from '../storage/index.js'
import type { Membership } from '../wire/index.js'
import { Checkpoints } from './checkpoints.js'
import { Driver, type Failure } from './driver.js'
import type { Pending } from './pending.js'

export interface MemberOptions {
  readonly id: ReplicaId
  readonly membership: Membership
  readonly incarnation: number
  /** Batches of records that the storage held when it was opened. */
  readonly batches: number
  readonly storage: Storage
  /** Whether the storage outlives the process: else there is nothing to write checkpoints for. */
  readonly durable: boolean
  readonly machine: ExactlyOnce
  readonly pending: Pending
  readonly tuning: Partial<Tuning> | undefined
  readonly send: (envelopes: readonly Envelope[]) => void
  /** What was heard of others' storages, and is to be written with the next records. */
  readonly unwritten: () => readonly KnownLife[] | undefined
  /** Commands were executed. */
  readonly applied: () => void
  /** It votes no more. */
  readonly failed: (failure: Failure) => void
}

/** What earlier lives have left behind: needed once, and too large to be kept. */
export interface Inherited {
  readonly records: Iterable<InstanceRecord>
  /** What the machine has executed already; undefined: nothing. */
  readonly executed: ExecutedSet | undefined
}

/** A voter at work: its replica, the loop around it, and the state machine it feeds. */
export class Member {
  readonly replica: Replica
  readonly #options: MemberOptions
  readonly #slot: number
  readonly #driver: Driver
  readonly #checkpoints: Checkpoints
  /** Commands or sweeps were executed since the loop last came to rest. */
  #moved = false
  /** A sweep that is due, until one was executed. */
  #sweepDue: Uint8Array | undefined
  /** An own sweep is under way. */
  #sweeping = false
  /** Messages that no member can have sent. */
  invalid = 0

  /** @throws what the constructor of `Replica` throws */
  constructor(options: MemberOptions, { records, executed }: Inherited) {
    const { id, membership, incarnation, storage, machine, tuning, send, unwritten, failed } = options
    const { group, epoch, voters } = membership
    this.#options = options
    this.replica = new Replica({
      id,
      group,
      epoch: { number: epoch, voters },
      restored: records,
      random: Math.random,
      ...(executed && { executed }),
      ...(tuning && { tuning }),
    })
    this.#slot = this.replica.status().slot
    this.#driver = new Driver(this.replica, {
      write: (written) => storage.write({ group, incarnation, records: written }, unwritten()),
      send,
      apply: (executable) => this.#apply(executable),
      rest: () => this.#rest(),
      failed,
    })
    this.#checkpoints = new Checkpoints({
      snapshot: () => machine.snapshot(),
      write: (chunks) => storage.writeCheckpoint({ group, epoch, executed: this.replica.executedSet(), chunks }),
      failed: (cause) => this.#driver.fail('write', cause),
    })
    this.#driver.schedule()
  }

  /** Batches of records that its storage holds durably. */
  get batches(): number {
    return this.#options.batches + this.#driver.batchesWritten
  }

  /** @throws what `Replica.propose` throws */
  propose(command: Command): void {
    this.replica.propose(command)
    this.#driver.schedule()
  }

  step(from: ReplicaId, messages: readonly Message[]): void {
    for (const message of messages) {
      this.#driver.attempt(() => {
        try {
          this.replica.step(from, message)
        } catch (error) {
          if (!(error instanceof InvalidMessage)) throw error
          this.invalid++
        }
      })
    }
    this.#driver.schedule()
  }

  tick(nowMs: number): void {
    this.#driver.attempt(() => this.replica.tick(nowMs))
    this.#driver.schedule()
  }

  /** Resolves when its last write has ended. */
  stop(reason: string): Promise<void> {
    return this.#driver.stop(reason)
  }

  #apply({ instance, value }: Executable): void {
    const { machine, pending } = this.#options
    const outcomes = machine.execute(value)
    for (const { command, outcome } of outcomes) pending.settle(command, outcome)
    this.#checkpoints.executed(outcomes.length)
    this.#moved = true
    if (value.kind !== 'sweep') return
    this.#sweepDue = undefined
    if (instance.slot === this.#slot) this.#sweeping = false
  }

  #rest(): void {
    if (!this.#moved) return
    this.#moved = false
    if (this.#options.durable) this.#checkpoints.look()
    if (!this.#sweeping) this.#sweep()
    this.#options.applied()
  }

  #sweep(): void {
    this.#sweepDue ??= this.#options.machine.sweepDue(this.#slot)
    if (this.#sweepDue === undefined) return
    try {
      this.replica.sweep(this.#sweepDue)
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error
      // It stays due: tried again once some of the proposals in its way were executed.
      return
    }
    this.#sweeping = true
    this.#driver.schedule()
  }
}
