import {
  type AddressedFrame,
  type CastFrame,
  closeReasonOf,
  decodeRelayFrame,
  encodeRelayFrame,
  LIVENESS_ANSWER,
  LIVENESS_QUESTION,
  type RelayFrame,
  type RelayRate,
  TokenBucket,
} from '../wire/index.js'
import { Backoff } from './backoff.js'
import type { Clock } from './clock.js'
import type { LinkOptions, LinkReason, LinkState } from './contract.js'
import { endOf } from './endings.js'
import type { Waking } from './page-life.js'
import { type OpenSocket, type WebSocketLike, webSocketOpener } from './relay-socket.js'
import { seatUrl } from './seat.js'

/** What a connection tells its owner. */
export interface RelayEvents {
  /** `state` or `reason` has changed. */
  onState(): void
  onFrame(frame: Exclude<RelayFrame, { kind: 'join' | 'cast' }>): void
  /** The relay has given a sign of life; what it is follows. */
  onSign(): void
}

export interface RelayConnectionOptions extends LinkOptions {
  readonly token?: string | (() => string | Promise<string>)
  readonly socket?: OpenSocket
  readonly clock: Clock
  readonly random: () => number
}

const BACKOFF = {
  // Under what a user notices, if the relay is back at once.
  firstMs: 250,
  // A relay that was away for long is found again within this.
  longestMs: 10_000,
}
/** After the relay has refused a token: the next one is likely to be no better. */
const REFUSED_BACKOFF = { firstMs: 5_000, longestMs: 60_000 }
/** A connection that held this long was a good one: its end starts a new row of attempts. */
const STABLE_MS = 10_000
/** From the attempt to the relay's `joined`. */
const JOIN_DEADLINE_MS = 10_000
/** Silence is counted in the link's own ticks (1/s), so a tab that slept does not blame the relay for it. */
const QUESTION_EVERY_TICKS = 2
const SILENT_TICKS = 5
/** An answer waits behind what was sent before the question, and on a slow line that takes a while. */
const BUSY_BYTES = 256 * 1024
const BUSY_SILENT_TICKS = 15
/** What may wait in the socket: more would only add delay that the link can't see. */
const MAX_SOCKET_BYTES = 2 ** 20
/** Of the rate that the relay allows: clocks and networks are uneven. */
const RATE_SHARE = 0.75

/** A seat in a room of the relay, taken again whenever it is lost. */
export class RelayConnection {
  readonly #options: RelayConnectionOptions
  readonly #events: RelayEvents
  readonly #url: string
  readonly #backoff: Backoff
  readonly #refusedBackoff: Backoff
  #state: LinkState = 'connecting'
  #reason: LinkReason | undefined
  /** The attempt under way, or the one that succeeded; undefined while waiting for the next. */
  #attempt: Attempt | undefined
  #cancelTimer = (): void => {}

  /** Throws where address, room, relay or token can't be. */
  constructor(options: RelayConnectionOptions, events: RelayEvents) {
    const { token = '' } = options
    this.#url = seatUrl(options)
    this.#options = options
    this.#events = events
    this.#joinFrame(typeof token === 'string' ? token : '')
    this.#backoff = new Backoff(BACKOFF, options.random)
    this.#refusedBackoff = new Backoff(REFUSED_BACKOFF, options.random)
    this.#connect()
  }

  get state(): LinkState {
    return this.#state
  }

  get reason(): LinkReason | undefined {
    return this.#reason
  }

  /** False: wait; a little later, or for the next `joined`. */
  get writable(): boolean {
    const now = this.#options.clock.nowMs()
    const { socket, seat } = this.#attempt ?? {}
    if (socket === undefined || seat === undefined || socket.bufferedAmount > MAX_SOCKET_BYTES) return false
    return seat.bytes.isOpen(now) && seat.frames.isOpen(now)
  }

