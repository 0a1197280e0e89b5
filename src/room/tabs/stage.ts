import { AsyncLocalStorage } from 'node:async_hooks'
import { vi } from 'vitest'
import { replicatedMap } from '../../state/index.js'
import { Disk, Disks } from '../../storage/stage.js'
import type { TransportFactory } from '../../transport/index.js'
import type { RoomOptions } from '../contract.js'
import { createRoomIn } from '../create.js'
import { type Environment, platform } from '../environment.js'
import { openRoomIn } from '../open.js'
import { altered, Locks, type MapRoom, type MapState } from '../stage.js'

/** Test equipment: the tabs of one origin, each of which can be killed by itself. */

type Options = Partial<Omit<RoomOptions<MapState>, 'storage' | 'transport'>>

/** In which tab the code runs that asks for a lock, or for a channel. */
const here = new AsyncLocalStorage<Tab>()

/** An origin of a browser: its storage, its locks, and a network. */
export class Origin {
  readonly disks: Disks
  readonly locks: Locks = new Locks()
  readonly transport: TransportFactory
  readonly #tabs: Tab[] = []

  constructor(transport: TransportFactory) {
    this.transport = transport
    this.disks = new Disks()
    vi.stubGlobal('navigator', {
      locks: { request: (...args: Parameters<Locks['request']>) => here.getStore()?.request(...args) },
    })
    vi.stubGlobal(
      'BroadcastChannel',
      new Proxy(BroadcastChannel, { construct: (real, [name]) => opened(new real(name)) }),
    )
  }

  /** Opens a tab that founds a room. */
  async found(options: Options = {}): Promise<Tab> {
    const tab = new Tab(this)
    await tab.run(async () => tab.show(await createRoomIn(tab, tab.options(options))))
    this.#tabs.push(tab)
    return tab
  }

  /** Opens a tab on the room of another one. */
  async open({ room }: { readonly room: MapRoom }, options: Options = {}): Promise<Tab> {
    const tab = new Tab(this)
    await tab.run(async () => tab.show(await openRoomIn(tab, room.invite(), tab.options(options))))
    this.#tabs.push(tab)
    return tab
  }

  /** Of the member that this tab holds. */
  diskOf({ room }: Tab): Disk {
    const disk = this.disks.disk(room.status.get().group, room.id)
    if (disk === undefined) throw new Error('nothing is stored for this tab')
    return disk
  }

  async close(): Promise<void> {
    for (const tab of this.#tabs.splice(0).reverse()) await tab.close()
    vi.unstubAllGlobals()
  }
}

/** By a tab, or by the test itself. */
const opened = (channel: BroadcastChannel): BroadcastChannel => here.getStore()?.channel(channel) ?? channel

/** A tab, and what it takes from the platform. */
export class Tab implements Environment {
  readonly #origin: Origin
  readonly #platform: Environment = platform()
  readonly now: Environment['now'] = this.#platform.now
  readonly today: Environment['today'] = this.#platform.today
  readonly random: Environment['random'] = this.#platform.random
  readonly id: Environment['id'] = this.#platform.id
  readonly #channels = new Set<BroadcastChannel>()
  readonly #ends: (() => void)[] = []
  readonly #killed = new AbortController()
  readonly #death: Promise<void>
  #room: MapRoom | undefined
  #missed: (() => void)[] | undefined

  constructor(origin: Origin) {
    this.#origin = origin
    this.#death = new Promise((resolve) => this.#killed.signal.addEventListener('abort', () => resolve()))
  }

  get room(): MapRoom {
    if (this.#room === undefined) throw new Error('the room is not open yet')
    return this.#room
  }

  show(room: MapRoom): void {
    this.#room = room
  }

  run<T>(code: () => T): T {
    return here.run(this, code)
  }

  options(options: Options): RoomOptions<MapState> {
    const transport = altered(this.#origin.transport, (link) => {
      this.#ends.push(() => link.close())
      return link
    })
    return { state: replicatedMap(), storage: this.#origin.disks, transport, ...options }
  }

  async close(): Promise<void> {
    if (!this.#killed.signal.aborted) await this.#room?.close()
  }

  /**
   * Ends it as a crash does: without a goodbye. What it had not durably written is lost; its locks are free.
   */
  crash(): void {
    const { group, tab } = this.room.status.get()
    // What is on its way to the disk goes to one that nobody opens any more.
    if (tab === 'host') this.#origin.disks.put(group, this.room.id, new Disk(this.#origin.diskOf(this).held))
    for (const channel of this.#channels) {
      channel.postMessage = () => {}
      channel.onmessage = null
      channel.close()
    }
    for (const end of this.#ends) end()
    this.#killed.abort()
  }

  /** Stands still, and holds what it holds. */
  freeze(): void {
    for (const channel of this.#channels) {
      channel.postMessage = () => {}
      channel.onmessage = null
    }
  }

  /** Hears nothing until it goes on. Speaks only when something is done in it. */
  pause(): void {
    this.#missed = []
  }

  /** Hears what it has missed, in order. */
  resume(): void {
    const missed = this.#missed ?? []
    this.#missed = undefined
    for (const hear of missed) hear()
  }

  channel(channel: BroadcastChannel): BroadcastChannel {
    this.#channels.add(channel)
    let listener: typeof channel.onmessage = null
    channel.onmessage = (event) => {
      const hear = (): unknown => listener?.call(channel, event)
      if (this.#missed === undefined) this.run(hear)
      else this.#missed.push(hear)
    }
    Object.defineProperty(channel, 'onmessage', { set: (call) => (listener = call) })
    return channel
  }

  startTicker(call: () => void): () => void {
    const end = this.#platform.startTicker(() => this.run(call))
    this.#ends.push(end)
    return end
  }

  readonly after = (ms: number, call: () => void): (() => void) => {
    const cancel = this.#platform.after(ms, () => this.run(call))
    this.#ends.push(cancel)
    return cancel
  }

  request(
    name: string,
    { ifAvailable, signal }: LockOptions,
    callback: (lock: Lock | null) => Promise<unknown> | undefined,
  ): Promise<unknown> {
    const signals = signal === undefined ? [this.#killed.signal] : [signal, this.#killed.signal]
    const how = ifAvailable === true ? { ifAvailable } : { signal: AbortSignal.any(signals) }
    const held = (lock: Lock | null): Promise<unknown> => Promise.race([callback(lock), this.#death])
    return this.#origin.locks.request(name, how, held)
  }
}
