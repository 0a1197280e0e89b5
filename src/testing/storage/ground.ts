import type { ReplicaId } from '../../core/index.js'
import type { Loaded, Storage, StorageFactory } from '../../storage/index.js'
import type { RecordBatch } from '../../wire/index.js'
import { ContractBroken, must, mustBe } from '../contract-broken.js'
import { A, firstLife } from './samples.js'

export type Kept = Exclude<Loaded, { fresh: true }>

/** What a storage case works on: a room of its own, in which each storage is opened as if by another process. */
export class Ground {
  readonly #adapter: () => StorageFactory
  readonly room: string

  constructor(adapter: () => StorageFactory, room: string) {
    this.#adapter = adapter
    this.room = room
  }

  /** As another process would have it. */
  factory(): StorageFactory {
    return this.#adapter()
  }

  open(replica: ReplicaId = A): Promise<Storage> {
    return this.factory().open(this.room, replica)
  }

  /** Opens a storage for the first time, and begins its replica's first life. */
  async start(replica: ReplicaId = A): Promise<Storage> {
    const storage = await this.open(replica)
    must((await storage.load()).fresh, 'a storage that is opened for the first time is fresh')
    await storage.writeStart(firstLife)
    return storage
  }

  /** Opens a storage in which something was written. */
  async resume(replica: ReplicaId = A): Promise<{ readonly storage: Storage; readonly kept: Kept }> {
    const storage = await this.open(replica)
    const kept = await storage.load()
    if (kept.fresh) throw new ContractBroken('what was written is there when it is opened again: it is fresh')
    return { storage, kept }
  }

  /** Opens a storage, looks, and closes it. */
  async look(at: (kept: Kept, storage: Storage) => Promise<void>, replica?: ReplicaId): Promise<void> {
    const { storage, kept } = await this.resume(replica)
    await at(kept, storage)
    await storage.close()
  }
}

/** One of the storage cases. */
export interface StorageCase {
  readonly name: string
  readonly run: (ground: Ground) => Promise<void>
}

export const mustHold = async (kept: Kept, batches: readonly RecordBatch[], what: string): Promise<void> => {
  const found: RecordBatch[] = []
  for await (const batch of kept.batches) found.push(batch)
  mustBe(found, batches, what)
}

/** How a storage refuses. */
export const refusal = (code: string): { readonly name: string; readonly code: string } => ({
  name: 'StorageError',
  code,
})
