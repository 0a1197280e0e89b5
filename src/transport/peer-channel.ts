import type SimplePeer from 'simple-peer/simplepeer.min.js'
import { Backoff } from './backoff.js'
import { type ChannelSignal, decodeSignal, encodeSignal } from './channel-signal.js'
import type { Clock } from './clock.js'
import type { ChannelStats } from './contract.js'
import type { DirectPath, DirectPathEvents } from './direct-path.js'

export interface PeerChannelOptions {
  readonly initiator: boolean
  readonly iceServers: readonly RTCIceServer[]
  readonly clock: Clock
  readonly random: () => number
}

const BACKOFF = {
  // The relay carries the traffic meanwhile: no hurry.
  firstMs: 1000,
  // Where no direct way exists, looking for one costs battery.
  longestMs: 60_000,
}
/** Counted in own ticks (1/s), so a tab that slept gets fresh intervals before it calls the other end silent. */
const SILENT_TICKS = 5
/** From the offer to the open channel; a handshake through a far TURN server takes a few. */
const OPENING_TICKS = 10
/** Shorter than any fragment's header, which is how it is told from one. Sent every tick. */
const HEARTBEAT = new Uint8Array(1)
/** Messages that may wait in simple-peer, beside the 64 KiB that it lets the data channel buffer. */
const MAX_WAITING_MESSAGES = 4
/** What may arrive while the code is still being loaded: an offer, and a candidate per interface and protocol. */
const MAX_EARLY_SIGNALS = 64

/** One attempt at a channel, and the channel it becomes. */
interface Attempt {
  readonly session: number
  /** Undefined while the code is being loaded. */
  peer: SimplePeer | undefined
  readonly early: ChannelSignal['description'][]
  open: boolean
  writable: boolean
  ticksSilent: number
  ticksOpen: number
}

/**
 * A data channel to one life of one peer, built anew whenever it fails. Only the initiator makes offers; the other
 * end drops what it has for a newer one, so that the two can't get in each other's way.
 */
export class PeerChannel implements DirectPath {
  readonly #options: PeerChannelOptions
  readonly #events: DirectPathEvents
  readonly #backoff: Backoff
  #attempt: Attempt | undefined
  #cancelRetry = (): void => {}

  constructor(options: PeerChannelOptions, events: DirectPathEvents) {
    this.#options = options
    this.#events = events
    this.#backoff = new Backoff(BACKOFF, options.random)
    if (options.initiator) this.#start(this.#newSession())
  }

  get open(): boolean {
    return this.#attempt?.open ?? false
  }

  get writable(): boolean {
    return this.#attempt?.writable ?? false
  }

  send(frame: Uint8Array): void {
    if (this.#attempt?.writable) this.#write(this.#attempt, frame)
  }

  signalled(body: Uint8Array): void {
    const signal = decodeSignal(body)
    if (signal === undefined) return
    const { session, description } = signal
    if (!this.#options.initiator && description.type === 'offer' && session !== this.#attempt?.session) {
      this.#abandon()
      this.#start(session)
    }
    const attempt = this.#attempt
    if (attempt === undefined || session !== attempt.session) return
    if (attempt.peer !== undefined) this.#apply(attempt, attempt.peer, description)
    else if (attempt.early.length < MAX_EARLY_SIGNALS) attempt.early.push(description)
  }

  async stats(): Promise<ChannelStats | undefined> {
    const peer = this.#attempt?.open ? this.#attempt.peer : undefined
    if (peer === undefined) return undefined
    return new Promise((resolve) => {
      peer.getStats((_error, reports = []) => resolve(channelStatsIn(reports)))
    })
  }

  tick(): void {
    const attempt = this.#attempt
    if (attempt === undefined) return
    attempt.ticksSilent++
    if (attempt.ticksSilent >= (attempt.open ? SILENT_TICKS : OPENING_TICKS)) {
      this.#fail(attempt)
      return
    }
    if (!attempt.open) return
    attempt.ticksOpen++
    // It held for longer than it takes to notice silence: its end starts a new row of attempts.
    if (attempt.ticksOpen > 2 * SILENT_TICKS) this.#backoff.reset()
    if (attempt.writable) this.#write(attempt, HEARTBEAT)
  }

  close(): void {
    this.#cancelRetry()
    this.#attempt?.peer?.destroy()
    this.#attempt = undefined
  }

  #newSession(): number {
    return Math.floor(this.#options.random() * 2 ** 32)
  }

  #start(session: number): void {
    const attempt: Attempt = {
      session,
      peer: undefined,
      early: [],
      open: false,
      writable: false,
      ticksSilent: 0,
      ticksOpen: 0,
    }
    this.#attempt = attempt
    this.#build(attempt).catch(() => this.#fail(attempt))
  }

  async #build(attempt: Attempt): Promise<void> {
    const { default: Peer } = await import('simple-peer/simplepeer.min.js')
    if (this.#attempt !== attempt) return
    const { initiator, iceServers } = this.#options
    const peer = new Peer({
      initiator,
      config: { iceServers: [...iceServers] },
      objectMode: true,
      writableHighWaterMark: MAX_WAITING_MESSAGES,
    })
    attempt.peer = peer
    peer.on('signal', (description) => {
      const body = this.#attempt === attempt ? encodeSignal(attempt.session, description) : undefined
      if (body !== undefined) this.#events.onSignal(body)
    })
    peer.on('connect', () => {
      if (this.#attempt !== attempt) return
      attempt.open = true
      attempt.writable = true
      attempt.ticksSilent = 0
      this.#events.onChange()
    })
    peer.on('data', (data) => {
      if (this.#attempt === attempt) this.#hear(attempt, data)
    })
    peer.on('drain', () => {
      if (this.#attempt !== attempt) return
      attempt.writable = true
      this.#events.onDrain()
    })
    peer.on('error', () => this.#fail(attempt))
    peer.on('close', () => this.#fail(attempt))
    for (const description of attempt.early.splice(0)) this.#apply(attempt, peer, description)
  }

  #apply(attempt: Attempt, peer: SimplePeer, description: ChannelSignal['description']): void {
    try {
      peer.signal(description)
    } catch {
      this.#fail(attempt)
    }
  }

  #hear(attempt: Attempt, data: unknown): void {
    attempt.ticksSilent = 0
    if (!(data instanceof Uint8Array) || data.length === HEARTBEAT.length) return
    // Without the prototype of simple-peer's own Buffer.
    this.#events.onFrame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }

  #write(attempt: Attempt, message: Uint8Array): void {
    attempt.writable = attempt.peer?.write(message) ?? false
  }

  #fail(attempt: Attempt): void {
    if (this.#attempt !== attempt) return
    if (this.#options.initiator) {
      this.#cancelRetry = this.#options.clock.after(this.#backoff.nextMs(), () => this.#start(this.#newSession()))
    }
    this.#abandon()
  }

  #abandon(): void {
    const { open = false, peer } = this.#attempt ?? {}
    this.#attempt = undefined
    peer?.destroy()
    if (open) this.#events.onChange()
  }
}

const channelStatsIn = (reports: readonly Readonly<Record<string, unknown>>[]): ChannelStats | undefined => {
  const report = reports.find(({ type }) => type === 'data-channel')
  if (report === undefined) return undefined
  const count = (name: keyof ChannelStats): number => Number(report[name] ?? 0)
  return {
    messagesSent: count('messagesSent'),
    messagesReceived: count('messagesReceived'),
    bytesSent: count('bytesSent'),
    bytesReceived: count('bytesReceived'),
  }
}
