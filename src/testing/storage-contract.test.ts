import { describe, expect, it } from 'vitest'
import type { Storage, StorageFactory } from '../storage/index.js'
import { Disks } from '../storage/stage.js'
import { type ContractCase, storageContract } from './index.js'

/** The names of the cases that fail, as a test framework would find them. */
const failing = async (cases: readonly ContractCase[]): Promise<readonly string[]> => {
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()))
  return cases.flatMap(({ name }, i) => (outcomes[i]?.status === 'rejected' ? [name] : []))
}

/** Disks, each storage of which does something wrong. */
const faulty = (fault: (storage: Storage) => Partial<Storage>): (() => StorageFactory) => {
  const disks = new Disks()
  const open = async (room: string, replica: string): Promise<Storage> => {
    const storage = await disks.open(room, replica)
    return new Proxy(storage, {
      get: (target, name) => {
        const wrong: unknown = Reflect.get(fault(target), name)
        const right: unknown = Reflect.get(target, name)
        return wrong ?? (typeof right === 'function' ? right.bind(target) : right)
      },
    })
  }
  return () => ({
    durable: true,
    place: () => disks.place(),
    identities: (room) => disks.identities(room),
    quarantine: (room, replica) => disks.quarantine(room, replica),
    open,
  })
}

describe('the storage contract', () => {
  it('has a name of its own for each case', () => {
    const names = storageContract(() => new Disks()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('is kept by a storage that does what it should', async () => {
    const disks = new Disks()
    expect(await failing(storageContract(() => disks))).toEqual([])
  })

  it.each<[string, (storage: Storage) => Partial<Storage>, string]>([
    [
      'writes batches later than they were given',
      (storage) => ({
        write: async (batch, lives) => {
          await Promise.resolve()
          return storage.write(batch, lives)
        },
      }),
      'what is written are the bytes at the time of the call, a megabyte too',
    ],
    [
      'drops what a cut is',
      (storage) => ({ writeCheckpoint: (checkpoint) => storage.writeCheckpoint(checkpoint, false) }),
      'a cut is kept beside later checkpoints, until it is dropped or the next one comes',
    ],
    [
      'forgets what came with a batch',
      (storage) => ({ write: (batch) => storage.write(batch) }),
      'what is known of the starts of others is there when it is opened again, as it was written last',
    ],
    [
      'does not close',
      () => ({ close: async () => {} }),
      'a new storage is fresh, takes writes, and refuses them once closed',
    ],
    [
      'loses proposals',
      () => ({ writeProposals: async () => {} }),
      'what waits is there when it is opened again, in the order in which it was first put, life after life',
    ],
  ])('finds out one that %s', async (_, fault, name) => {
    expect(await failing(storageContract(faulty(fault)))).toContain(name)
  })

  it('finds out one that is not on the same place when it is opened again', async () => {
    expect(await failing(storageContract(() => new Disks()))).toContain(
      'starts and batches are there when it is opened again',
    )
  })

  it('says what was expected, and what was found', async () => {
    const [saysSo] = storageContract(() => new Disks(), { durable: false })
    await expect(saysSo?.run()).rejects.toThrow('what `durable` says: expected false, found true')
  })
})
