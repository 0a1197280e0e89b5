import type { ReplicaId } from '../core/index.js'
import { crc32 } from '../member/index.js'
import type { CellKey, Cells, Change } from './cells.js'
import type { Loaded, Storage, StorageFactory } from './contract.js'
import { StorageError } from './error.js'
import { Log } from './log.js'

/** Test equipment: storages that outlive the rooms that use them. */

/** No content under a key, as another version of this library would have written it. */
export const emptyOfVersion = (version: number, key: string | number): Uint8Array => {
  const numbered = new Uint8Array(8)
  if (typeof key === 'number') new DataView(numbered.buffer).setFloat64(0, key)
  const name = typeof key === 'number' ? numbered : new TextEncoder().encode(key)
  const stored = Uint8Array.of(version, 0, 0, 0, 0)
  new DataView(stored.buffer).setUint32(1, crc32(name, version > 5 ? Uint8Array.of(version) : new Uint8Array()))
  return stored
}

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

  /** Until one commit more has begun than there were. */
  async begun(): Promise<void> {
    const before = this.commits.length
    while (this.commits.length === before) await Promise.resolve()
  }

  /** What the next life would find. */
  load(): Promise<Loaded> {
    return new Log(this).load()
  }
}

/** An origin's storage: a disk for each replica of each room. */
export class Disks implements StorageFactory {
  readonly durable = true
  readonly #rooms = new Map<string, Map<ReplicaId, Disk>>()
  readonly #quarantined = new Set<Disk>()
  readonly #place: string

  constructor(place: string = '0'.repeat(32)) {
    this.#place = place
  }

  async place(): Promise<string> {
    return this.#place
  }

  async identities(room: string): Promise<readonly ReplicaId[]> {
    return [...this.#in(room)].flatMap(([replica, disk]) => (this.#quarantined.has(disk) ? [] : [replica]))
  }

  async open(room: string, replica: ReplicaId): Promise<Storage> {
    const disk = this.disk(room, replica) ?? new Disk()
    this.put(room, replica, disk)
    this.#quarantined.delete(disk)
    return new Log(disk)
  }

  async quarantine(room: string, replica: ReplicaId): Promise<void> {
    const disk = this.disk(room, replica)
    if (disk !== undefined) this.#quarantined.add(disk)
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
