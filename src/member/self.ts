import type { Configuration, Replica, ReplicaId, Status } from '../core/index.js'
import type { ExactlyOnce } from '../state/index.js'
import type { MemberEvent } from './contract.js'
import type { MemberEnvelope, MemberMessage } from './message.js'

/** What all parts of a member work on. */
export class Self {
  /** Undefined while it has no state. */
  replica: Replica | undefined
  /** What the replica said of itself at the last tick. */
  status: Status | undefined
  /** The epoch that it is in; undefined while it has no state. */
  configuration: Configuration | undefined
  /** Milliseconds, of the last tick. */
  now = 0
  /** Why it has stopped for good. */
  stopped: string | undefined
  /** For the next ready. */
  messages: MemberEnvelope[] = []
  events: MemberEvent[] = []

  constructor(
    readonly id: ReplicaId,
    readonly machine: ExactlyOnce,
    readonly durable: boolean,
  ) {}

  /** Whether it has a seat in its epoch, be it that it does not vote yet. */
  get isVoter(): boolean {
    return this.configuration?.voters.includes(this.id) ?? false
  }

  send(to: ReplicaId, message: MemberMessage): void {
    this.messages.push({ to, message })
  }

  stop(reason: string): void {
    this.stopped ??= reason
    this.replica?.stop(reason)
  }
}
