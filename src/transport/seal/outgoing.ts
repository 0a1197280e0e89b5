import { type Address, LARGEST_PACKET_BYTES } from '../../wire/index.js'
import type { Link } from '../contract.js'
import { LARGEST_LINK_PACKET_BYTES } from '../frames.js'
import { InTurn } from './in-turn.js'
import type { SealedPeer } from './sealed-peer.js'
import type { Session } from './session.js'
import type { OutgoingStream } from './streams.js'

/** What waits for one peer, the inner link's queue included: one of the largest packets behind another. */
const MAX_WAITING_BYTES = 2 * LARGEST_LINK_PACKET_BYTES
const MAX_WAITING_PACKETS = 4096

/** What one life of one peer is to be sent. */
export interface Outbox {
  readonly peer: SealedPeer
  /** Packets accepted in a session that is no more: the next one takes them. */
  held: Uint8Array[]
  /** Those held, and those that are being sealed. */
  waitingBytes: number
  waitingPackets: number
}

export const newOutbox = (peer: SealedPeer): Outbox => ({ peer, held: [], waitingBytes: 0, waitingPackets: 0 })

export interface OutgoingPorts {
  /** Whether it is worth waiting for another session with this life. */
  readonly isPresent: (address: Address) => boolean
  /** The inner link has not taken what was accepted here. */
  readonly refused: () => void
}

/** Seals what is sent, and hands it to the inner link in the order in which it was accepted. */
export class Outgoing {
  readonly #inner: Link
  readonly #ports: OutgoingPorts
  readonly #turn = new InTurn()

  constructor(inner: Link, ports: OutgoingPorts) {
    this.#inner = inner
    this.#ports = ports
  }

  /** False: not accepted. */
  send(outbox: Outbox, bytes: Uint8Array): boolean {
    if (!this.#accept(outbox, bytes)) return false
    this.#dispatch(outbox, bytes)
    return true
  }

  /** Returns how many have accepted it. */
  sendAll(outboxes: readonly Outbox[], bytes: Uint8Array, casts: OutgoingStream): number {
    const accepted = outboxes.filter((outbox) => this.#accept(outbox, bytes))
    const met = accepted.filter(({ peer }) => peer.session !== undefined)
    // To one alone it is sealed for that one alone.
    const several = met.length > 1
    for (const outbox of accepted) {
      if (!several || outbox.peer.session === undefined) this.#dispatch(outbox, bytes)
    }
    if (several) this.#cast(met, bytes, casts)
    return accepted.length
  }

  /** The loss of a hello is nothing: it is repeated. */
  greet(to: Address, hello: Promise<Uint8Array>): void {
    this.#turn.add(hello, (frame) => this.#inner.send(to, frame))
  }

  /** There is a session again: it takes what has waited for that. */
  resume(outbox: Outbox): void {
    const { held } = outbox
    outbox.held = []
    for (const bytes of held) this.#dispatch(outbox, bytes)
  }

  /** There will be no session any more. */
  giveUp(outbox: Outbox): void {
    for (const bytes of outbox.held) this.#release(outbox, bytes)
    outbox.held = []
  }

  bufferedBytes({ peer, waitingBytes }: Outbox): number {
    return waitingBytes + this.#inner.bufferedBytes(peer.address)
  }

  /** `next` runs once the inner link has all that was accepted so far. */
  after(next: () => void): void {
    this.#turn.after(next)
  }

  #accept(outbox: Outbox, { length }: Uint8Array): boolean {
    if (length > LARGEST_PACKET_BYTES || outbox.waitingPackets >= MAX_WAITING_PACKETS) return false
    if (this.bufferedBytes(outbox) + length > MAX_WAITING_BYTES) return false
    outbox.waitingPackets++
    outbox.waitingBytes += length
    return true
  }

  #release(outbox: Outbox, { length }: Uint8Array): void {
    outbox.waitingPackets--
    outbox.waitingBytes -= length
  }

  #dispatch(outbox: Outbox, bytes: Uint8Array): void {
    const { session, address } = outbox.peer
    if (session === undefined) {
      if (this.#ports.isPresent(address)) outbox.held.push(bytes)
      else this.#release(outbox, bytes)
      return
    }
    this.#turn.add(session.pairs.toPeer.seal(bytes), (frame) => {
      if (!this.#isStill(outbox, session, bytes)) return
      this.#release(outbox, bytes)
      if (!this.#inner.send(address, frame)) this.#ports.refused()
    })
  }

  #cast(outboxes: readonly Outbox[], bytes: Uint8Array, casts: OutgoingStream): void {
    const sessions = outboxes.map(({ peer }) => peer.session)
    this.#turn.add(casts.seal(bytes), (frame) => {
      const still = outboxes.filter((outbox, at) => this.#isStill(outbox, sessions[at], bytes))
      for (const outbox of still) this.#release(outbox, bytes)
      const to = still.map(({ peer }) => peer.address)
      if (to.length > 0) this.#inner.sendAll(to, frame)
    })
  }

  /** Whether the peer has the session yet that a packet was sealed in. Otherwise it is sealed anew, or waits for that. */
  #isStill(outbox: Outbox, session: Session | undefined, bytes: Uint8Array): boolean {
    if (outbox.peer.session === session) return true
    this.#dispatch(outbox, bytes)
    return false
  }
}
