import type { InstanceId, Message } from '../../core/index.js'
import type { AwsRegion } from '../aws.js'
import type { Flight, LabSetup, MailName } from './contract.js'
import { wordsOf, wordsOfSaved } from './mailed.js'
import { Net, type Parcel } from './net.js'
import type { Recording } from './recording.js'
import { LabRefused } from './refused.js'
import type { Saved } from './store.js'
import type { Timetable } from './timetable.js'

/** What members send each other: a message of the core, or a snapshot. */
export type Letter =
  | { readonly message: Message; readonly saved?: never }
  | { readonly message?: never; readonly saved: Saved }

interface Carried {
  readonly letter: Letter
  readonly flight: { -readonly [K in keyof Flight]: Flight[K] }
}

/** What a member does with its letters. */
export interface Receiver {
  /** Whether what arrives finds somebody. */
  takes(kind: MailName['kind']): boolean
  receive(from: number, message: Message): void
  install(saved: Saved): void
}

/** What a visitor does to something on its way. */
type Meddling = 'drop' | 'deliver' | { readonly delayMs: number } | { readonly repeatMs: number }

/** Carries letters over the network, and writes down what becomes of them. */
export class Post {
  readonly #recording: Recording
  readonly #receiver: (member: number) => Receiver | undefined
  readonly #net: Net<Carried>

  constructor(
    setup: LabSetup,
    timetable: Timetable,
    recording: Recording,
    receiver: (member: number) => Receiver | undefined,
  ) {
    this.#recording = recording
    this.#receiver = receiver
    this.#net = new Net(setup, timetable, this.#arrived)
  }

  send(from: number, to: number, letter: Letter): void {
    // Only what is broken names somebody who never was.
    if (this.#receiver(to) === undefined) return
    this.#net.send(from, to, (endMs) => this.#carry(from, to, letter, endMs, false))
  }

  /** @throws LabRefused where no such thing is on its way */
  meddle(mail: MailName, how: Meddling): void {
    const parcel = this.#net.oldest((one) => fits(one, mail))
    if (parcel === undefined) throw new LabRefused(`${inWords(mail)} is not on its way now`)
    const { from, to, content } = parcel
    if (how === 'drop') {
      this.#net.drop(parcel)
      this.#recording.ended(content.flight, 'lost')
    } else if (typeof how === 'object' && 'repeatMs' in how) {
      this.#net.repeat(parcel, how.repeatMs, (endMs) => this.#carry(from, to, content.letter, endMs, true))
    } else {
      this.#net.delay(parcel, how === 'deliver' ? Number.NEGATIVE_INFINITY : how.delayMs)
      content.flight.endMs = parcel.endMs
    }
  }

  cut(sides: readonly (readonly number[])[]): void {
    this.#net.cut(sides)
    this.#recording.cut(sides)
  }

  /** @throws LabRefused where nothing is cut */
  heal(): void {
    if (!this.#net.isCut) throw new LabRefused('nothing is cut')
    this.#net.cut(undefined)
    this.#recording.heal()
  }

  passes(from: number, to: number): boolean {
    return this.#net.passes(from, to)
  }

  /** One way, without jitter, in milliseconds. */
  wayMs(from: number, to: number): number {
    return this.#net.wayMs(from, to)
  }

  /** The nearest first. */
  nearest(to: number, members: readonly number[]): readonly number[] {
    return this.#net.nearest(to, members)
  }

  city(of: number): AwsRegion | undefined {
    return this.#net.city(of)
  }

  place(member: number, city: AwsRegion | undefined): void {
    this.#net.place(member, city)
  }

  #carry(from: number, to: number, letter: Letter, endMs: number, repeat: boolean): Carried {
    const words = letter.message === undefined ? wordsOfSaved(letter.saved) : wordsOf(letter.message)
    return { letter, flight: this.#recording.sent(from, to, endMs, repeat, words) }
  }

  readonly #arrived = ({ from, to, content: { letter, flight } }: Parcel<Carried>, lost: boolean): void => {
    const receiver = this.#receiver(to)
    if (lost) return this.#recording.ended(flight, 'lost')
    if (!receiver?.takes(flight.kind)) return this.#recording.ended(flight, 'missed')
    this.#recording.ended(flight, 'arrived')
    if (letter.message === undefined) receiver.install(letter.saved)
    else receiver.receive(from, letter.message)
  }
}

const fits = ({ from, to, content: { flight } }: Parcel<Carried>, mail: MailName): boolean =>
  from === mail.from &&
  to === mail.to &&
  flight.kind === mail.kind &&
  (mail.of === undefined || isSame(flight.instance, mail.of))

const isSame = (a: InstanceId | undefined, b: InstanceId): boolean => a?.slot === b.slot && a.number === b.number

const inWords = ({ kind, of, from, to }: MailName): string =>
  `a ${kind}${of === undefined ? '' : ` of ${of.slot}.${of.number}`} from R${from} to R${to}`
