import type { Configuration, InstanceRecord } from '../core/index.js'
import { crc32, type Introduction, type Start } from '../member/index.js'
import { type Checkpoint, encodeBatch, type RecordBatch } from '../wire/index.js'
import type { Loaded, Storage, StorageFactory } from './contract.js'

/**
 * Test equipment: what every adapter of the storage contract must do, told without a test framework, so
 * that the same cases run in Node and inside a page.
 */
export interface ContractCase {
  readonly behaviour: string
  /** Rejects where the storage does otherwise. `room` names a room that no other case uses. */
  run(factory: StorageFactory, room: string): Promise<void>
}

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`contract broken: ${what}`)
}

export const mustReject = async (promise: Promise<unknown>, code: string): Promise<void> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason as { name: string; code: string },
  )
  must(error?.name === 'StorageError' && error.code === code, `rejects with ${code}, not ${error?.name} ${error?.code}`)
}

/** Of plain objects with the same order of fields. */
const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export const A: string = 'a'.repeat(32)
export const B: string = 'b'.repeat(32)

export const recordOf = (number: number, payload: Uint8Array = Uint8Array.of(number % 256)): InstanceRecord => {
  const value = {
    kind: 'commands',
    commands: [
      {
        spans: [{ kind: 'key', write: true, key: `k${number}` }],
        payload,
        session: A,
        sequence: number,
        acknowledged: 0,
      },
    ],
  } as const
  return {
    epoch: 0,
    instance: { slot: 0, number },
    phase: 'pre-accepted',
    value,
    deps: [number - 1],
    initValue: value,
    initDeps: [number - 1],
    ballot: 0,
    votedBallot: 0,
  }
}

export const group: string = 'c'.repeat(32)
export const configuration: Configuration = { number: 2, voters: [A, B], wireVersion: 4, stateVersion: 1 }

export const startOf = (count: number): Start => ({ count, nonce: `${count}`.repeat(32), batches: count })
const firstLife: Introduction = { start: startOf(1), earlier: [] }
export const secondLife: Introduction = { start: startOf(2), earlier: [startOf(1)] }

export const checkpointOf = (upTo: number, chunks: readonly Uint8Array[]): Checkpoint => ({
  group,
  configuration,
  executed: { frontier: [upTo, 0], beyond: [[upTo + 2, upTo + 5], []] },
  chunks,
})

/** With a checksum in place of each chunk. */
const summed = (checkpoint: Checkpoint | undefined) => ({
  ...checkpoint,
  chunks: checkpoint?.chunks.map((chunk) => crc32(chunk)),
})

export const isSame = (a: Checkpoint | undefined, b: Checkpoint | undefined): boolean => isEqual(summed(a), summed(b))

export const batchOf = (...records: InstanceRecord[]): RecordBatch => ({
  group,
  incarnation: 1,
  records,
  floor: undefined,
  compacted: false,
})

export type Kept = Exclude<Loaded, { fresh: true }>

export const loadKept = async (storage: Storage): Promise<Kept> => {
  const loaded = await storage.load()
  if (loaded.fresh) throw new Error('contract broken: what was written is there')
  return loaded
}

export const asBytes = (batch: RecordBatch): string => encodeBatch(batch).join()

/** The batches that were kept, each as its bytes: equal bytes, equal batches. */
export const batchesOf = async (kept: Kept): Promise<string[]> => {
  const batches: string[] = []
  for await (const batch of kept.batches) batches.push(asBytes(batch))
  return batches
}

export const opened = async (factory: StorageFactory, room: string, replica: string = A): Promise<Storage> => {
  const storage = await factory.open(room, replica)
  must((await storage.load()).fresh, 'a new storage is fresh')
  await storage.writeStart(firstLife)
  return storage
}

