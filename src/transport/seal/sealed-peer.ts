import { type Address, TokenBucket } from '../../wire/index.js'
import type { Clock } from '../clock.js'
import type { SealCounters } from '../contract.js'
import { type KeyRing, MAX_CHANGE_BYTES } from './contract.js'
import type { EndedStreams } from './ended-streams.js'
import {
  CAST,
  CHANGE,
  GREETING_HEADER_BYTES,
  type GreetingKind,
  greetingHeader,
  HELLO,
  numberOf,
  open,
  PAIR,
  PROOF_BYTES,
  SIGNAL,
  type StreamKind,
  seal,
} from './frames.js'
import { GreetingPace } from './greeting-pace.js'
import { Handshake, type Words } from './handshake.js'
import { Heard, type Opened } from './heard.js'
import { decodeChange, decodeHello, encodeChange, encodeHello, type Hello } from './hello.js'
import { Inbox } from './inbox.js'
import { KeySchedule, type TwoWays } from './key-schedule.js'
import { NONCE_BYTES, type Nonce, type RandomBytes } from './nonce.js'
import type { Period } from './period.js'
import { newSession, type Session } from './session.js'
import { IncomingStream } from './streams.js'

/** A meeting takes two hellos of each end; whoever has recorded some can't make this end answer more of them. */
const GREETINGS_PER_SECOND = 4
const GREETING_BURST = 16
const MAX_GREETING_BYTES = GREETING_HEADER_BYTES + NONCE_BYTES + MAX_CHANGE_BYTES + PROOF_BYTES

export interface SealedPeerOptions {
  readonly subtle: SubtleCrypto
  readonly random: RandomBytes
  readonly clock: Clock
  readonly ring: KeyRing
  readonly self: Address
  readonly ended: EndedStreams
}

export interface SealedPeerPorts {
  /** To be brought to the peer, in the order of the calls. */
  readonly send: (frame: Promise<Uint8Array>) => void
  /** There is a session: the first, or another one. */
  readonly met: () => void
  readonly received: (content: Uint8Array) => void
  readonly refused: (why: keyof SealCounters) => void
  /** It came faster than it could be opened. */
  readonly dropped: () => void
}

/** How it stands with a peer of the inner link. */
export type Standing =
  /** Nothing that could be opened was heard of it yet. */
  | 'greeting'
  | 'met'
  /** It knows an earlier secret of the group, and was told what there is for it. */
  | 'outdated-there'
  /** It speaks with a later secret of the group, and has not told what leads there. */
  | 'outdated-here'
  /** What it says was not made with a secret of this group for this end. */
  | 'forged'

/** One life of one peer: meets it, and opens what it says. */
export class SealedPeer {
  readonly address: Address
  readonly #options: SealedPeerOptions
  readonly #ports: SealedPeerPorts
  readonly #inbox = new Inbox()
  readonly #heard: Heard
  readonly #pace = new GreetingPace()
  readonly #greetings: TokenBucket
  #period: Period
  #greetingKeys: Promise<TwoWays<CryptoKey>>
  #handshake: Handshake
  #trouble: Exclude<Standing, 'met'> = 'greeting'
  #gone = false
  /** Hellos and changes that wait: what comes after them may need what they lead to. */
  #greetingsWaiting = 0

  constructor(address: Address, period: Period, options: SealedPeerOptions, ports: SealedPeerPorts) {
    this.address = address
    this.#options = options
    this.#ports = ports
    this.#heard = new Heard(options.ended)
    this.#greetings = new TokenBucket(GREETINGS_PER_SECOND, GREETING_BURST, options.clock.nowMs())
    this.#period = period
    this.#greetingKeys = period.schedule.greeting(options.self, address)
    this.#handshake = new Handshake(options.random)
  }

  get session(): Session | undefined {
    return this.#heard.session
  }

  get standing(): Standing {
    return this.session === undefined ? this.#trouble : 'met'
  }

  /** The group has another secret now: all begins anew. */
  rekey(period: Period): void {
    this.#heard.end()
    this.#period = period
    this.#greetingKeys = period.schedule.greeting(this.#options.self, this.address)
    this.#handshake = new Handshake(this.#options.random)
    this.#trouble = 'greeting'
    this.#pace.reset()
    this.greet()
  }

