import { type Address, MAX_BODY_BYTES } from '../wire/index.js'
import type { SignalSeal } from './contract.js'

/** An offer or an answer, and a candidate per interface and protocol, of a few attempts: the rest is lost. */
const MAX_WAITING = 256

export interface SignalLaneEvents {
  /** To be brought to the peer. */
  onSealed(body: Uint8Array): void
  /** From the peer. */
  onOpened(body: Uint8Array): void
  /** What was to be sent can't be. */
  onLost(): void
}

/** The signals of one peer, made unreadable to the relay: that takes a while, and their order is kept. */
export class SignalLane {
  readonly #seal: SignalSeal | undefined
  readonly #peer: Address
  readonly #events: SignalLaneEvents
  readonly #outward = new InOrder()
  readonly #inward = new InOrder()

  /** Without a seal they go as they are, at once. */
  constructor(seal: SignalSeal | undefined, peer: Address, events: SignalLaneEvents) {
    this.#seal = seal
    this.#peer = peer
    this.#events = events
  }

  send(body: Uint8Array): void {
    const seal = this.#seal
    if (seal === undefined) this.#events.onSealed(body)
    else {
      this.#outward.add(
        () => seal.seal(this.#peer, body),
        (sealed) => {
          if (sealed === undefined || sealed.length > MAX_BODY_BYTES) this.#events.onLost()
          else this.#events.onSealed(sealed)
        },
      )
    }
  }

  receive(body: Uint8Array): void {
    const seal = this.#seal
    if (seal === undefined) this.#events.onOpened(body)
    else {
      this.#inward.add(
        () => seal.open(this.#peer, body),
        (opened) => {
          if (opened !== undefined) this.#events.onOpened(opened)
        },
      )
    }
  }

  /** Nothing comes of it any more. */
  close(): void {
    this.#outward.stop()
    this.#inward.stop()
  }
}

/** Steps one after the other, each with what is done with its outcome. */
class InOrder {
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #stopped = false

  add(step: () => Promise<Uint8Array | undefined>, done: (outcome: Uint8Array | undefined) => void): void {
    if (this.#waiting === MAX_WAITING) {
      done(undefined)
      return
    }
    this.#waiting++
    this.#last = this.#last
      .then(() => (this.#stopped ? undefined : step()))
      // One that fails is one that can't be sealed, or was not.
      .catch(() => undefined)
      .then((outcome) => {
        this.#waiting--
        if (!this.#stopped) done(outcome)
      })
  }

  stop(): void {
    this.#stopped = true
  }
}