/** For every storage, durable or not. */
export const contractCases: readonly ContractCase[] = [
  {
    behaviour: 'a new storage is fresh, takes writes, and refuses them once closed',
    async run(factory, room) {
      const storage = await opened(factory, room)
      await storage.write(batchOf(recordOf(1)))
      await storage.close()
      await storage.close()
      await mustReject(storage.writeStart(secondLife), 'closed')
      await mustReject(storage.writeLives([]), 'closed')
      await mustReject(storage.writeCheckpoint(checkpointOf(1, []), false), 'closed')
      await mustReject(storage.dropCut(), 'closed')
      await mustReject(storage.write(batchOf(recordOf(2))), 'closed')
    },
  },
  {
    behaviour: 'the place where it stores has a name, the same at every call',
    async run(factory) {
      const places = await Promise.all([factory.place(), factory.place()])
      must(/^[0-9a-f]{32}$/.test(places[0]), 'it is 32 hex digits')
      must(places[0] === places[1] && places[0] === (await factory.place()), 'it stays the same')
    },
  },
  {
    behaviour: 'a cut that was dropped is not there, and may be dropped again',
    async run(factory, room) {
      const storage = await opened(factory, room)
      await storage.dropCut()
      await storage.writeCheckpoint(checkpointOf(1, [Uint8Array.of(1)]), true)
      await storage.dropCut()
      must((await storage.readCut()) === undefined, 'nothing is left of it')
      await storage.dropCut()
      await storage.close()
    },
  },
  {
    behaviour: 'writes that were under way when it was closed still finish',
    async run(factory, room) {
      const storage = await opened(factory, room)
      const writes = [1, 2, 3].map((number) => storage.write(batchOf(recordOf(number))))
      await storage.close()
      await Promise.all(writes)
    },
  },
]

