import type { Redis, RedisOptions } from 'ioredis'
import type { Bus, BusEvents } from './bus.js'

/** What may wait for a Redis that takes less than is sent: one burst of the largest packet, and no more delay than that. */
const MAX_UNSENT_BYTES = 32 * 2 ** 20
/** What a message that waits takes besides itself, roughly: most are small. */
const WAITING_BYTES = 1024
/** A relay whose Redis is back is with the others again within this, and a second. */
const LONGEST_RETRY_MS = 2000
const FIRST_RETRY_MS = 100
const CONNECT_TIMEOUT_MS = 5000
/** Each connection asks something every second: one that answers nothing for so long is dead, whatever the network says. */
const SILENT_MS = 5000
/** Channels in one command. */
const CHANNELS_AT_ONCE = 500

/** The class that ioredis exports. */
export type RedisClass = new (url: string, options: RedisOptions) => Redis

/** Redis publish/subscribe as the bus of a service, over two connections, since one that subscribes can do nothing else. */
export class RedisBus implements Bus {
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #onState: (up: boolean, problem: Error | undefined) => void
  readonly #channels = new Set<string>()
  #events: BusEvents | undefined
  #unsentBytes = 0
  /** To all channels, on the subscriber's present connection. */
  #subscribed = false
  /** As told. */
  #up: boolean | undefined

  /** Connects by itself, again and again. @param onState where it has changed, and what is wrong where it is not up */
  constructor(redis: RedisClass, url: string, onState: (up: boolean, problem: Error | undefined) => void) {
    this.#onState = onState
    const options: RedisOptions = {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENT_MS,
      retryStrategy,
      // What could not be sent at once is lost: the cluster asks anew, and late frames are worth nothing.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // Done here, to know when it is done.
      autoResubscribe: false,
    }
    this.#publisher = new redis(url, options)
    this.#subscriber = new redis(url, options)
    for (const connection of [this.#publisher, this.#subscriber]) {
      connection.on('error', (problem: Error) => this.#tellState(problem))
      connection.on('close', () => {
        if (connection === this.#subscriber) this.#subscribed = false
        this.#tellState(undefined)
      })
    }
    this.#publisher.on('ready', () => this.#tellState(undefined))
    this.#subscriber.on('ready', () => void this.#subscribeAll())
    this.#subscriber.on('messageBuffer', (_channel: Buffer, message: Buffer) => this.#events?.received(message))
  }

  /** Whether what is published goes out, and what others publish comes in. */
  get up(): boolean {
    return this.#subscribed && this.#publisher.status === 'ready'
  }

  /** To be called at once. */
  tell(events: BusEvents): void {
    this.#events = events
  }

  publish(channel: string, message: Uint8Array): boolean {
    const bytes = WAITING_BYTES + message.length
    if (this.#publisher.status !== 'ready' || this.#unsentBytes + bytes > MAX_UNSENT_BYTES) return false
    this.#unsentBytes += bytes
    const settled = (): void => {
      this.#unsentBytes -= bytes
    }
    const { buffer, byteOffset, byteLength } = message
    this.#publisher.publish(channel, Buffer.from(buffer, byteOffset, byteLength)).then(settled, settled)
    return true
  }

  subscribe(channel: string): void {
    this.#channels.add(channel)
    if (this.#subscriber.status !== 'ready') return
    this.#subscriber.subscribe(channel).then(
      // While it is not subscribed to all, this one is told of with them.
      () => this.#subscribed && this.#channels.has(channel) && this.#events?.subscribed(channel),
      ignored,
    )
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel)
    if (this.#subscriber.status === 'ready') this.#subscriber.unsubscribe(channel).catch(ignored)
  }

  /** To be called every second: that a connection is dead shows in that it does not answer. */
  tick(): void {
    for (const connection of [this.#publisher, this.#subscriber]) {
      if (connection.status === 'ready') connection.ping().catch(ignored)
    }
  }

  /** Resolves once both connections are gone; what was published leaves before. */
  async close(): Promise<void> {
    this.#events = undefined
    await Promise.all([gone(this.#publisher), gone(this.#subscriber)])
  }

  async #subscribeAll(): Promise<void> {
    const channels = [...this.#channels]
    try {
      for (let at = 0; at < channels.length; at += CHANNELS_AT_ONCE) {
        await this.#subscriber.subscribe(...channels.slice(at, at + CHANNELS_AT_ONCE))
      }
      const left = channels.filter((channel) => !this.#channels.has(channel))
      if (left.length > 0) await this.#subscriber.unsubscribe(...left)
    } catch (problem) {
      // Where the connection is lost again, it begins again; where Redis refuses, it is to be tried again.
      if (this.#subscriber.status === 'ready') this.#subscriber.disconnect(true)
      return this.#tellState(problem instanceof Error ? problem : undefined)
    }
    this.#subscribed = true
    this.#tellState(undefined)
  }

  #tellState(problem: Error | undefined): void {
    const { up } = this
    if (this.#up === up || this.#events === undefined) return
    // That it closes is no more than that; why it can't be opened follows.
    if (!up && this.#up === undefined && problem === undefined) return
    this.#up = up
    this.#onState(up, problem)
    if (up) this.#events.connected()
  }
}

const gone = async (connection: Redis): Promise<void> => {
  if (connection.status === 'ready') await connection.quit().catch(ignored)
  const { status } = connection
  const ended = new Promise((resolve) => connection.once('end', resolve))
  connection.disconnect()
  // Of a connection that waits for its next attempt nothing is left to end.
  if (status !== 'end' && status !== 'reconnecting') await ended
}

const ignored = (): void => {}

const retryStrategy = (attempts: number): number => {
  const fullMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10))
  // With jitter, so that relays that were cut off together don't return together.
  return fullMs * (0.5 + Math.random() / 2)
}
