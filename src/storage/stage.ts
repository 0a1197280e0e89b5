import type { ReplicaId } from '../core/index.js'
import type { Loaded, Storage, StorageFactory } from './contract.js'
import { type Cell, type CellKey, type Cells, Log } from './log.js'

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

  async lastNumber(): Promise<number> {
    let last = 0
    for (const key of this.held.keys()) if (typeof key === 'number') last = Math.max(last, key)
    return last
  }

  async commit(cells: readonly Cell[]): Promise<void> {
    const keys = cells.map((cell) => cell.key)
    this.commits.push(keys)
    await this.gate
    for (const { key, bytes } of cells) {
      if (bytes === undefined) this.held.delete(key)
      else this.held.set(key, bytes)
    }
    this.committed(keys)
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
