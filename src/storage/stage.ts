import type { ReplicaId } from '../core/index.js'
import type { CellKey, Cells, Change } from './cells.js'
import type { Loaded, Storage, StorageFactory } from './contract.js'
import { StorageError } from './error.js'
import { Log } from './log.js'

/** Test equipment: storages that outlive the rooms that use them. */

/** A disk in memory, whose commits can be held back, made to fail, and undone. */
export class Disk implements Cells {
  readonly held: Map<CellKey, unknown>
  /** The keys of each commit, in order. */
  readonly commits: CellKey[][] = []
  /** Commits wait for it. */
  gate: Promise<void> = Promise.resolve()
  /** Called after each commit. */
  committed: (keys: readonly CellKey[]) => void = () => {}

  constructor(held: ReadonlyMap<CellKey, unknown> = new Map()) {
    this.held = new Map(held)
  }

  async read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return keys.map((key) => this.held.get(key))
  }

  async readNumbers(from: number, to: number): Promise<readonly unknown[]> {
    return Array.from({ length: to - from + 1 }, (_, i) => this.held.get(from + i))
  }

  async lastNumber(): Promise<number> {
    return this.#numbers().reduce((a, b) => Math.max(a, b), 0)
  }

  async commit(changes: readonly Change[]): Promise<void> {
    const keys = changes.flatMap((change) => ('below' in change ? [] : [change.key]))
    this.commits.push(keys)
    await this.gate
    const lowest = keys.find((key) => typeof key === 'number')
    if (lowest !== undefined && lowest <= (await this.lastNumber()))
      throw new StorageError('shared', `${lowest} is taken`)
    for (const change of changes) this.#apply(change)
    this.committed(keys)
  }

  #apply(change: Change): void {
    if ('below' in change) {
      for (const key of this.#numbers()) if (key < change.below) this.held.delete(key)
    } else if (change.bytes === undefined) this.held.delete(change.key)
    else this.held.set(change.key, change.bytes)
  }

  #numbers(): readonly number[] {
    return [...this.held.keys()].filter((key) => typeof key === 'number')
  }

  async close(): Promise<void> {}

  /** What the next life would find. */
  load(): Promise<Loaded> {
    return new Log(this).load()
  }
}

/** An origin's storage: a disk for each replica of each room. */
export class Disks implements StorageFactory {
  readonly durable = true
  readonly #rooms = new Map<string, Map<ReplicaId, Disk>>()
  readonly #place: string

  constructor(place: string = '0'.repeat(32)) {
    this.#place = place
  }

  async place(): Promise<string> {
    return this.#place
  }

  async identities(room: string): Promise<readonly ReplicaId[]> {
    return [...this.#in(room).keys()]
  }

  async open(room: string, replica: ReplicaId): Promise<Storage> {
    const disk = this.disk(room, replica) ?? new Disk()
    this.put(room, replica, disk)
    return new Log(disk)
  }

  disk(room: string, replica: ReplicaId): Disk | undefined {
    return this.#in(room).get(replica)
  }

  /** In place of the one that was there. */
  put(room: string, replica: ReplicaId, disk: Disk): void {
    this.#in(room).set(replica, disk)
  }

  #in(room: string): Map<ReplicaId, Disk> {
    const disks = this.#rooms.get(room) ?? new Map<ReplicaId, Disk>()
    this.#rooms.set(room, disks)
    return disks
  }
}
