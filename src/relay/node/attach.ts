import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as timeout } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import type { CloseReason } from '../../wire/index.js'
import { type Authorize, checkedVerdict, type JoinRequest, type Verdict } from '../authorize.js'
import type { RelayCounters } from '../counters.js'
import type { RelaySocket } from '../guest.js'
import { DEFAULT_LIMITS } from '../limits.js'
import { Rooms } from '../rooms.js'
import { bounded, type RelayLogger, SILENT } from './log.js'
import { exposition, Histogram } from './metrics.js'
import { NodeSocket, PING_INTERVAL_MS } from './node-socket.js'
import { checkOrigins, type RunningElsewhere, type ServingOptions } from './options.js'
import { relayMetrics } from './relay-metrics.js'

export interface AttachOptions extends ServingOptions {
  /** The path of the upgrade requests to answer; those of other paths are left to others. Default: all of them. */
  readonly path?: string
}

export interface DrainOptions {
  /** Over how long the rooms are closed, one after the other. */
  readonly graceMs: number
}

export interface AttachedRelay {
  counters(): RelayCounters
  /** The counters, and how the process is, in the text format of Prometheus. */
  metrics(): string
  /** It takes no new sockets. */
  readonly isDraining: boolean
  /**
   * Before a shutdown: refuses new sockets, with HTTP status 503, and closes those that are here as `draining`, room by
   * room, so that not all of them turn to another relay at once. Resolves when all are gone. Idempotent.
   */
  drain(options: DrainOptions): Promise<void>
  /**
   * Closes every socket with `relay-closed`, and `elsewhere`; resolves when they are gone; the http server stays.
   * Idempotent.
   */
  close(): Promise<void>
}

const LAG_INTERVAL_MS = 500
/** From what nobody notices to what links take for a relay that is gone. */
const LAG_BOUNDS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Not logged: this is how sockets go where all is well, and what was refused is logged with its reason. */
const USUAL: ReadonlySet<CloseReason> = new Set<CloseReason>([
  'relay-closed',
  'draining',
  'replaced',
  'token-expired',
  'unauthorized',
])

const TRY_ANOTHER = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/**
 * A relay on a server that serves other things too. Throws a `RangeError` where `peersPerRoom` is too large, a `TypeError`
 * where one of `origins` is none.
 */
export const attachRelay = (server: Server | SecureServer, options: AttachOptions = {}): AttachedRelay =>
  new NodeRelay(server, options)

