import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type Address, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '../../src/wire/index.js'

/** What a sealed packet of a few small messages takes. */
const BODY_BYTES = 200
const SENT_AT = 4

export interface GuestEvents {
  /** A message has arrived, so long after it was sent. */
  arrived(latencyMs: number): void
  /** What must not have happened. */
  failed(problem: string): void
}

/** A socket in a room, which tells the others something now and then, and knows what it should have heard of them. */
export class Guest {
  readonly self: Address
  readonly #ws: WebSocket
  readonly #events: GuestEvents
  /** Of each sender, the last number. */
  readonly #lastOf = new Map<string, number>()
  readonly #present = new Set<string>()
  #sent = 0
  #leaving = false
  #looked = (): void => {}

  private constructor(url: string, self: Address, events: GuestEvents) {
    this.self = self
    this.#events = events
    this.#ws = new WebSocket(url, { perMessageDeflate: false })
    this.#ws.on('message', (message: Buffer, binary) => {
      if (binary) this.#take(decodeRelayFrame(message))
    })
    // What is wrong shows in 'close'.
    this.#ws.on('error', () => {})
    this.#ws.on('close', (code) => {
      if (!this.#leaving) events.failed(`a socket was closed with ${code}`)
    })
  }

  /** Resolves once it has its seat. */
  static async join(url: string, room: string, self: Address, events: GuestEvents): Promise<Guest> {
    const guest = new Guest(url, self, events)
    await once(guest.#ws, 'open')
    guest.#send({ kind: 'join', self, token: '', room })
    return guest
  }

  /** Resolves once so many others are there. */
  async company(others: number): Promise<void> {
    if (this.#present.size >= others) return
    await new Promise<void>((resolve) => {
      this.#looked = () => {
        if (this.#present.size >= others) resolve()
      }
    })
  }

  /** Tells them something, in one frame. */
  tell(to: readonly Address[]): void {
    const body = new Uint8Array(BODY_BYTES)
    const view = new DataView(body.buffer)
    view.setUint32(0, ++this.#sent)
    view.setFloat64(SENT_AT, performance.now())
    const [peer] = to
    if (peer !== undefined && to.length === 1) this.#send({ kind: 'datagram', peer, body })
    else this.#send({ kind: 'cast', peers: to, body })
  }

  /** Sends it something large that nobody counts. */
  burden(peer: Address, body: Uint8Array): void {
    this.#send({ kind: 'datagram', peer, body })
  }

  leave(): void {
    this.#leaving = true
    this.#ws.terminate()
  }

  #take(frame: RelayFrame): void {
    if (frame.kind === 'joined') for (const peer of frame.peers) this.#present.add(peer.replica)
    else if (frame.kind === 'came') this.#present.add(frame.peer.replica)
    else if (frame.kind === 'went') this.#present.delete(frame.peer.replica)
    else if (frame.kind === 'datagram') this.#hear(frame.peer, frame.body)
    this.#looked()
  }

  #hear(from: Address, body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    const number = view.getUint32(0)
    if (number <= (this.#lastOf.get(from.replica) ?? 0)) this.#events.failed('a message came twice, or out of order')
    this.#lastOf.set(from.replica, number)
    this.#events.arrived(performance.now() - view.getFloat64(SENT_AT))
  }

  #send(frame: RelayFrame): void {
    this.#ws.send(encodeRelayFrame(frame))
  }
}
