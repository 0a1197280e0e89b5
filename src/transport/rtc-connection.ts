import type SimplePeer from 'simple-peer/simplepeer.min.js'
import type { ChannelSignal } from './channel-signal.js'
import type { Connection, ConnectionEvents, ConnectionFactory } from './connection.js'
import type { ChannelStats } from './contract.js'

/** Messages that may wait in simple-peer, beside the 64 KiB that it lets the data channel buffer. */
const MAX_WAITING_MESSAGES = 4
/** What may arrive while the code is still being loaded: an offer, and a candidate per interface and protocol. */
const MAX_EARLY_SIGNALS = 64

/** Connections by WebRTC, whose code is loaded with the first of them. */
export const rtcConnections =
  (iceServers: readonly RTCIceServer[]): ConnectionFactory =>
  (initiator, events) =>
    new RtcConnection(initiator, iceServers, events)

class RtcConnection implements Connection {
  readonly #events: ConnectionEvents
  readonly #early: ChannelSignal['description'][] = []
  /** Undefined while the code is being loaded. */
  #peer: SimplePeer | undefined
  #ended = false

  constructor(initiator: boolean, iceServers: readonly RTCIceServer[], events: ConnectionEvents) {
    this.#events = events
    this.#build(initiator, iceServers).catch(() => this.#end())
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

  async #build(initiator: boolean, iceServers: readonly RTCIceServer[]): Promise<void> {
    const { default: Peer } = await import('simple-peer/simplepeer.min.js')
    if (this.#ended) return
    const peer = new Peer({
      initiator,
      config: { iceServers: [...iceServers] },
      objectMode: true,
      writableHighWaterMark: MAX_WAITING_MESSAGES,
    })
    this.#peer = peer
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
