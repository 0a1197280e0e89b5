import {
  type Command,
  type Envelope,
  type InstanceRecord,
  InvalidMessage,
  type Message,
  Replica,
  type ReplicaId,
  type Tuning,
} from '../core/index.js'
import type { StateMachine } from '../state/index.js'
import type { Storage } from '../storage/index.js'
import type { Membership } from '../wire/index.js'
import { Driver, type Failure } from './driver.js'
import type { Pending } from './pending.js'

export interface MemberOptions {
  readonly id: ReplicaId
  readonly membership: Membership
  readonly incarnation: number
  readonly restored: Iterable<InstanceRecord>
  readonly storage: Storage
  readonly machine: StateMachine
  readonly pending: Pending
  readonly tuning: Partial<Tuning> | undefined
  readonly send: (envelopes: readonly Envelope[]) => void
  /** Commands were executed. */
  readonly executed: () => void
  /** It votes no more. */
  readonly failed: (failure: Failure) => void
}

/** A voter at work: its replica, the loop around it, and the state machine it feeds. */
export class Member {
  readonly replica: Replica
  readonly #options: MemberOptions
  readonly #driver: Driver
  /** Messages that no member can have sent. */
  invalid = 0

  constructor(options: MemberOptions) {
    const { id, membership, incarnation, restored, storage, tuning, send, failed } = options
    const { group, epoch, voters } = membership
    this.#options = options
    this.replica = new Replica({
      id,
      group,
      epoch: { number: epoch, voters },
      restored,
      random: Math.random,
      ...(tuning && { tuning }),
    })
    this.#driver = new Driver(this.replica, {
      write: (records) => storage.write({ group, incarnation, records }),
      send,
      apply: ({ value }) => this.#apply(value.commands),
      failed,
    })
    this.#driver.schedule()
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

  #apply(commands: readonly Command[]): void {
    const { machine, pending, executed } = this.#options
    for (const command of commands) {
      try {
        pending.executed(command, machine.apply(command))
      } catch (error) {
        // It throws at every replica alike: that is the proposer's answer, and no reason to stop all of them.
        pending.threw(command, error)
      }
    }
    executed()
  }
}