class NodeRelay implements AttachedRelay {
  readonly #server: Server | SecureServer
  readonly #options: AttachOptions
  readonly #log: RelayLogger
  readonly #rooms: Rooms
  readonly #elsewhere: RunningElsewhere | undefined
  readonly #acceptor: WebSocketServer
  readonly #sockets = new Set<NodeSocket>()
  readonly #lag = new Histogram(LAG_BOUNDS_SECONDS)
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #closed = new AbortController()
  #lagAtMs = performance.now()
  #upgradesRefused = 0
  #draining: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(server: Server | SecureServer, options: AttachOptions) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    checkOrigins(options.origins)
    this.#server = server
    this.#options = options
    this.#log = bounded(options.logger ?? SILENT, () => performance.now())
    const { elsewhere, authorize } = options
    let others: RunningElsewhere | undefined
    this.#rooms = new Rooms(limits, () => performance.now(), {
      admit: authorize && ((request, socket) => this.#admit(authorize, request, socket)),
      elsewhere:
        elsewhere &&
        ((events) => {
          const opened = elsewhere(events)
          others = opened
          return opened
        }),
    })
    this.#elsewhere = others
    this.#acceptor = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes, perMessageDeflate: false })
    server.on('upgrade', this.#upgrade)
    this.#timers = [
      setInterval(() => this.#tick(), PING_INTERVAL_MS),
      setInterval(() => this.#measureLag(), LAG_INTERVAL_MS),
    ]
  }

  get isDraining(): boolean {
    return this.#draining !== undefined
  }

  counters(): RelayCounters {
    return this.#rooms.counters()
  }

  metrics(): string {
    return exposition(
      relayMetrics({
        counters: this.counters(),
        isDraining: this.isDraining,
        upgradesRefused: this.#upgradesRefused,
        lag: this.#lag,
        elsewhere: this.#elsewhere?.counters(),
      }),
    )
  }

  drain({ graceMs }: DrainOptions): Promise<void> {
    this.#draining ??= this.#empty(graceMs)
    return this.#draining
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #empty(graceMs: number): Promise<void> {
    const { sockets, rooms } = this.counters()
    this.#log.info('relay draining', { sockets, rooms, graceMs })
    const gone = this.#gone()
    const endMs = performance.now() + graceMs
    while (this.#rooms.closeRoom('draining') && this.counters().sockets > 0) {
      if (performance.now() < endMs) await this.#passed(graceMs / Math.max(1, rooms))
    }
    await gone
  }

  async #end(): Promise<void> {
    this.#server.off('upgrade', this.#upgrade)
    for (const timer of this.#timers) clearInterval(timer)
    this.#closed.abort()
    const gone = this.#gone()
    this.#rooms.closeAll()
    await gone
    await this.#elsewhere?.close()
  }

  /** At once when the relay is closed. */
  async #passed(ms: number): Promise<void> {
    await timeout(ms, undefined, { signal: this.#closed.signal }).catch(() => {})
  }

  /** Resolves when all that are connected now are gone. */
  async #gone(): Promise<void> {
    await Promise.all([...this.#acceptor.clients].map((ws) => new Promise((resolve) => ws.once('close', resolve))))
  }

  readonly #upgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    const { path } = this.#options
    if (path !== undefined && request.url?.split('?')[0] !== path) {
      // Where nobody else listens, nobody else would ever end it.
      if (this.#server.listenerCount('upgrade') === 1) duplex.destroy()
      return
    }
    if (this.isDraining) {
      this.#upgradesRefused++
      // It may be gone already, which is as good.
      duplex.on('error', () => {})
      // One that never ends its own half would keep the server from closing.
      duplex.end(TRY_ANOTHER, () => duplex.destroy())
      return
    }
    this.#acceptor.handleUpgrade(request, duplex, head, (ws) => this.#opened(ws, request))
  }

  #opened(ws: WebSocket, request: IncomingMessage): void {
    const address = addressOf(request, this.#options.trustProxy)
    const { origin } = request.headers
    const socket = new NodeSocket(ws, address, origin, (reason) => {
      if (!USUAL.has(reason)) this.#log.info('socket closed', { reason, address })
    })
    this.#sockets.add(socket)
    ws.on('message', (message: Buffer, binary) => {
      socket.heard()
      this.#rooms.received(socket, binary ? message : message.toString())
    })
    ws.on('ping', (payload: Buffer) => this.#rooms.pinged(socket, payload.length))
    ws.on('pong', (payload: Buffer) => {
      socket.heard()
      this.#rooms.pinged(socket, payload.length)
    })
    // Its 'close' follows, with what there is to say about it.
    ws.on('error', () => {})
    ws.on('close', () => {
      this.#sockets.delete(socket)
      this.#rooms.disconnected(socket)
    })
    this.#rooms.opened(socket)
    const { origins } = this.#options
    // By a close code: of a refused upgrade a page can't see why.
    if (origins !== undefined && origin !== undefined && !origins.includes(origin)) {
      this.#rooms.close(socket, 'origin-refused')
    }
  }

  async #admit(authorize: Authorize, request: JoinRequest, socket: RelaySocket): Promise<Verdict> {
    const { room } = request
    const address = socket.address ?? ''
    const origin = socket instanceof NodeSocket ? socket.origin : undefined
    try {
      const verdict = checkedVerdict(await authorize({ ...request, address, origin }))
      if (!verdict.admitted) {
        this.#log.info('join refused', { room, address, reason: verdict.reason, detail: verdict.detail })
      }
      return verdict
    } catch (error) {
      this.#log.error('authorize failed: nobody is let in', { room, address, error: String(error) })
      throw error
    }
  }

  #tick(): void {
    this.#rooms.tick()
    for (const socket of this.#sockets) {
      if (!socket.ping()) this.#rooms.close(socket, 'unresponsive')
    }
  }

  #measureLag(): void {
    const now = performance.now()
    this.#lag.observe(Math.max(0, now - this.#lagAtMs - LAG_INTERVAL_MS) / 1000)
    this.#lagAtMs = now
  }
}

const addressOf = ({ headers, socket }: IncomingMessage, header: string | undefined): string => {
  const told = header === undefined ? undefined : headers[header.toLowerCase()]
  const last = String(told ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  // What is no address was not written by a proxy.
  return last !== undefined && isIP(last) !== 0 ? last : (socket.remoteAddress ?? '')
}
