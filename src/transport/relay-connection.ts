import {
  type Address,
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

/** What a connection tells its owner. */
export interface RelayEvents {
  /** `state` or `reason` has changed. */
  onState(): void
  onFrame(frame: Exclude<RelayFrame, { kind: 'join' }>): void
}

export interface RelayConnectionOptions extends LinkOptions {
  readonly clock: Clock
  readonly random: () => number
}

const BACKOFF = {
  // Under what a user notices, if the relay is back at once.
  firstMs: 250,
  // A relay that was away for long is found again within this.
  longestMs: 10_000,
}
/** A connection that held this long was a good one: its end starts a new row of attempts. */
const STABLE_MS = 10_000
/** From the attempt to the relay's `joined`. */
const JOIN_DEADLINE_MS = 10_000
/** Silence is counted in the link's own ticks (1/s), so a tab that slept does not blame the relay for it. */
const QUESTION_EVERY_TICKS = 3
const SILENT_TICKS = 10
/** What may wait in the socket: more would only add delay that the link can't see. */
const MAX_SOCKET_BYTES = 2 ** 20
/** Of the rate that the relay allows: clocks and networks are uneven. */
const RATE_SHARE = 0.75

/** Where another attempt would end the same way. */
const FINAL: ReadonlySet<LinkReason> = new Set<LinkReason>([
  'room-full',
  'replaced',
  'protocol-error',
  'unsupported-version',
  'frame-too-large',
])

/** Browsers, workers and newer Nodes have it; `ws`, which speaks the same, stands in for it elsewhere. */
const webSocketClass = async (): Promise<typeof WebSocket> =>
  globalThis.WebSocket ?? ((await import('ws')).WebSocket as unknown as typeof WebSocket)

/** A seat in a room of the relay, taken again whenever it is lost. */
export class RelayConnection {
  readonly #options: RelayConnectionOptions
  readonly #events: RelayEvents
  readonly #url: string
  readonly #joinFrame: Uint8Array<ArrayBuffer>
  readonly #backoff: Backoff
  #state: LinkState = 'connecting'
  #reason: LinkReason | undefined
  /** The attempt under way, or the one that succeeded; undefined while waiting for the next. */
  #attempt: Attempt | undefined
  #cancelTimer = (): void => {}

  /** Throws where address, room or relay can't be. */
  constructor(options: RelayConnectionOptions, events: RelayEvents) {
    const { relay, self, room } = options
    if (relay === undefined) throw new TypeError('no relay: this transport needs the ws: or wss: URL of one')
    const { protocol } = new URL(relay)
    if (protocol !== 'ws:' && protocol !== 'wss:') throw new TypeError(`relay ${relay}: not a ws: or wss: URL`)
    this.#url = relay
    this.#joinFrame = encodeRelayFrame({ kind: 'join', self, room })
    this.#options = options
    this.#events = events
    this.#backoff = new Backoff(BACKOFF, options.random)
    // Windows and workers tell when the network is back; Node has no such event.
    globalThis.addEventListener?.('online', this.#online)
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
  send(kind: 'datagram' | 'signal', peer: Address, body: Uint8Array): void {
    const { socket, seat } = this.#attempt ?? {}
    if (socket === undefined || seat === undefined) return
    const frame = encodeRelayFrame({ kind, peer, body })
    seat.bytes.spend(frame.length)
    seat.frames.spend(1)
    socket.send(frame)
  }

  /** To be called every second: asks for a sign of life where there was none for a while. */
  tick(): void {
    const { socket, seat } = this.#attempt ?? {}
    if (this.#attempt === undefined || socket === undefined || seat === undefined) return
    // What the relay takes off our hands is a sign of life as well: its answer may wait behind megabytes.
    if (socket.bufferedAmount < this.#attempt.bufferedBytes) this.#attempt.ticksSilent = 0
    this.#attempt.bufferedBytes = socket.bufferedAmount
    this.#attempt.ticksSilent++
    if (this.#attempt.ticksSilent >= SILENT_TICKS) this.#lose('relay-unreachable')
    else if (this.#attempt.ticksSilent % QUESTION_EVERY_TICKS === 0) socket.send(LIVENESS_QUESTION)
  }

  close(): void {
    if (this.#state !== 'closed') this.#end(undefined)
  }

  #connect(): void {
    const attempt: Attempt = { socket: undefined, seat: undefined, ticksSilent: 0, bufferedBytes: 0 }
    this.#attempt = attempt
    this.#cancelTimer = this.#options.clock.after(JOIN_DEADLINE_MS, () => this.#lose('relay-unreachable'))
    this.#open(attempt).catch(() => {
      if (this.#attempt === attempt) this.#lose('relay-unreachable')
    })
  }

  async #open(attempt: Attempt): Promise<void> {
    const Socket = await webSocketClass()
    if (this.#attempt !== attempt) return
    const socket = new Socket(this.#url)
    attempt.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      if (this.#attempt === attempt) socket.send(this.#joinFrame)
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#attempt === attempt) this.#hear(attempt, data)
    }
    // 'close' follows and says more; without a listener `ws` would throw.
    socket.onerror = () => {}
    socket.onclose = ({ code }) => {
      if (this.#attempt !== attempt) return
      this.#lose(closeReasonOf(code) ?? (attempt.seat === undefined ? 'relay-unreachable' : 'relay-closed'))
    }
  }

  #hear(attempt: Attempt, data: unknown): void {
    attempt.ticksSilent = 0
    if (data === LIVENESS_ANSWER) return
    let frame: RelayFrame | undefined
    try {
      if (data instanceof ArrayBuffer) frame = decodeRelayFrame(new Uint8Array(data))
    } catch {
      frame = undefined
    }
    // First `joined`, once; then anything but that.
    if (frame === undefined || frame.kind === 'join' || (frame.kind === 'joined') !== (attempt.seat === undefined)) {
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
    this.#become('open', undefined)
  }

  #lose(reason: LinkReason): void {
    if (FINAL.has(reason)) {
      this.#end(reason)
      return
    }
    const { clock } = this.#options
    const seat = this.#attempt?.seat
    this.#abandon()
    if (seat !== undefined && clock.nowMs() - seat.sinceMs >= STABLE_MS) this.#backoff.reset()
    this.#cancelTimer = clock.after(this.#backoff.nextMs(), () => this.#connect())
    this.#become('reconnecting', reason)
  }

  #end(reason: LinkReason | undefined): void {
    globalThis.removeEventListener?.('online', this.#online)
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

  readonly #online = (): void => {
    if (this.#attempt !== undefined) return
    this.#cancelTimer()
    this.#connect()
  }
}

interface Attempt {
  socket: WebSocket | undefined
  /** Undefined until the relay says `joined`. */
  seat: Seat | undefined
  ticksSilent: number
  bufferedBytes: number
}

interface Seat {
  readonly sinceMs: number
  readonly bytes: TokenBucket
  readonly frames: TokenBucket
}
