import { CLOSE_CODES, LIVENESS_ANSWER, LIVENESS_QUESTION } from '../../wire/index.js'
import type { JoinRequest, SeatRecord, Verdict } from '../authorize.js'
import type { RelayCounters } from '../counters.js'
import type { RelaySocket } from '../guest.js'
import { DEFAULT_LIMITS, type RelayLimits } from '../limits.js'
import { Rooms } from '../rooms.js'
import { type InnerEnd, innerConnection } from './inner-socket.js'
import { closeSocket, OuterSocket } from './outer-socket.js'
import { answerAsleep, type ObjectSocket, type ObjectState, socketPair, switchingTo } from './platform.js'
import { ROOM_PARAMETER } from './to-room.js'

/** Who wants to come in, and what the platform says of it. */
export interface EdgeJoinRequest extends JoinRequest {
  /** The network address; undefined where the platform does not say. */
  readonly address: string | undefined
  /** Of the page that it comes from; undefined: no browser's. */
  readonly origin: string | undefined
}

export interface EdgeRelayOptions {
  /** Whether somebody may come in. Default: everybody may. Where it fails, the link tries again later. */
  readonly authorize?: (request: EdgeJoinRequest) => Verdict | Promise<Verdict>
  /** The pages that may connect, `https://example.org`; programs that are no browsers have none, and may. Default: all. */
  readonly origins?: readonly string[]
  readonly limits?: Partial<RelayLimits>
}

/** An object holds one room, and whoever has not joined it yet. */
const EDGE_LIMITS: RelayLimits = { ...DEFAULT_LIMITS, rooms: 1, sockets: 2 * DEFAULT_LIMITS.peersPerRoom }

/** Links ask every few seconds, in hidden tabs every few minutes at worst: who says nothing for longer is gone. */
const SILENT_MS = 300_000

/** A host of the longest name, with its scheme and its port; each is kept with its socket, where there is little room. */
const MAX_ORIGIN_LENGTH = 300

/** Of a socket's `readyState`. */
const OPEN = 1

/** The relay of one room in a Durable Object: the shell around its `Rooms`. */
export class EdgeRelay {
  readonly #state: ObjectState
  readonly #options: EdgeRelayOptions
  readonly #limits: RelayLimits
  readonly #rooms: Rooms
  readonly #sockets = new Map<ObjectSocket, OuterSocket>()
  readonly #stirred: () => void
  #nowMs = 0
  #lookedAtMs = Date.now()
  /** Of who joined last. */
  #turn = 0
  /** Undefined while everybody has joined. */
  #timer: ReturnType<typeof setTimeout> | undefined
  #alarmAtMs: number | undefined