  /** It is gone: once what it has said before is heard, `then` runs. */
  finish(then: () => void): void {
    this.#inbox.after(() => {
      this.end()
      then()
    })
  }

  /** Nothing of it is heard any more. */
  end(): void {
    this.#gone = true
    this.#heard.end()
  }

  greet(): void {
    this.#pace.greeted(this.#options.clock.nowMs())
    this.#say(this.#handshake.greeting())
  }

  /** Greets a peer that is not met, where that is due. */
  tick(): void {
    if (this.session === undefined) this.#greetIfDue()
  }

  /** A frame that the inner link has brought. */
  arrived(frame: Uint8Array): void {
    const [kind, number] = [frame[0], numberOf(frame)]
    if (number === undefined) this.#ports.refused('forged')
    else if (kind === HELLO || kind === CHANGE) this.#onGreeting(kind, number, frame)
    else if (kind === PAIR || kind === CAST) {
      this.#onContent(kind, number, frame, (content) => {
        if (content !== undefined) this.#ports.received(content)
      })
    } else this.#ports.refused('forged')
  }

  /** What a signal says; undefined where it is not let through. */
  openSignal(frame: Uint8Array): Promise<Uint8Array | undefined> {
    const number = numberOf(frame)
    if (number === undefined || frame[0] !== SIGNAL) {
      this.#ports.refused('forged')
      return Promise.resolve(undefined)
    }
    return new Promise((resolve) => this.#onContent(SIGNAL, number, frame, resolve))
  }

  #say(words: Words): void {
    const { schedule, casts } = this.#period
    const { publicKey } = this.#options.ring
    const hello = { ...words, casts: { nonce: casts.nonce, from: casts.stream.next }, publicKey }
    this.#ports.send(this.#sealGreeting(HELLO, schedule.number, this.#greetingKeys, encodeHello(hello)))
  }

  async #sealGreeting(
    kind: GreetingKind,
    number: number,
    keys: Promise<TwoWays<CryptoKey>>,
    content: Uint8Array,
  ): Promise<Uint8Array> {
    const { subtle, random } = this.#options
    return seal(subtle, (await keys).toPeer, greetingHeader(kind, number, random), content)
  }

  #greetIfDue(): void {
    if (this.#pace.isDue(this.#options.clock.nowMs())) this.greet()
  }

  /** Whoever speaks with a later secret may have what leads there: by a hello it sees that it is needed here. */
  #askForChange(): void {
    if (this.session === undefined) this.#trouble = 'outdated-here'
    this.#ports.refused('unmet')
    this.#greetIfDue()
  }

  #onGreeting(kind: GreetingKind, number: number, frame: Uint8Array): void {
    if (frame.length > MAX_GREETING_BYTES) {
      this.#ports.refused('forged')
    } else if (this.#greetings.isOpen(this.#options.clock.nowMs())) {
      this.#greetings.spend(1)
      const taken = this.#inTurn(frame, async () => {
        if (!this.#gone) await (kind === HELLO ? this.#onHello(number, frame) : this.#onChange(number, frame))
        this.#greetingsWaiting--
      })
      if (taken) this.#greetingsWaiting++
    } else this.#ports.dropped()
  }

  async #onHello(number: number, frame: Uint8Array): Promise<void> {
    const period = this.#period
    if (number < period.schedule.number) return this.#onOutdatedHello(number, frame)
    if (number > period.schedule.number) return this.#askForChange()
    const content = await open(this.#options.subtle, (await this.#greetingKeys).fromPeer, frame)
    if (this.#gone || period !== this.#period) return
    const hello = content === undefined ? undefined : decodeHello(content)
    if (hello === undefined) return this.#forged()
    this.#pace.answered()
    const heard = this.#handshake.hear(hello)
    if ('own' in heard) await this.#agree(heard.own, hello)
    else if (heard.next === 'greet') this.greet()
    else if (heard.next === 'confirm') this.#confirm()
  }

  async #agree(own: Nonce, { nonce, casts, publicKey }: Hello): Promise<void> {
    const { subtle, self } = this.#options
    const period = this.#period
    const { schedule } = period
    const known = this.#heard.casts?.nonce === casts.nonce ? this.#heard.casts : undefined
    const [keys, castKey] = await Promise.all([
      schedule.session(self, own, this.address, nonce),
      known === undefined ? schedule.cast(this.address, casts.nonce) : undefined,
    ])
    if (this.#gone || period !== this.#period) return
    // The same casts go on where they were: what has come of them since this end made its nonce must not come again.
    const stream = castKey === undefined ? known?.stream : new IncomingStream(subtle, castKey, casts.from)
    if (stream === undefined) return
    this.#heard.begin(newSession(subtle, schedule.number, keys, publicKey), { nonce: casts.nonce, stream })
    this.#trouble = 'greeting'
    this.#pace.reset()
    if (this.#handshake.agreed(own, nonce, keys.toPeer.tag, keys.fromPeer.tag)) this.#confirm()
    this.#ports.met()
  }

  #confirm(): void {
    const words = this.#handshake.confirmation()
    if (words !== undefined) this.#say(words)
  }

  /** It was away when the secret changed, or was removed by that. */
  async #onOutdatedHello(number: number, frame: Uint8Array): Promise<void> {
    const { subtle, ring, self } = this.#options
    const key = ring.key(number)
    this.#ports.refused('outdated')
    if (key === undefined) return
    const keys = new KeySchedule(subtle, ring.group, key).greeting(self, this.address)
    const content = await open(subtle, (await keys).fromPeer, frame)
    const hello = content === undefined ? undefined : decodeHello(content)
    if (hello === undefined || this.#gone) return
    this.#trouble = 'outdated-there'
    const bytes = ring.changeFor(this.address.replica, number)
    if (bytes === undefined) return
    this.#ports.send(this.#sealGreeting(CHANGE, number, keys, encodeChange({ echo: hello.nonce, bytes })))
  }

  async #onChange(number: number, frame: Uint8Array): Promise<void> {
    const { subtle, ring } = this.#options
    const current = this.#period.schedule.number
    if (number !== current) return this.#ports.refused(number < current ? 'outdated' : 'unmet')
    const content = await open(subtle, (await this.#greetingKeys).fromPeer, frame)
    const change = content === undefined ? undefined : decodeChange(content)
    if (change === undefined) return this.#forged()
    // It answers no hello of this meeting.
    if (!this.#handshake.isCurrent(change.echo)) return this.#ports.refused('replayed')
    if (change.bytes.length === 0) ring.refused(this.address.replica)
    else await ring.change(change.bytes)
  }

  #forged(): void {
    this.#trouble = 'forged'
    this.#ports.refused('forged')
  }

  /** @param done told what it says, or undefined, in the order in which the frames have come */
  #onContent(kind: StreamKind, number: number, frame: Uint8Array, done: (content?: Uint8Array) => void): void {
    const current = this.#period.schedule.number
    if (number !== current) {
      if (number > current) this.#askForChange()
      else this.#ports.refused('outdated')
      return done()
    }
    const early = this.#greetingsWaiting === 0 ? this.#open(kind, frame) : undefined
    const taken = this.#inTurn(frame, async () => {
      done(this.#judge(kind, await (early ?? this.#open(kind, frame)), frame))
    })
    if (!taken) done()
  }

  #open(kind: StreamKind, frame: Uint8Array): Promise<Opened | keyof SealCounters> {
    return this.#heard.open(kind, frame, () => {
      // The peer may be in a session whose last hello was lost; or somebody makes this up: so now and then.
      this.#greetIfDue()
      return this.#handshake.renewing ? 'unmet' : 'forged'
    })
  }

  #judge(kind: StreamKind, opened: Opened | keyof SealCounters, frame: Uint8Array): Uint8Array | undefined {
    if (this.#gone) return undefined
    const refusal = typeof opened === 'string' ? opened : this.#heard.judge(kind, opened.stream, frame)
    if (refusal !== undefined) this.#ports.refused(refusal)
    else if (typeof opened !== 'string') return opened.content
    return undefined
  }

  /** False: too much waits already. */
  #inTurn(frame: Uint8Array, work: () => Promise<void>): boolean {
    const taken = this.#inbox.take(frame, work)
    if (!taken) this.#ports.dropped()
    return taken
  }
}
