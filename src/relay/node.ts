import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { CLOSE_CODES, type CloseReason } from '../wire/index.js'
import { DEFAULT_LIMITS, type RelayLimits } from './limits.js'
import { type RelayCounters, type RelaySocket, Rooms } from './rooms.js'

export type { CloseReason } from '../wire/index.js'
export type { RelayLimits } from './limits.js'
export type { RelayCounters } from './rooms.js'

export interface AttachedRelay {
  counters(): RelayCounters
  /** Closes every socket with `relay-closed` and resolves when they are gone; the http server stays. Idempotent. */
  close(): Promise<void>
}

export interface Relay extends AttachedRelay {
  /** What links connect to: `ws://host:port`. */
  readonly url: string
}

export interface AttachOptions {
  /** The path of the upgrade requests to answer; those of other paths are left to others. Default: all of them. */
  readonly path?: string
  readonly limits?: Partial<RelayLimits>
}

export interface RelayOptions {
  /** Default 0: a free one. */
  readonly port?: number
  /** Default 127.0.0.1: who wants to be reached from elsewhere says so. */
  readonly host?: string
  readonly limits?: Partial<RelayLimits>
}

/** A dead socket is noticed after three of these: sooner would take a slow network for a dead one. */
const PING_INTERVAL_MS = 2500
const MISSED_PINGS = 3
/** What a peer has to answer the close frame before its connection is cut. */
const CLOSE_GRACE_MS = 1000

/** A relay with an http server of its own. Rejects as `listen` does, `EADDRINUSE` for example, or as `attachRelay` throws. */
export const startRelay = async ({ port = 0, host = '127.0.0.1', limits = {} }: RelayOptions = {}): Promise<Relay> => {
  // Node would take it for "everywhere".
  if (host === '') throw new TypeError('host is empty: name an address, 0.0.0.0 for all of them')
  const server = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('an epaxos relay: connect by WebSocket\n')
  })
  const attached = attachRelay(server, { limits })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    await attached.close()
    throw error
  }
  const { address, family, port: listening } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    url: `ws://${family === 'IPv6' ? `[${address}]` : address}:${listening}`,
    counters: () => attached.counters(),
    close: () => {
      closing ??= (async () => {
        const closed = new Promise((resolve) => server.close(resolve))
        await attached.close()
        server.closeAllConnections()
        await closed
      })()
      return closing
    },
  }
}

/** A relay on a server that serves other things too. Throws a `RangeError` where `peersPerRoom` is too large. */
export const attachRelay = (server: Server, { path, limits = {} }: AttachOptions = {}): AttachedRelay => {
  const allowed = { ...DEFAULT_LIMITS, ...limits }
  const rooms = new Rooms(allowed, () => performance.now())
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: allowed.frameBytes,
    perMessageDeflate: false,
  })
  const sockets = new Set<NodeSocket>()

  const upgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    if (path !== undefined && request.url?.split('?')[0] !== path) {
      // Where nobody else listens, nobody else would ever end it.
      if (server.listenerCount('upgrade') === 1) duplex.destroy()
      return
    }
    acceptor.handleUpgrade(request, duplex, head, (ws) => {
      const socket = new NodeSocket(ws)
      sockets.add(socket)
      ws.on('message', (message: Buffer, binary) => {
        socket.heard()
        rooms.received(socket, binary ? message : message.toString())
      })
      ws.on('pong', () => socket.heard())
      // Its 'close' follows, with what there is to say about it.
      ws.on('error', () => {})
      ws.on('close', () => {
        sockets.delete(socket)
        rooms.disconnected(socket)
      })
      rooms.opened(socket)
    })
  }
  server.on('upgrade', upgrade)

  const ticker = setInterval(() => {
    rooms.tick()
    for (const socket of sockets) {
      if (!socket.ping()) rooms.close(socket, 'unresponsive')
    }
  }, PING_INTERVAL_MS)

  return {
    counters: () => rooms.counters(),
    close: async () => {
      server.off('upgrade', upgrade)
      clearInterval(ticker)
      const gone = [...acceptor.clients].map((ws) => new Promise((resolve) => ws.once('close', resolve)))
      rooms.closeAll()
      await Promise.all(gone)
    },
  }
}

/** A `ws` socket as the rooms see it, and whether anyone is at its other end. */
class NodeSocket implements RelaySocket {
  readonly #ws: WebSocket
  #unansweredPings = 0
  #sentBytes = 0
  #drainedBytes = 0

  constructor(ws: WebSocket) {
    this.#ws = ws
  }

  send(message: Uint8Array | string): void {
    this.#sentBytes += message.length
    this.#ws.send(message)
  }

  close(reason: CloseReason): void {
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