/** For storages that outlive the process. */
export const durableCases: readonly ContractCase[] = [
  {
    behaviour: 'starts and batches are there when it is opened again',
    async run(factory, room) {
      const first = await opened(factory, room)
      await first.write(batchOf(recordOf(1), recordOf(2)))
      await first.write(batchOf())
      await first.close()

      const second = await factory.open(room, A)
      const kept = await loadKept(second)
      must(isEqual(kept.life, firstLife), 'the start is kept')
      must(kept.lives.length === 0 && kept.checkpoint === undefined, 'nothing is there that was not written')
      must(kept.lastBatch === 2, 'the last batch is the second')
      const batches = await batchesOf(kept)
      must(
        batches.join('|') === [asBytes(batchOf(recordOf(1), recordOf(2))), asBytes(batchOf())].join('|'),
        'the batches are kept',
      )
      await second.writeStart(secondLife)
      const later = { ...batchOf(recordOf(3)), incarnation: 2 }
      await second.write(later)
      await second.close()

      const third = await factory.open(room, A)
      const again = await loadKept(third)
      const all = [...batches, asBytes(later)].join('|')
      must(
        isEqual(again.life, secondLife) && (await batchesOf(again)).join('|') === all,
        'a later life continues the log',
      )
      await third.close()
    },
  },
  {
    behaviour: 'writes that nobody waited for become durable in the order of the calls',
    async run(factory, room) {
      const storage = await opened(factory, room)
      const resolved: number[] = []
      // More than are read back at once.
      const numbers = Array.from({ length: 200 }, (_, i) => i + 1)
      await Promise.all(
        numbers.map((number) => storage.write(batchOf(recordOf(number))).then(() => resolved.push(number))),
      )
      await storage.close()
      must(resolved.join() === numbers.join(), 'the promises resolve in the order of the calls')
      const again = await factory.open(room, A)
      const batches = await batchesOf(await loadKept(again))
      must(
        batches.join('|') === numbers.map((number) => asBytes(batchOf(recordOf(number)))).join('|'),
        'the order is kept',
      )
      await again.close()
    },
  },
  {
    behaviour: 'what is written are the bytes at the time of the call, a megabyte too',
    async run(factory, room) {
      const storage = await opened(factory, room)
      const payload = new Uint8Array(1024 * 1024).fill(7)
      const intended = asBytes(batchOf(recordOf(1, payload)))
      const write = storage.write(batchOf(recordOf(1, payload)))
      payload.fill(0)
      await write
      await storage.close()
      const again = await factory.open(room, A)
      must((await batchesOf(await loadKept(again)))[0] === intended, 'later changes do not show')
      await again.close()
    },
  },
  {
    behaviour: 'what is known of the starts of others is there when it is opened again, as it was written last',
    async run(factory, room) {
      const storage = await opened(factory, room)
      await storage.writeLives([{ replica: B, start: startOf(1), batches: 1 }])
      const lives = [
        { replica: B, start: startOf(2), batches: 17 },
        { replica: A, start: startOf(1), batches: 1 },
      ]
      await storage.writeLives(lives)
      await storage.close()
      const again = await factory.open(room, A)
      must(isEqual((await loadKept(again)).lives, lives), 'the last ones are kept')
      await again.writeStart(secondLife)
      const later = [{ replica: B, start: startOf(2), batches: 18 }]
      await again.write(batchOf(recordOf(1)), later)
      await again.write(batchOf(recordOf(2)))
      await again.close()
      const third = await factory.open(room, A)
      const kept = await loadKept(third)
      must(isEqual(kept.lives, later), 'those written with a batch are kept')
      must((await batchesOf(kept)).length === 2, 'and so is the batch')
      await third.close()
    },
  },
  {
    behaviour: 'the last checkpoint is there when it is opened again, with all of its chunks, and can be replaced',
    async run(factory, room) {
      const first = await opened(factory, room)
      const write = first.write(batchOf(recordOf(1)))
      const many = Array.from({ length: 100 }, (_, i) => new Uint8Array(1000 + i).fill(i))
      const changed = new Uint8Array(1024 * 1024).fill(7)
      const large = [...many, changed]
      const intended = large.map((chunk) => chunk.slice())
      const written = first.writeCheckpoint(checkpointOf(1, large), false)
      changed.fill(0)
      await Promise.all([write, written])
      await first.close()

      const second = await factory.open(room, A)
      const kept = await loadKept(second)
      must(isEqual(kept.checkpoint, { ...checkpointOf(1, []), chunks: 101 }), 'its header is told at once')
      must(isSame(await kept.readCheckpoint(), checkpointOf(1, intended)), 'all of it is kept')
      must((await batchesOf(kept)).length === 1, 'the batches before it are there')
      await second.writeStart(secondLife)
      await second.writeCheckpoint(checkpointOf(2, intended.slice(99)), false)
      await second.writeCheckpoint(checkpointOf(3, intended.slice(0, 2)), false)
      await second.close()

      const third = await factory.open(room, A)
      const again = await loadKept(third)
      must(isSame(await again.readCheckpoint(), checkpointOf(3, intended.slice(0, 2))), 'a smaller one takes its place')
      must((await third.readCut()) === undefined, 'none of them is a cut')
      await third.close()
    },
  },
  {
    behaviour: 'a checkpoint that can not be written is refused, and nothing is accepted after it',
    async run(factory, room) {
      const storage = await opened(factory, room)
      await storage.writeCheckpoint(checkpointOf(1, [Uint8Array.of(1)]), false)
      const broken = { ...checkpointOf(2, [Uint8Array.of(2)]), group: '' }
      await mustReject(storage.writeCheckpoint(broken, false), 'unwritable')
      await mustReject(storage.write(batchOf(recordOf(1))), 'stopped')
      await storage.close()
      const again = await factory.open(room, A)
      const kept = await loadKept(again)
      must(isSame(await kept.readCheckpoint(), checkpointOf(1, [Uint8Array.of(1)])), 'the one before is kept')
      await again.close()
    },
  },
  {
    behaviour: 'identities are listed per room, the oldest first, however often they are opened',
    async run(factory, room) {
      must((await factory.identities(room)).length === 0, 'a room nobody has used has no identities')
      for (const replica of [B, A, B]) await (await factory.open(room, replica)).close()
      must((await factory.identities(room)).join() === [B, A].join(), 'oldest first')
      must((await factory.identities(`${room}/`)).length === 0, 'another room has none of them')
    },
  },
  {
    behaviour: 'two replicas of a room have nothing in common',
    async run(factory, room) {
      const a = await opened(factory, room, A)
      const b = await opened(factory, room, B)
      await a.write(batchOf(recordOf(1)))
      await a.close()
      await b.close()
      const again = await factory.open(room, B)
      must((await batchesOf(await loadKept(again))).length === 0, 'a batch of one is not in the other')
      await again.close()
    },
  },
  {
    behaviour: 'a batch that can not be written is refused, and nothing is accepted after it',
    async run(factory, room) {
      const storage = await opened(factory, room)
      await mustReject(storage.write(batchOf({ ...recordOf(1), votedBallot: 16 })), 'unwritable')
      await mustReject(storage.write(batchOf(recordOf(1))), 'stopped')
      await storage.close()
    },
  },
  {
    behaviour: 'nothing is written before what is there was looked at',
    async run(factory, room) {
      const storage = await factory.open(room, A)
      await mustReject(storage.write(batchOf(recordOf(1))), 'misused')
      await storage.close()
    },
  },
]
