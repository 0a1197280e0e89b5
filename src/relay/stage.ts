import { type Address, type CloseReason, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '../wire/index.js'
import type { RelaySocket } from './guest.js'
import { DEFAULT_LIMITS, type RelayLimits } from './limits.js'
import { Rooms, type RoomsPorts } from './rooms.js'

export const peer = (digit: string, incarnation = 1): Address => ({ replica: digit.repeat(32), incarnation })
export const A: Address = peer('a')
export const B: Address = peer('b')
export const C: Address = peer('c')

/** A socket that remembers, in order, what happened to it. */
export class RecordedSocket implements RelaySocket {
  readonly address: string | undefined
  readonly seen: (RelayFrame | string)[] = []
  closedFor: CloseReason | undefined
  waitingBytes = 0

  constructor(address?: string) {
    this.address = address
  }

  send(message: Uint8Array | string): void {
    if (this.closedFor !== undefined) throw new Error(`sent after it was closed for ${this.closedFor}`)
    this.seen.push(typeof message === 'string' ? message : decodeRelayFrame(message))
  }

  close(reason: CloseReason): void {
    this.closedFor = reason
  }

  bufferedBytes(): number {
    return this.waitingBytes
  }

  /** What came since the last call. */
  take(): (RelayFrame | string)[] {
    return this.seen.splice(0)
  }
}

export const datagram = (from: Address, ...body: number[]): RelayFrame => ({
  kind: 'datagram',
  peer: from,
  body: Uint8Array.from(body),
})

export const joined = (...peers: Address[]): RelayFrame => ({
  kind: 'joined',
  rate: { bytesPerSecond: DEFAULT_LIMITS.bytesPerSecond, framesPerSecond: DEFAULT_LIMITS.framesPerSecond },
  peers,
})

/** Rooms, and the time that passes for them. */
export class Stage {
  readonly rooms: Rooms
  nowMs = 1000
  dateMs = 1_000_000

  constructor(limits: Partial<RelayLimits> = {}, ports: RoomsPorts = {}) {
    this.rooms = new Rooms({ ...DEFAULT_LIMITS, ...limits }, () => this.nowMs, { dateMs: () => this.dateMs, ...ports })
  }

  connect(address?: string): RecordedSocket {
    const socket = new RecordedSocket(address)
    this.rooms.opened(socket)
    return socket
  }

  join(self: Address, { room = 'room', token = '', address }: JoinWords = {}): RecordedSocket {
    const socket = this.connect(address)
    this.say(socket, { kind: 'join', self, token, room })
    return socket
  }

  say(socket: RelaySocket, frame: RelayFrame): void {
    this.rooms.received(socket, encodeRelayFrame(frame))
  }

  cast(socket: RelaySocket, peers: readonly Address[], ...body: number[]): void {
    this.say(socket, { kind: 'cast', peers, body: Uint8Array.from(body) })
  }
}

interface JoinWords {
  readonly room?: string
  readonly token?: string
  readonly address?: string
}
