import { Channels } from './channels.js'
import { Cluster, TICK_MS } from './cluster.js'
import type { ElsewhereEvents } from './elsewhere.js'
import type { RunningElsewhere } from './node/options.js'
import { RedisBus, type RedisClass } from './redis-bus.js'

export type { Elsewhere, ElsewhereEvents } from './elsewhere.js'
export type { ElsewhereCounters, RunningElsewhere } from './node/options.js'

export interface RedisElsewhereOptions {
  /** `redis://` or `rediss://` (TLS) with user, password and database number where Redis asks for them. */
  readonly url: string
  /** Of the service: relays of different namespaces share a Redis without meeting. 1 to 64 of `A–Z a–z 0–9 . _ -`. Default: `default`. */
  readonly namespace?: string
  /** Redis can be reached, or can't any more, and why. It is tried again by itself. */
  readonly onState?: (up: boolean, problem: Error | undefined) => void
}

const NAMESPACE = /^[A-Za-z0-9._-]{1,64}$/

/**
 * What makes several relays one service: `startRelay({ elsewhere: await redisElsewhere({ url }) })` in each. Resolves
 * without waiting for Redis: a relay serves its own sockets whether Redis is there or not.
 *
 * Rejects with a `TypeError` where url or namespace can't be, with an `Error` that says what to install where there is no
 * ioredis.
 */
export const redisElsewhere = async ({
  url,
  namespace = 'default',
  onState = () => {},
}: RedisElsewhereOptions): Promise<(events: ElsewhereEvents) => RunningElsewhere> => {
  checkUrl(url)
  if (!NAMESPACE.test(namespace)) {
    throw new TypeError(`namespace ${JSON.stringify(namespace)}: 1 to 64 letters, digits, dots, hyphens or underscores`)
  }
  const redis = await ioredisClass()
  return (events) => {
    const bus = new RedisBus(redis, url, onState)
    const cluster = new Cluster({
      self: randomRelayId(),
      channels: new Channels(`epaxos:${namespace}`),
      bus,
      events,
      nowMs: () => Date.now(),
    })
    bus.tell(cluster)
    const ticker = setInterval(() => {
      cluster.tick()
      bus.tick()
    }, TICK_MS)
    let closing: Promise<void> | undefined
    return {
      joined: (room, self) => cluster.joined(room, self),
      left: (room, self) => cluster.left(room, self),
      peers: (room) => cluster.peers(room),
      forward: (...frame) => cluster.forward(...frame),
      counters: () => ({ up: bus.up, ...cluster.counters() }),
      close: () => {
        closing ??= (async () => {
          clearInterval(ticker)
          cluster.close()
          await bus.close()
        })()
        return closing
      },
    }
  }
}

/** A password must not end up in a log: what is wrong is said without the URL. */
const checkUrl = (url: string): void => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined) throw new TypeError('the url of Redis is no URL: redis://host:port, or rediss:// for TLS')
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw new TypeError(`the url of Redis begins with ${parsed.protocol}//: redis:// or rediss:// needed`)
  }
  if (parsed.hostname === '') throw new TypeError('the url of Redis names no host: redis://host:port')
}

const ioredisClass = async (): Promise<RedisClass> => {
  try {
    return (await import('ioredis')).Redis
  } catch (cause) {
    throw new Error('several relays over Redis need the package ioredis: run `npm install ioredis`', { cause })
  }
}

const randomRelayId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
