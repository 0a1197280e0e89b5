import type SimplePeer from 'simple-peer/simplepeer.min.js'
import type { ChannelSignal } from './channel-signal.js'
import type { Connection, ConnectionEvents, ConnectionFactory } from './connection.js'
import type { ChannelStats, DirectFault } from './contract.js'

/** Messages that may wait in simple-peer, beside the 64 KiB that it lets the data channel buffer. */
const MAX_WAITING_MESSAGES = 4
/** Every candidate is sent singly; but this timer runs, and is not stopped, so that Node would wait for it to exit. */
const UNUSED_TIMEOUT_MS = 1
/** What may arrive while the code is still being loaded: an offer, and a candidate per interface and protocol. */
const MAX_EARLY_SIGNALS = 64

export interface RtcOptions {
  /** STUN and TURN servers; a function is asked anew for every connection. */
  readonly iceServers?: IceServers
  /** WebRTC, where the place has none of its own. */
  readonly wrtc?: Wrtc
}

export type IceServers = readonly RTCIceServer[] | (() => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>)

/** What a module has that brings WebRTC to Node. */
export interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection
  readonly RTCSessionDescription: typeof RTCSessionDescription
  readonly RTCIceCandidate: typeof RTCIceCandidate
}

/** Connections by WebRTC, whose code is loaded with the first of them. */
export const rtcConnections =
  (options: RtcOptions): ConnectionFactory =>
  (initiator, events) =>
    new RtcConnection(initiator, options, events)

class RtcConnection implements Connection {
  readonly #events: ConnectionEvents
  readonly #early: ChannelSignal['description'][] = []
  /** Undefined while the code is being loaded. */
  #peer: SimplePeer | undefined
  #fault: DirectFault | undefined
  #ended = false

  constructor(initiator: boolean, options: RtcOptions, events: ConnectionEvents) {
    this.#events = events
    this.#build(initiator, options).catch(() => this.#end())
  }

  get fault(): DirectFault | undefined {
    return this.#fault
  }

  signal(description: ChannelSignal['description']): void {
    if (this.#peer !== undefined) this.#apply(this.#peer, description)
    else if (this.#early.length < MAX_EARLY_SIGNALS) this.#early.push(description)
  }

  write(message: Uint8Array): boolean {
    return this.#peer?.write(message) ?? false
  }

  async stats(): Promise<ChannelStats | undefined> {
    const peer = this.#peer
    if (peer === undefined) return undefined
    return new Promise((resolve) => {
      peer.getStats((_error, reports = []) => resolve(channelStatsIn(reports)))
    })
  }

  destroy(): void {
    this.#ended = true
    this.#peer?.destroy()
  }

  async #build(initiator: boolean, { iceServers = [], wrtc }: RtcOptions): Promise<void> {
    this.#fault = 'no-ice-servers'
    const config = { iceServers: [...(typeof iceServers === 'function' ? await iceServers() : iceServers)] }
    this.#fault = 'unsupported'
    const { default: Peer } = await import('simple-peer/simplepeer.min.js')
    if (this.#ended) return
    const peer = new Peer({
      initiator,
      config,
      ...(wrtc && { wrtc }),
      objectMode: true,
      iceCompleteTimeout: UNUSED_TIMEOUT_MS,
      writableHighWaterMark: MAX_WAITING_MESSAGES,
    })
    this.#peer = peer
    this.#fault = undefined
    // Its last events come after it was destroyed.
    peer.on('signal', (description) => {
      if (!this.#ended) this.#events.onSignal(description)
    })
    peer.on('connect', () => {
      if (!this.#ended) this.#events.onOpen()
    })
    peer.on('data', (data) => {
      if (!this.#ended) this.#hear(data)
    })
    peer.on('drain', () => {
      if (!this.#ended) this.#events.onDrain()
    })
    peer.on('error', () => this.#end())
    peer.on('close', () => this.#end())
    for (const description of this.#early.splice(0)) this.#apply(peer, description)
  }

  #apply(peer: SimplePeer, description: ChannelSignal['description']): void {
    try {
      peer.signal(description)
    } catch {
      this.#end()
    }
  }

  #hear(data: unknown): void {
    if (!(data instanceof Uint8Array)) return
    // Without the prototype of simple-peer's own Buffer.
    this.#events.onMessage(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }

  #end(): void {
    if (this.#ended) return
    this.destroy()
    this.#events.onEnd()
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
