import type { Message, ReplicaId } from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import type { Faults } from './faults.js'
import type { Random } from './random.js'

/** Carries messages between replicas: late, lost, repeated, out of order, as its faults say. */
export class Network {
  readonly #cuts = new Map<string, number>()
  /** Messages sent, by kind. */
  readonly sent: Partial<Record<Message['kind'], number>> = {}

  constructor(
    readonly agenda: Agenda,
    readonly random: Random,
    public faults: Faults,
    readonly medium: Medium,
    readonly deliver: (from: ReplicaId, to: ReplicaId, message: Message) => void,
  ) {}

  send(from: ReplicaId, to: ReplicaId, message: Message): void {
    this.sent[message.kind] = (this.sent[message.kind] ?? 0) + 1
    const { loss, repetition, echoMs, delayMs } = this.faults
    if (this.random.chance(loss)) return
    const carried = this.medium.message(message)
    this.#carry(from, to, carried, this.random.between(...delayMs))
    if (this.random.chance(repetition)) this.#carry(from, to, carried, this.random.between(delayMs[0], echoMs))
  }

  /** The two hear nothing of each other for a while. What is under way is lost, too. */
  cut(a: ReplicaId, b: ReplicaId, forMs: number): void {
    const until = this.agenda.now + forMs
    this.#cuts.set(`${a} ${b}`, until)
    this.#cuts.set(`${b} ${a}`, until)
  }

  heal(): void {
    this.#cuts.clear()
  }

  #carry(from: ReplicaId, to: ReplicaId, message: Message, delayMs: number): void {
    this.agenda.after(delayMs, () => {
      const cutUntil = this.#cuts.get(`${from} ${to}`) ?? 0
      if (this.agenda.now >= cutUntil) this.deliver(from, to, message)
    })
  }
}
