import type { ReplicaId } from '../core/index.js'
import type { Address } from '../wire/index.js'
import { Backoff } from './backoff.js'
import type { Clock } from './clock.js'
import type { ChannelStats, Link, LinkStatus, PeerReport, Unsubscribe } from './contract.js'
import type { Late } from './late.js'
import { Listeners } from './listeners.js'

/** A page that has lost its network finds it again within this. */
const BACKOFF = { firstMs: 500, longestMs: 10_000 }

/** Somebody who listens since before there was a link. */
interface Early {
  readonly listen: (link: Link) => Unsubscribe
  end: Unsubscribe | undefined
}

export interface LateLinkOptions {
  readonly clock: Clock
  /** Uniform in [0, 1): the jitter of trying again. */
  readonly random: () => number
}

/**
 * Stands for a link whose program is being loaded: nobody is there, and nothing is sent, until the link itself is. It is
 * tried again for as long as that program can't be had.
 */
export class LateLink<Program, L extends Link = Link> implements Link {
  readonly #program: Late<Program>
  readonly #open: (program: Program) => L
  readonly #clock: Clock
  readonly #backoff: Backoff
  readonly #early = new Set<Early>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  #link: L | undefined
  #wanted: readonly ReplicaId[] | undefined
  #state: 'connecting' | 'reconnecting' | 'closed' = 'connecting'
  #cancelRetry = (): void => {}

  /** @param open must not throw: what can't be is to be refused before */
  constructor(program: Late<Program>, open: (program: Program) => L, { clock, random }: LateLinkOptions) {
    this.#program = program
    this.#open = open
    this.#clock = clock
    this.#backoff = new Backoff(BACKOFF, random)
    this.#load()
  }

  /** Undefined until it is there. */
  get link(): L | undefined {
    return this.#link
  }

  send(to: Address, bytes: Uint8Array): boolean {
    return this.#link?.send(to, bytes) ?? false
  }

  sendAll(to: readonly Address[], bytes: Uint8Array): void {
    this.#link?.sendAll(to, bytes)
  }

  onMessage(listener: (from: Address, bytes: Uint8Array) => void): Unsubscribe {
    return this.#listen((link) => link.onMessage(listener))
  }

  onPeer(listener: (peer: Address, here: boolean) => void): Unsubscribe {
    return this.#listen((link) => link.onPeer(listener))
  }

  onStatus(listener: (status: LinkStatus) => void): Unsubscribe {
    const end = this.#statusListeners.add(listener)
    const endLater = this.#listen((link) => link.onStatus(listener))
    return () => {
      end()
      endLater()
    }
  }

  status(): LinkStatus {
    return this.#link?.status() ?? this.#status()
  }

  bufferedBytes(to: Address): number {
    return this.#link?.bufferedBytes(to) ?? 0
  }

  direct(replicas: readonly ReplicaId[]): void {
    if (this.#link === undefined) this.#wanted = [...replicas]
    else this.#link.direct?.(replicas)
  }

  async channelStats(peer: Address): Promise<ChannelStats | undefined> {
    return this.#link?.channelStats?.(peer)
  }

  report(): readonly PeerReport[] {
    return this.#link?.report?.() ?? []
  }

  tick(): void {
    this.#link?.tick?.()
  }

  close(): void {
    if (this.#link !== undefined) return this.#link.close()
    this.#state = 'closed'
    this.#cancelRetry()
    this.#early.clear()
    this.#statusListeners.clear()
  }

  #listen(listen: (link: Link) => Unsubscribe): Unsubscribe {
    if (this.#link !== undefined) return listen(this.#link)
    const early: Early = { listen, end: undefined }
    this.#early.add(early)
    return () => {
      this.#early.delete(early)
      early.end?.()
    }
  }

  #load(): void {
    this.#program.load().then(
      (program) => {
        if (this.#state !== 'closed') this.#attach(this.#open(program))
      },
      () => {
        if (this.#state === 'closed') return
        this.#become('reconnecting')
        this.#cancelRetry = this.#clock.after(this.#backoff.nextMs(), () => this.#load())
      },
    )
  }

  #attach(link: L): void {
    const before = this.#state
    this.#link = link
    // From here on it tells them itself.
    for (const early of this.#early) early.end = early.listen(link)
    this.#early.clear()
    if (this.#wanted !== undefined) link.direct?.(this.#wanted)
    if (link.status().state !== before) this.#statusListeners.tell(link.status())
    this.#statusListeners.clear()
  }

  #become(state: 'reconnecting'): void {
    const isNews = state !== this.#state
    this.#state = state
    if (isNews) this.#statusListeners.tell(this.#status())
  }

  #status(): LinkStatus {
    return {
      state: this.#state,
      reason: this.#state === 'reconnecting' ? 'not-loaded' : undefined,
      peers: [],
      counters: { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 },
    }
  }
}
