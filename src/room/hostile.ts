import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { type Relay, startRelay } from '../relay/node.js'
import {
  type Address,
  bytesToHex,
  decodeRelayFrame,
  encodeRelayFrame,
  type RelayFrame,
  type ReplicaId,
} from '../wire/index.js'

/** Test equipment: a relay that does its work, and keeps all that it is given. */

/** A datagram, or a cast for each of those that it is for. */
export interface Recorded {
  readonly room: string
  readonly from: Address
  readonly to: Address
  readonly body: Uint8Array
}

interface Seat {
  readonly self: Address
  readonly room: string
  readonly socket: WebSocket
}

export class RecordingRelay {
  /** All that came, as it came. */
  readonly bytes: Uint8Array[] = []
  readonly recorded: Recorded[] = []
  /** Whether what comes close together goes on the other way round. */
  reverses = false
  readonly #relay: Relay
  readonly #server: WebSocketServer
  readonly #seats = new Set<Seat>()
  readonly #waiting = new Map<Seat, Uint8Array[]>()

  private constructor(relay: Relay, server: WebSocketServer) {
    this.#relay = relay
    this.#server = server
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async start(): Promise<RecordingRelay> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => server.once('listening', resolve))
    return new RecordingRelay(await startRelay(), server)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#relay.close()
  }

  /** All that was carried between two. */
  between(from: ReplicaId, to: ReplicaId): readonly Recorded[] {
    return this.recorded.filter((one) => one.from.replica === from && one.to.replica === to)
  }

  /** Brings bytes to a member, in the name of anybody. */
  bring(to: ReplicaId, from: Address, body: Uint8Array): void {
    for (const { self, socket } of this.#seats) {
      if (self.replica === to) socket.send(encodeRelayFrame({ kind: 'datagram', peer: from, body }))
    }
  }

  /** In hex: all of it, to look something up in. */
  get seen(): string {
    return this.bytes.map(hexOf).join(' ')
  }

  #serve(socket: WebSocket): void {
    const early: [Uint8Array, boolean][] = []
    let say = (data: Uint8Array, isBinary: boolean): void => void early.push([data, isBinary])
    let seat: Seat | undefined
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const bytes = Uint8Array.from(data)
      this.bytes.push(bytes)
      if (isBinary) seat = this.#record(bytes, socket, seat)
      say(bytes, isBinary)
    })
    const there = new WebSocket(this.#relay.url)
    there.binaryType = 'arraybuffer'
    there.onopen = () => {
      say = (data, isBinary) => there.send(isBinary ? data : textOf(data))
      for (const [data, isBinary] of early) say(data, isBinary)
    }
    there.onmessage = ({ data }) => this.#pass(seat, socket, data)
    there.onerror = () => {}
    there.onclose = () => socket.close()
    socket.on('close', () => {
      if (seat !== undefined) this.#seats.delete(seat)
      there.close()
    })
  }

  #record(bytes: Uint8Array, socket: WebSocket, seat: Seat | undefined): Seat | undefined {
    const frame: RelayFrame = decodeRelayFrame(bytes)
    if (frame.kind === 'join') {
      const joined = { self: frame.self, room: frame.room, socket }
      this.#seats.add(joined)
      return joined
    }
    if (seat === undefined || (frame.kind !== 'datagram' && frame.kind !== 'cast')) return seat
    const { self: from, room } = seat
    const to = frame.kind === 'cast' ? frame.peers : [frame.peer]
    for (const one of to) this.recorded.push({ room, from, to: one, body: frame.body.slice() })
    return seat
  }

  #pass(seat: Seat | undefined, socket: WebSocket, data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return socket.send(String(data))
    const bytes = new Uint8Array(data)
    if (!this.reverses || seat === undefined || decodeRelayFrame(bytes).kind !== 'datagram') return socket.send(bytes)
    const waiting = this.#waiting.get(seat)
    if (waiting !== undefined) return void waiting.push(bytes)
    this.#waiting.set(seat, [bytes])
    setTimeout(() => {
      const all = this.#waiting.get(seat) ?? []
      this.#waiting.delete(seat)
      for (const one of all.reverse()) socket.send(one)
    }, REVERSED_MS)
  }
}

/** Long enough for several packets to come together. */
const REVERSED_MS = 20

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const hexOf = (bytes: Uint8Array): string => {
  let hex = ''
  for (let at = 0; at < bytes.length; at += 16) {
    const part = new Uint8Array(16)
    part.set(bytes.subarray(at, at + 16))
    hex += bytesToHex(part)
  }
  return hex.slice(0, 2 * bytes.length)
}