  /** Nothing is sent while not joined. */
  send(frame: AddressedFrame | CastFrame): void {
    const { socket, seat } = this.#attempt ?? {}
    if (this.#attempt === undefined || socket === undefined || seat === undefined) return
    const bytes = encodeRelayFrame(frame)
    seat.bytes.spend(bytes.length)
    seat.frames.spend(1)
    this.#attempt.bytesUnanswered += bytes.length
    socket.send(bytes)
  }

  /** To be called every second: asks for a sign of life where there was none for a while. */
  tick(): void {
    const { socket, seat } = this.#attempt ?? {}
    if (this.#attempt === undefined || socket === undefined || seat === undefined) return
    // What the relay takes off our hands is a sign of life as well: its answer may wait behind megabytes.
    if (socket.bufferedAmount < this.#attempt.bytesInSocket) this.#attempt.ticksSilent = 0
    this.#attempt.bytesInSocket = socket.bufferedAmount
    this.#attempt.ticksSilent++
    // Where nothing leaves the socket, nobody takes anything.
    const busy = socket.bufferedAmount === 0 && this.#attempt.bytesUnanswered > BUSY_BYTES
    if (this.#attempt.ticksSilent >= (busy ? BUSY_SILENT_TICKS : SILENT_TICKS)) this.#lose('relay-unreachable')
    else if (this.#attempt.ticksSilent % QUESTION_EVERY_TICKS === 0) socket.send(LIVENESS_QUESTION)
  }

  /** What waits for the next attempt waits no longer; what seems to be open has to show it soon. */
  wake(waking: Waking): void {
    if (this.#state === 'closed') return
    const attempt = this.#attempt
    if (attempt?.seat !== undefined) {
      attempt.ticksSilent = Math.max(attempt.ticksSilent, QUESTION_EVERY_TICKS)
      attempt.socket?.send(LIVENESS_QUESTION)
    } else if (attempt === undefined || waking === 'network') {
      // An attempt that was begun without a network may hang for long.
      this.#abandon()
      this.#connect()
    }
  }

  close(): void {
    if (this.#state !== 'closed') this.#end(undefined)
  }

  #connect(): void {
    const attempt: Attempt = {
      missing: 'no-token',
      socket: undefined,
      seat: undefined,
      ticksSilent: 0,
      bytesInSocket: 0,
      bytesUnanswered: 0,
    }
    this.#attempt = attempt
    this.#cancelTimer = this.#options.clock.after(JOIN_DEADLINE_MS, () => this.#lose(attempt.missing))
    this.#open(attempt).catch(() => {
      if (this.#attempt === attempt) this.#lose(attempt.missing)
    })
  }

  async #open(attempt: Attempt): Promise<void> {
    const { token = '' } = this.#options
    const joinFrame = this.#joinFrame(typeof token === 'string' ? token : await token())
    attempt.missing = 'relay-unreachable'
    const open = this.#options.socket ?? (await webSocketOpener())
    if (this.#attempt !== attempt) return
    const socket = open(this.#url)
    attempt.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      if (this.#attempt === attempt) socket.send(joinFrame)
    }
    socket.onmessage = ({ data }) => {
      if (this.#attempt === attempt) this.#hear(attempt, data)
    }
    // 'close' follows and says more; without a listener `ws` would throw.
    socket.onerror = () => {}
    socket.onclose = ({ code }) => {
      if (this.#attempt !== attempt) return
      this.#lose(closeReasonOf(code) ?? (attempt.seat === undefined ? 'relay-unreachable' : 'relay-closed'))
    }
  }

  #joinFrame(token: string): Uint8Array<ArrayBuffer> {
    const { self, room } = this.#options
    return encodeRelayFrame({ kind: 'join', self, token, room })
  }

  #hear(attempt: Attempt, data: unknown): void {
    attempt.ticksSilent = 0
    attempt.bytesUnanswered = 0
    this.#events.onSign()
    if (this.#attempt !== attempt || data === LIVENESS_ANSWER) return
    let frame: RelayFrame | undefined
    try {
      if (data instanceof ArrayBuffer) frame = decodeRelayFrame(new Uint8Array(data))
    } catch {
      frame = undefined
    }
    // First `joined`, once; then anything but that, and never what only links say.
    if (
      frame === undefined ||
      frame.kind === 'join' ||
      frame.kind === 'cast' ||
      (frame.kind === 'joined') !== (attempt.seat === undefined)
    ) {
      this.#lose('protocol-error')
      return
    }
    if (frame.kind === 'joined') this.#seated(attempt, frame.rate)
    this.#events.onFrame(frame)
  }

  #seated(attempt: Attempt, rate: RelayRate): void {
    this.#cancelTimer()
    const now = this.#options.clock.nowMs()
    const [bytesPerSecond, framesPerSecond] = [rate.bytesPerSecond * RATE_SHARE, rate.framesPerSecond * RATE_SHARE]
    attempt.seat = {
      sinceMs: now,
      bytes: new TokenBucket(bytesPerSecond, bytesPerSecond, now),
      frames: new TokenBucket(framesPerSecond, framesPerSecond, now),
    }
    this.#refusedBackoff.reset()
    this.#become('open', undefined)
  }

  #lose(reason: LinkReason): void {
    const { token, signals } = this.#options
    const then = endOf(reason, { tokensChange: typeof token === 'function', sealed: signals !== undefined })
    if (then === 'final') {
      this.#end(reason)
      return
    }
    const { clock } = this.#options
    const seat = this.#attempt?.seat
    this.#abandon()
    if (seat !== undefined && clock.nowMs() - seat.sinceMs >= STABLE_MS) this.#backoff.reset()
    const backoff = then === 'later' ? this.#refusedBackoff : this.#backoff
    this.#cancelTimer = clock.after(backoff.nextMs(), () => this.#connect())
    this.#become('reconnecting', reason)
  }

  #end(reason: LinkReason | undefined): void {
    this.#abandon()
    this.#become('closed', reason)
  }

  #abandon(): void {
    this.#cancelTimer()
    const socket = this.#attempt?.socket
    this.#attempt = undefined
    socket?.close()
  }

  #become(state: LinkState, reason: LinkReason | undefined): void {
    this.#state = state
    this.#reason = reason
    this.#events.onState()
  }
}

interface Attempt {
  /** What it waits for before the relay says anything. */
  missing: 'no-token' | 'relay-unreachable'
  socket: WebSocketLike | undefined
  /** Undefined until the relay says `joined`. */
  seat: Seat | undefined
  ticksSilent: number
  bytesInSocket: number
  /** Given to the socket since the last sign of life. */
  bytesUnanswered: number
}

interface Seat {
  readonly sinceMs: number
  readonly bytes: TokenBucket
  readonly frames: TokenBucket
}
