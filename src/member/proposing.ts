import {
  type Command,
  CommandTooLarge,
  checkCommand,
  InvalidCommand,
  InvalidMessage,
  Overloaded,
  type ReplicaId,
  ReplicaStopped,
  type Tuning,
} from '../core/index.js'
import type { Propose } from './message.js'
import { OnBehalf } from './on-behalf.js'
import { Outbox, type Passed } from './outbox.js'
import type { Self } from './self.js'

/** Commands on their way: the own ones, through whoever may propose them; and, at a voter, those of others. */
export class Proposing {
  readonly #self: Self
  readonly #tuning: Tuning
  readonly #outbox: Outbox = new Outbox((command, attempts) => this.#pass(command, attempts))
  readonly #onBehalf: OnBehalf = new OnBehalf()

  constructor(self: Self, tuning: Tuning) {
    this.#self = self
    this.#tuning = tuning
  }

  /** Own ones. */
  get pending(): number {
    return this.#outbox.size
  }

  /** An own command. @throws InvalidCommand, CommandTooLarge, Overloaded */
  take(command: Command): void {
    checkCommand(command, this.#tuning.maxCommandBytes)
    if (this.pending >= this.#tuning.maxPending) throw new Overloaded(this.pending)
    this.#outbox.add(command)
  }

  /** @throws InvalidMessage */
  asked(from: ReplicaId, { command }: Propose): void {
    const { replica, isVoter } = this.#self
    if (replica === undefined || !isVoter || !this.#onBehalf.isNew(from, command)) return
    try {
      replica.propose(command)
    } catch (error) {
      if (error instanceof InvalidCommand || error instanceof CommandTooLarge) {
        throw new InvalidMessage(from, error.message)
      }
      // It asks again.
      if (isRefusal(error)) return
      throw error
    }
    this.#onBehalf.proposed(from, command)
  }

  executed(command: Command): void {
    this.#outbox.executed(command)
    this.#onBehalf.executed(command)
  }

  /** The replica votes no more, and proposes nothing of what it was given. */
  unproposed(): void {
    this.#onBehalf.forget()
    this.#outbox.givenUp()
  }

  tick(): void {
    this.#outbox.tick(this.#self.now)
  }

  #pass(command: Command, attempts: number): Passed {
    const { replica, isVoter, status } = this.#self
    if (replica === undefined) return 'nobody'
    if (!isVoter) {
      // Asked again and again, ever more seldom, it would be a while until it is asked once they are back.
      if (status?.quorum === 'none') return 'nobody'
      this.#self.send(this.#voterToAsk(attempts), { kind: 'propose', command })
      return 'asked'
    }
    try {
      replica.propose(command)
      return 'kept'
    } catch (error) {
      if (isRefusal(error)) return 'nobody'
      throw error
    }
  }

  /** The one that it follows; after that, in turn, all that seem to be there. */
  #voterToAsk(attempts: number): ReplicaId {
    const { replica, configuration, status } = this.#self
    const voters = configuration?.voters ?? []
    const there = voters.filter((id) => !status?.suspected.includes(id))
    const list = there.length > 0 ? there : voters
    const first = list.indexOf(replica?.following ?? '')
    return list[(Math.max(first, 0) + attempts) % list.length] as ReplicaId
  }
}

/** Not now, for nothing that is wrong with the command. */
const isRefusal = (error: unknown): boolean => error instanceof Overloaded || error instanceof ReplicaStopped
