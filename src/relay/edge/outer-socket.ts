import { CLOSE_CODES, type CloseReason } from '../../wire/index.js'
import type { SeatRecord } from '../authorize.js'
import type { RelaySocket } from '../guest.js'
import type { ObjectSocket } from './platform.js'

/** Raised with every change of what is attached: sockets outlive a deployment. */
const ATTACHMENT_VERSION = 1

/** What a socket carries along while its object is out of memory. */
export interface Attachment {
  /** By its URL: the only one that it may join. */
  readonly room: string
  /** As the platform has seen it; undefined: it has not. */
  readonly address: string | undefined
  /** Of the page that it comes from, if it is a browser's. */
  readonly origin: string | undefined
  /** Undefined until it joins. */
  readonly seat: SeatRecord | undefined
  /** Where it comes in the order of joining: the platform hands sockets back in none. */
  readonly turn: number
}

/** A socket from outside, as the rooms see it. */
export class OuterSocket implements RelaySocket {
  readonly #socket: ObjectSocket
  readonly #leavingPerMs: number
  #attachment: Attachment
  #waitingBytes = 0
  #countedAtMs = 0
  /** When it was heard of last, but for what the platform has answered in the object's place. */
  heardAtMs: number

  /** @param leavingPerSecond at which rate it is taken to read */
  constructor(socket: ObjectSocket, attachment: Attachment, leavingPerSecond: number) {
    this.#socket = socket
    this.#attachment = attachment
    this.#leavingPerMs = leavingPerSecond / 1000
    this.heardAtMs = Date.now()
  }

  /** One that was here before its object was out of memory; undefined: another version of this program has accepted it. */
  static restored(socket: ObjectSocket, leavingPerSecond: number): OuterSocket | undefined {
    const attached = socket.deserializeAttachment() as [number, Attachment] | null
    if (attached?.[0] !== ATTACHMENT_VERSION) return undefined
    return new OuterSocket(socket, attached[1], leavingPerSecond)
  }

  get address(): string | undefined {
    return this.#attachment.address
  }

  get attachment(): Attachment {
    return this.#attachment
  }

  /** To be called once it is accepted, too. */
  attach(seat: SeatRecord | undefined, turn: number): void {
    this.#attachment = { ...this.#attachment, seat, turn }
    this.#socket.serializeAttachment([ATTACHMENT_VERSION, this.#attachment])
  }

  send(message: Uint8Array | string): void {
    this.#waitingBytes = this.bufferedBytes() + message.length
    try {
      this.#socket.send(message)
    } catch {
      // It is closed, which the object will be told.
    }
  }

  close(reason: CloseReason): void {
    closeSocket(this.#socket, CLOSE_CODES[reason], reason)
  }

  /** The platform does not say what waits: a reader that is slower than a link may send is not noticed. */
  bufferedBytes(): number {
    const now = Date.now()
    this.#waitingBytes = Math.max(0, this.#waitingBytes - (now - this.#countedAtMs) * this.#leavingPerMs)
    this.#countedAtMs = now
    return this.#waitingBytes
  }
}

export const closeSocket = (socket: ObjectSocket, code: number, reason: string): void => {
  try {
    socket.close(code, reason)
  } catch {
    // It is closed already.
  }
}
