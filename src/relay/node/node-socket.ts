import type { WebSocket } from 'ws'
import { CLOSE_CODES, type CloseReason } from '../../wire/index.js'
import type { RelaySocket } from '../guest.js'

/**
 * With three of these unanswered it is gone: at the latest 4.8 s after it fell silent, before its peers give it up. Browsers
 * answer in hidden tabs as well; less than 3.6 s would take a slow network for a dead one.
 */
export const PING_INTERVAL_MS = 1200
const MISSED_PINGS = 3
/** What a peer has to answer the close frame before its connection is cut. */
const CLOSE_GRACE_MS = 1000

/** A `ws` socket as the rooms see it, and whether anyone is at its other end. */
export class NodeSocket implements RelaySocket {
  readonly address: string
  /** Of the page that it is; undefined: it is no browser. */
  readonly origin: string | undefined
  readonly #ws: WebSocket
  readonly #closing: (reason: CloseReason) => void
  #unansweredPings = 0
  #sentBytes = 0
  #drainedBytes = 0

  /** @param closing is told why, before it is closed */
  constructor(ws: WebSocket, address: string, origin: string | undefined, closing: (reason: CloseReason) => void) {
    this.#ws = ws
    this.address = address
    this.origin = origin
    this.#closing = closing
  }

  send(message: Uint8Array | string): void {
    this.#sentBytes += message.length
    this.#ws.send(message)
  }

  close(reason: CloseReason): void {
    this.#closing(reason)
    this.#ws.close(CLOSE_CODES[reason], reason)
    const cut = setTimeout(() => this.#ws.terminate(), CLOSE_GRACE_MS)
    this.#ws.once('close', () => clearTimeout(cut))
  }

  bufferedBytes(): number {
    return this.#ws.bufferedAmount
  }

  heard(): void {
    this.#unansweredPings = 0
  }

  /** False: no one is there. A pong may be queued behind megabytes, so reading them is a sign of life as well. */
  ping(): boolean {
    const drainedBytes = this.#sentBytes - this.#ws.bufferedAmount
    if (drainedBytes > this.#drainedBytes) this.heard()
    this.#drainedBytes = drainedBytes
    if (this.#unansweredPings >= MISSED_PINGS) return false
    this.#unansweredPings++
    this.#ws.ping()
    return true
  }
}