  /** @param stirred is called before anything from outside is looked at */
  constructor(state: ObjectState, options: EdgeRelayOptions, stirred: () => void = () => {}) {
    this.#state = state
    this.#options = options
    this.#limits = { ...EDGE_LIMITS, ...options.limits }
    this.#stirred = stirred
    this.#rooms = new Rooms(this.#limits, () => this.#now(), {
      admit: (request, socket) => this.#admit(request, socket),
      seated: (socket, seat) => this.#seated(socket, seat),
    })
    answerAsleep(state, LIVENESS_QUESTION, LIVENESS_ANSWER)
    this.#restore(state.getWebSockets())
  }

  /** Sockets from outside, joined or not. */
  get sockets(): number {
    return this.#sockets.size
  }

  counters(): RelayCounters {
    return this.#rooms.counters()
  }

  /** Answers an upgrade. The rest is what the platform calls an object for. */
  fetch(request: Request): Response {
    const room = new URL(request.url).searchParams.get(ROOM_PARAMETER)
    if (room === null || request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return new Response('an epaxos relay: connect by WebSocket\n', { status: 426 })
    }
    this.#stirred()
    this.#sweep()
    const { client, server } = socketPair()
    const address = request.headers.get('cf-connecting-ip') ?? undefined
    const origin = request.headers.get('origin') ?? undefined
    if (this.#serves(origin)) {
      this.#state.acceptWebSocket(server)
      const attachment = { room, address, origin, seat: undefined, turn: 0 }
      this.#opened(server, new OuterSocket(server, attachment, this.#limits.bytesPerSecond))
    } else {
      // Pages can't read the answer to an upgrade that was refused: they see why a socket was closed.
      server.accept()
      closeSocket(server, CLOSE_CODES['origin-refused'], 'origin-refused')
    }
    return switchingTo(client)
  }

  webSocketMessage(socket: ObjectSocket, message: ArrayBuffer | string): void {
    const outer = this.#sockets.get(socket)
    if (outer === undefined) return
    this.#stirred()
    outer.heardAtMs = Date.now()
    this.#rooms.received(outer, typeof message === 'string' ? message : new Uint8Array(message))
  }

  /** Also for one that has failed. */
  webSocketClose(socket: ObjectSocket): void {
    // The platform waits for the object's end of the handshake, unless it is told otherwise.
    closeSocket(socket, CLOSE_CODES['relay-closed'], '')
    const outer = this.#sockets.get(socket)
    if (outer === undefined) return
    this.#stirred()
    this.#sockets.delete(socket)
    this.#rooms.disconnected(outer)
    this.#watch()
  }

  /** A token has run out. */
  async alarm(): Promise<void> {
    this.#alarmAtMs = undefined
    this.#rooms.tick()
    await this.#arm()
  }

  /** A connection of a link in the same object, which is let in without being asked for a token. */
  dial(): InnerEnd {
    return innerConnection(this.#rooms)
  }

  /** Those that were here before the object was out of memory. */
  #restore(sockets: readonly ObjectSocket[]): void {
    for (const socket of sockets) {
      const outer = OuterSocket.restored(socket, this.#limits.bytesPerSecond)
      if (outer === undefined) closeSocket(socket, CLOSE_CODES['relay-closed'], 'relay-closed')
      else this.#sockets.set(socket, outer)
    }
    for (const outer of [...this.#sockets.values()].sort((a, b) => a.attachment.turn - b.attachment.turn)) {
      const { seat, turn } = outer.attachment
      this.#turn = Math.max(this.#turn, turn)
      if (seat === undefined) this.#rooms.opened(outer)
      else this.#rooms.restore(outer, seat)
    }
    // Who is closing had a seat until now, and nobody was told: the object was out of memory.
    for (const [socket, outer] of [...this.#sockets]) {
      if (socket.readyState === OPEN) continue
      this.#sockets.delete(socket)
      this.#rooms.disconnected(outer)
    }
    this.#watch()
  }

  #opened(socket: ObjectSocket, outer: OuterSocket): void {
    this.#sockets.set(socket, outer)
    outer.attach(undefined, 0)
    this.#rooms.opened(outer)
    this.#watch()
  }

  #serves(origin: string | undefined): boolean {
    const { origins } = this.#options
    if (origin === undefined) return true
    return origin.length <= MAX_ORIGIN_LENGTH && (origins === undefined || origins.includes(origin))
  }

  #admit(request: JoinRequest, socket: RelaySocket): Verdict | Promise<Verdict> {
    if (!(socket instanceof OuterSocket)) return { admitted: true }
    const { room, address, origin } = socket.attachment
    // Its object was chosen by its URL: there is no other room here.
    if (request.room !== room) return { admitted: false, reason: 'unauthorized', detail: 'not the room of its URL' }
    return this.#options.authorize?.({ ...request, address, origin }) ?? { admitted: true }
  }

  #seated(socket: RelaySocket, seat: SeatRecord): void {
    if (!(socket instanceof OuterSocket)) return
    this.#turn++
    socket.attach(seat, this.#turn)
    this.#watch()
    void this.#arm()
  }

  /** While somebody has not joined yet, which is a matter of seconds, a timer runs: it keeps the object in memory. */
  #watch(): void {
    const isWaiting = [...this.#sockets.values()].some(({ attachment }) => attachment.seat === undefined)
    if (!isWaiting) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      return
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#rooms.tick()
      this.#watch()
    }, this.#limits.joinTimeoutMs)
  }

  /** The platform notices not all that have vanished: it is looked for them when somebody comes. */
  #sweep(): void {
    this.#rooms.tick()
    const now = Date.now()
    for (const [socket, outer] of this.#sockets) {
      const answeredAtMs = this.#state.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
      if (now - Math.max(answeredAtMs, outer.heardAtMs) >= SILENT_MS) this.#rooms.close(outer, 'unresponsive')
    }
  }

  /** Has the object woken when the next token runs out. */
  async #arm(): Promise<void> {
    const ends = [...this.#sockets.values()].map(({ attachment }) => attachment.seat?.expiresAtMs ?? Infinity)
    const next = Math.min(...ends)
    if (next === Infinity || next === this.#alarmAtMs) return
    this.#alarmAtMs = next
    await this.#state.storage.setAlarm(next)
  }

  /** Clocks are set back at times; the rooms' never is, and goes on from there. */
  #now(): number {
    const date = Date.now()
    this.#nowMs += Math.max(0, date - this.#lookedAtMs)
    this.#lookedAtMs = date
    return this.#nowMs
  }
}
