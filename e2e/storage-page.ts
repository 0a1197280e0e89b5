/** What a page of the storage tests can do to IndexedDB behind the library's back. The tests drive it from outside. */
import { indexedDb } from 'epaxos/storage/indexeddb'

type Storage = Awaited<ReturnType<ReturnType<typeof indexedDb>['open']>>
type InstanceRecord = Parameters<Storage['write']>[0]['records'][number]

/** What happened, in order: transactions that write, as the browser made them, and promises that resolved. */
export const observed: string[] = []
/** The connections that the library opened, oldest first. */
export const connections: IDBDatabase[] = []

let abortNext = false
let handlesToKill = 0

const { transaction } = IDBDatabase.prototype
IDBDatabase.prototype.transaction = function (...args) {
  if (!connections.includes(this)) connections.push(this)
  if (handlesToKill > 0) {
    handlesToKill--
    this.close()
  }
  const made = transaction.apply(this, args)
  if (made.mode === 'readwrite') {
    made.addEventListener('complete', () => observed.push(`complete ${made.durability}`))
  }
  return made
}

/** How often the library asked for something to be deleted. */
export const deletions: unknown[] = []
const { delete: deleteIn, put } = IDBObjectStore.prototype
IDBObjectStore.prototype.delete = function (query) {
  deletions.push(query)
  return deleteIn.call(this, query)
}

const doomed = new WeakSet<IDBTransaction>()
IDBObjectStore.prototype.put = function (...args) {
  if (abortNext) {
    abortNext = false
    doomed.add(this.transaction)
  }
  return put.apply(this, args)
}

const { commit } = IDBTransaction.prototype
IDBTransaction.prototype.commit = function () {
  if (doomed.has(this)) this.abort()
  else commit.call(this)
}

/** The next transaction that writes is aborted when all of it has been asked for, and before it is committed. */
export const abortNextWrite = (): void => {
  abortNext = true
}

/** The connection is found closed the next `times` times that it is used, as Safari likes to do it. */
export const killHandles = (times: number): void => {
  handlesToKill = times
}

export const recordOf = (number: number, byteLength: number = 64): InstanceRecord => {
  const payload = new Uint8Array(byteLength).fill(number)
  const command = { spans: [], payload, session: 'c'.repeat(32), sequence: number, acknowledged: number - 1, after: [] }
  const value = { kind: 'commands', commands: [command] } as const
  const deps = [number - 1]
  return {
    epoch: 0,
    instance: { slot: 0, number },
    phase: 'pre-accepted',
    value,
    deps,
    initValue: value,
    initDeps: deps,
    ballot: 0,
    votedBallot: 0,
  }
}

const group = 'd'.repeat(32)

/** A checkpoint's chunks, as lists of bytes. */
interface Found {
  readonly upTo: number
  readonly chunks: readonly (readonly number[])[]
}

const found = (
  checkpoint:
    | { readonly executed: { readonly frontier: readonly number[] }; readonly chunks: readonly Uint8Array[] }
    | undefined,
): Found | undefined =>
  checkpoint && { upTo: checkpoint.executed.frontier[0] ?? 0, chunks: checkpoint.chunks.map((chunk) => [...chunk]) }

/** One replica's storage, loaded and started, inside a page. */
export class Disk {
  private constructor(
    private readonly storage: Storage,
    readonly starts: number,
    /** The numbers of the instances that were there when it was opened. */
    readonly numbers: readonly number[],
    /** Batches that were ever written then. */
    readonly lastBatch: number,
    /** The checkpoint that was there. */
    readonly checkpoint: Found | undefined,
  ) {}

  static async open(room: string, replica: string): Promise<Disk> {
    const storage = await indexedDb().open(room, replica)
    const loaded = await storage.load()
    const numbers: number[] = []
    if (!loaded.fresh) {
      for await (const batch of loaded.batches) numbers.push(...batch.records.map((record) => record.instance.number))
    }
    const checkpoint = loaded.fresh ? undefined : await loaded.readCheckpoint()
    const before = loaded.fresh ? [] : [...loaded.life.earlier, loaded.life.start]
    const starts = before.length + 1
    const start = { count: starts, nonce: 'e'.repeat(32), batches: 0 }
    await storage.writeStart({ start, earlier: before })
    return new Disk(storage, starts, numbers, loaded.fresh ? 0 : loaded.lastBatch, found(checkpoint))
  }

  /** Writes a checkpoint up to this instance, whose chunks hold nothing but its number. */
  async writeCheckpoint(number: number, chunks: number, cut: boolean = false): Promise<void> {
    const checkpoint = {
      group,
      configuration: { number: 0, voters: ['a'.repeat(32)], wireVersion: 4, stateVersion: 1 },
      executed: { frontier: [number], beyond: [[]] },
      chunks: Array.from({ length: chunks }, () => Uint8Array.of(number)),
    }
    await this.storage.writeCheckpoint(checkpoint, cut)
  }

  async readCut(): Promise<Found | undefined> {
    return found(await this.storage.readCut())
  }

  async write(number: number, byteLength?: number, compacted: boolean = false): Promise<void> {
    const records = [recordOf(number, byteLength)]
    await this.storage.write({ group, incarnation: this.starts, records, floor: undefined, compacted })
    observed.push(`resolved ${number}`)
  }

  async writeMany(many: number): Promise<void> {
    await Promise.all(Array.from({ length: many }, (_, i) => this.write(i + 1)))
  }

  close(): Promise<void> {
    return this.storage.close()
  }
}

/** The name of this place, asked for three times at once. */
export const placesAtOnce = (): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: 3 }, () => indexedDb().place()))

/** All keys in a database, in its order. */
export const keysOf = async (database: string): Promise<readonly IDBValidKey[]> => {
  const request = indexedDB.open(database)
  await new Promise((resolve) => request.addEventListener('success', resolve))
  const keys = request.result.transaction('cells').objectStore('cells').getAllKeys()
  await new Promise((resolve) => keys.addEventListener('success', resolve))
  request.result.close()
  return keys.result
}

/** Puts another value, or none, in the place of a stored one. */
export const tamper = async (
  database: string,
  key: IDBValidKey,
  change: (stored: Uint8Array) => Uint8Array | undefined,
): Promise<void> => {
  const request = indexedDB.open(database)
  await new Promise((resolve) => request.addEventListener('success', resolve))
  const store = request.result.transaction('cells', 'readwrite').objectStore('cells')
  const held = store.get(key)
  held.addEventListener('success', () => {
    const changed = change(held.result)
    if (changed === undefined) store.delete(key)
    else store.put(changed, key)
  })
  await new Promise((resolve) => store.transaction.addEventListener('complete', resolve))
  request.result.close()
}
