import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DEFAULT_LIMITS } from './limits.js'
import { type AttachedRelay, attachRelay } from './node/attach.js'
import { boundPerAddress } from './node/crowd.js'
import { EXPOSITION_TYPE } from './node/metrics.js'
import type { ServingOptions } from './node/options.js'

export type { CloseReason, RelayRate } from '../wire/index.js'
export type { Admission, Authorize, AuthorizeRequest, JoinRequest, Refusal, Verdict } from './authorize.js'
export type { RelayCounters } from './counters.js'
export type { Elsewhere, ElsewhereEvents } from './elsewhere.js'
export type { RelayLimits } from './limits.js'
export { type AttachedRelay, type AttachOptions, attachRelay, type DrainOptions } from './node/attach.js'
export type { RelayLogFields, RelayLogger } from './node/log.js'
export type { ElsewhereCounters, RunningElsewhere, ServingOptions } from './node/options.js'

export interface Relay extends AttachedRelay {
  /** What links connect to: `ws://host:port`. */
  readonly url: string
}

export interface RelayOptions extends ServingOptions {
  /** Default 0: a free one. */
  readonly port?: number
  /** Default 127.0.0.1: who wants to be reached from elsewhere says so. */
  readonly host?: string
  /** Answers `/metrics`, to whoever asks. Default: false. */
  readonly metrics?: boolean
}

/**
 * A relay with an http server of its own, which answers `/healthz` too: with status 200, or 503 while it drains. Rejects as
 * `listen` does, `EADDRINUSE` for example, or as `attachRelay` throws.
 */
export const startRelay = async (options: RelayOptions = {}): Promise<Relay> => {
  const { port = 0, host = '127.0.0.1', metrics = false, ...serving } = options
  // Node would take it for "everywhere".
  if (host === '') throw new TypeError('host is empty: name an address, 0.0.0.0 for all of them')
  // Who takes longer over a request's head than others over joining is not asking for anything.
  const patienceMs = serving.limits?.joinTimeoutMs ?? DEFAULT_LIMITS.joinTimeoutMs
  const server = createServer({
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    connectionsCheckingInterval: Math.min(patienceMs, LONGEST_LOOK_MS),
  })
  // Those that never become sockets are bounded as well, well above what sockets are told of themselves.
  server.maxConnections = 2 * (serving.limits?.sockets ?? DEFAULT_LIMITS.sockets)
  // Behind a proxy all of them are the proxy's.
  if (serving.trustProxy === undefined) {
    boundPerAddress(server, 2 * (serving.limits?.socketsPerAddress ?? DEFAULT_LIMITS.socketsPerAddress))
  }
  const attached = attachRelay(server, serving)
  server.on('request', pagesOf(attached, metrics))
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
    metrics: () => attached.metrics(),
    get isDraining() {
      return attached.isDraining
    },
    drain: (drainOptions) => attached.drain(drainOptions),
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

/** How late it may be noticed that a request takes too long. */
const LONGEST_LOOK_MS = 1000

const TEXT = 'text/plain; charset=utf-8'

/** What is said to those who come without a WebSocket. */
const pagesOf =
  (relay: AttachedRelay, metrics: boolean): RequestListener =>
  ({ url }, response) => {
    const answer = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
    }
    const path = url?.split('?')[0]
    if (path === '/healthz') {
      if (relay.isDraining) answer(503, TEXT, 'draining\n')
      else answer(200, TEXT, 'ok\n')
    } else if (path === '/metrics' && metrics) answer(200, EXPOSITION_TYPE, relay.metrics())
    else answer(426, TEXT, 'an epaxos relay: connect by WebSocket\n')
  }
