import type { Accept, Fetch, InstanceId } from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Faults, KindFault, MailFault } from './faults.js'
import { noise, type Random } from './random.js'

/** How long a voter stays deaf to one kind of message about one instance. */
const DEAF_MS = 2000

export type Fate = 'lost' | 'held' | 'repeated' | 'cut'

/** All that a network looks at. */
interface Mail {
  readonly kind: string
}

/** Carries messages between slots: late, lost, repeated, out of order, as its faults say. */
export class Network<M extends Mail> {
  readonly #n: number
  /** Until when each direction is cut. */
  readonly #cutUntil: number[]
  readonly #deafness: number
  /** Messages sent, by kind; and what befell them. */
  readonly sent: Record<string, number> = {}
  readonly fates: Record<Fate, number> = { lost: 0, held: 0, repeated: 0, cut: 0 }

  constructor(
    n: number,
    readonly agenda: Agenda,
    readonly random: Random,
    public faults: Faults,
    /** A message as it arrives. */
    readonly carried: (message: M) => M,
    readonly deliver: (from: number, to: number, message: M) => void,
  ) {
    this.#n = n
    this.#cutUntil = new Array<number>(n * n).fill(0)
    this.#deafness = random.below(2 ** 32)
  }

  send(from: number, to: number, message: M): void {
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
    const carried = this.carried(message)
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

  #swallows({ kind, loss, deaf, ownerDeaf, sides }: KindFault, to: number, message: M): boolean {
    if (this.random.chance(loss)) return true
    const about = aboutOf(message)
    if (about === undefined) return false
    const { slot, number } = about
    const period = Math.floor(this.agenda.now / DEAF_MS)
    const side = (voter: number): boolean => noise(this.#deafness, voter, period) < 0.5
    if (sides && side(slot) !== side(to)) return true
    return noise(this.#deafness, kind.length, slot, number, to, period) < (to === slot ? ownerDeaf : deaf)
  }

  #carry(from: number, to: number, message: M, delayMs: number): void {
    this.agenda.after(delayMs, () => {
      if (this.agenda.now < (this.#cutUntil[from * this.#n + to] as number)) this.fates.cut++
      else this.deliver(from, to, message)
    })
  }
}

/** The instance that a message is about, the first of several. */
const aboutOf = (message: Mail): InstanceId | undefined => {
  const { instance, slot, from } = message as Partial<Accept & Fetch>
  return slot === undefined || from === undefined ? instance : { slot, number: from }
}

const concerns = (mail: MailFault, nowMs: number, from: number, to: number, message: Mail): boolean =>
  nowMs >= mail.fromMs &&
  nowMs < mail.untilMs &&
  (mail.kinds.length === 0 || mail.kinds.some((kind) => kind === message.kind)) &&
  (mail.from?.includes(from) ?? true) &&
  (mail.to?.includes(to) ?? true) &&
  (mail.row === undefined || aboutOf(message)?.slot === mail.row)
