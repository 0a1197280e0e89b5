import type { InstanceId, Message } from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import type { Faults, Kind, KindFault, MailFault } from './faults.js'
import { noise, type Random } from './random.js'

/** How long a voter stays deaf to one kind of message about one instance. */
const DEAF_MS = 2000

export type Fate = 'lost' | 'held' | 'repeated' | 'cut'

/** Carries messages between slots: late, lost, repeated, out of order, as its faults say. */
export class Network {
  readonly #n: number
  /** Until when each direction is cut. */
  readonly #cutUntil: number[]
  readonly #deafness: number
  /** Messages sent, by kind; and what befell them. */
  readonly sent: Partial<Record<Kind, number>> = {}
  readonly fates: Record<Fate, number> = { lost: 0, held: 0, repeated: 0, cut: 0 }

  constructor(
    n: number,
    readonly agenda: Agenda,
    readonly random: Random,
    public faults: Faults,
    readonly medium: Medium,
    readonly deliver: (from: number, to: number, message: Message) => void,
  ) {
    this.#n = n
    this.#cutUntil = new Array<number>(n * n).fill(0)
    this.#deafness = random.below(2 ** 32)
  }

  send(from: number, to: number, message: Message): void {
    this.sent[message.kind] = (this.sent[message.kind] ?? 0) + 1
    const { random, faults } = this
    const { delayMs, slowMs, jitterMs, loss } = faults.link(from, to)
    const fault = faults.kinds.find(({ kind }) => kind === message.kind)
    const staged = faults.mail.filter((mail) => concerns(mail, this.agenda.now, from, to, message))
    const swallowed = staged.some(({ takesMs }) => takesMs === undefined)
    if (swallowed || random.chance(loss) || (fault !== undefined && this.#swallows(fault, to, message))) {
      this.fates.lost++
      return
    }
    const carried = this.medium.message(message)
    let takesMs = delayMs + slowMs + jitterMs * random.next()
    if (fault !== undefined && random.chance(fault.hold)) {
      this.fates.held++
      takesMs += random.between(...fault.holdMs)
    }
    for (const mail of staged) if (mail.takesMs !== undefined) takesMs += random.between(...mail.takesMs)
    this.#carry(from, to, carried, takesMs)
    if (random.chance(faults.repetition)) {
      this.fates.repeated++
      this.#carry(from, to, carried, takesMs + random.between(0, faults.echoMs))
    }
  }

  /** Nothing gets from one to the other for a while. What is under way is lost, too. */
  cut(from: number, to: number, forMs: number): void {
    this.#cutUntil[from * this.#n + to] = this.agenda.now + forMs
  }

  heal(): void {
    this.#cutUntil.fill(0)
  }

  #swallows({ kind, loss, deaf, ownerDeaf, sides }: KindFault, to: number, message: Message): boolean {
    if (this.random.chance(loss)) return true
    if (message.kind === 'frontier') return false
    const { slot, number } = aboutOf(message)
    const period = Math.floor(this.agenda.now / DEAF_MS)
    const side = (voter: number): boolean => noise(this.#deafness, voter, period) < 0.5
    if (sides && side(slot) !== side(to)) return true
    return noise(this.#deafness, kind.length, slot, number, to, period) < (to === slot ? ownerDeaf : deaf)
  }

  #carry(from: number, to: number, message: Message, delayMs: number): void {
    this.agenda.after(delayMs, () => {
      if (this.agenda.now < (this.#cutUntil[from * this.#n + to] as number)) this.fates.cut++
      else this.deliver(from, to, message)
    })
  }
}

/** The instance that a message is about, the first of several. */
const aboutOf = (message: Exclude<Message, { kind: 'frontier' }>): InstanceId =>
  'instance' in message ? message.instance : { slot: message.slot, number: message.from }

const concerns = (mail: MailFault, nowMs: number, from: number, to: number, message: Message): boolean =>
  nowMs >= mail.fromMs &&
  nowMs < mail.untilMs &&
  (mail.kinds.length === 0 || mail.kinds.includes(message.kind)) &&
  (mail.from?.includes(from) ?? true) &&
  (mail.to?.includes(to) ?? true) &&
  (mail.row === undefined || (message.kind !== 'frontier' && aboutOf(message).slot === mail.row))
