import type { Storage, StorageFactory } from 'epaxos'
import { randomId } from '../ids.js'
import { percentile } from '../statistics.js'
import { batchOf, CHECKPOINT_BYTES, checkpoint, noise } from './records.js'

/** What a place can do without the library: the same in Node and in a page. */
export interface Bare {
  /** Durable when it resolves, as far as anything is there. */
  readonly write: (content: Uint8Array<ArrayBuffer>) => Promise<void>
  /** Everything that was written, as it comes. */
  readonly read: () => Promise<unknown>
}

export interface Place {
  readonly factory: StorageFactory
  /** A new one. */
  readonly bare: () => Promise<Bare>
  /** Of the processor, in microseconds so far; undefined where nobody knows. */
  readonly spentMicros: (() => number) | undefined
}

/** By the library, and bare, measured in turn. */
export interface Pair {
  readonly store: readonly number[]
  readonly bare: readonly number[]
}

export interface Writing {
  readonly name: string
  /** Per second. */
  readonly records: Pair
  /** Of the processor, in microseconds per record; empty where nobody knows. */
  readonly micros: Pair
  /** Milliseconds from the call of one write until it is durable, of each round. */
  readonly p50: Pair
  readonly p99: Pair
}

export interface Findings {
  readonly writings: readonly Writing[]
  /** Milliseconds. */
  readonly checkpointWrite: Pair
  readonly checkpointRead: Pair
  /** Records per second, of a log that is read when its replica starts. */
  readonly restart: Pair
}

interface Kind {
  readonly name: string
  /** In each batch. */
  readonly records: number
  /** Batches that are written without waiting for one another. */
  readonly atOnce: number
  /** Of a round. */
  readonly turns: number
}

const kinds: readonly Kind[] = [
  { name: 'batches of 1', records: 1, atOnce: 1, turns: 100 },
  { name: 'batches of 10', records: 10, atOnce: 1, turns: 100 },
  { name: 'batches of 100', records: 100, atOnce: 1, turns: 40 },
  { name: 'batches of 1000', records: 1000, atOnce: 1, turns: 10 },
  { name: '10 batches of 10 at once', records: 10, atOnce: 10, turns: 40 },
]

/** The batches of the log that is read. */
const RESTART = { batches: 1000, records: 20 }

/** @param sizes of a batch with so many records, as it is stored, in bytes */
export const findingsOf = async (
  place: Place,
  sizes: Readonly<Record<number, number>>,
  rounds: number,
): Promise<Findings> => {
  const writings: Writing[] = []
  for (const kind of kinds) writings.push(await writingOf(place, kind, sizes[kind.records] ?? Number.NaN, rounds))
  return {
    writings,
    ...(await checkpointsIn(place, rounds)),
    restart: await restartIn(place, sizes[RESTART.records] ?? Number.NaN, rounds),
  }
}

/** Of which sizes there are batches. */
export const batchSizes: readonly number[] = [...new Set([...kinds, RESTART].map(({ records }) => records))]

interface Seat {
  readonly room: string
  readonly replica: string
}

const begun = async ({ factory }: Place): Promise<Seat & { readonly storage: Storage }> => {
  const seat = { room: randomId(), replica: randomId() }
  const storage = await factory.open(seat.room, seat.replica)
  await storage.load()
  await storage.writeStart({ start: { count: 1, nonce: randomId(), batches: 0 }, earlier: [] })
  return { ...seat, storage }
}

interface Round {
  readonly seconds: number
  readonly micros: number | undefined
  readonly tookMs: readonly number[]
}

const roundOf = async (
  { spentMicros }: Place,
  turns: number,
  act: (turn: number) => Promise<unknown>,
): Promise<Round> => {
  const tookMs: number[] = []
  const spent = spentMicros?.() ?? Number.NaN
  const startMs = performance.now()
  for (let turn = 0; turn < turns; turn++) {
    const beforeMs = performance.now()
    await act(turn)
    tookMs.push(performance.now() - beforeMs)
  }
  const seconds = (performance.now() - startMs) / 1000
  return { seconds, micros: spentMicros && spentMicros() - spent, tookMs }
}

const writingOf = async (place: Place, kind: Kind, size: number, rounds: number): Promise<Writing> => {
  const { name, records, atOnce, turns } = kind
  const { storage } = await begun(place)
  const bare = await place.bare()
  const bytes = noise(size * atOnce)
  let next = 1
  /** Made before the clock runs: a voter has them. */
  const made = (): readonly (readonly ReturnType<typeof batchOf>[])[] =>
    Array.from({ length: turns }, () =>
      Array.from({ length: atOnce }, () => {
        const batch = batchOf(next, records)
        next += records
        return batch
      }),
    )
  const ours: Round[] = []
  const theirs: Round[] = []
  // The first one warms up.
  for (let round = 0; round <= rounds; round++) {
    const batches = made()
    const mine = await roundOf(place, turns, (turn) =>
      Promise.all((batches[turn] ?? []).map((batch) => storage.write(batch))),
    )
    const other = await roundOf(place, turns, () => bare.write(bytes))
    if (round === 0) continue
    ours.push(mine)
    theirs.push(other)
  }
  await storage.close()
  const all = turns * atOnce * records
  const pairOf = (value: (round: Round) => number): Pair => ({ store: ours.map(value), bare: theirs.map(value) })
  return {
    name,
    records: pairOf(({ seconds }) => all / seconds),
    micros:
      place.spentMicros === undefined ? { store: [], bare: [] } : pairOf(({ micros = Number.NaN }) => micros / all),
    p50: pairOf(({ tookMs }) => percentile(tookMs, 0.5)),
    p99: pairOf(({ tookMs }) => percentile(tookMs, 0.99)),
  }
}

/** Milliseconds. */
const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now()
  await act()
  return performance.now() - startMs
}

const checkpointsIn = async (
  place: Place,
  rounds: number,
): Promise<Pick<Findings, 'checkpointWrite' | 'checkpointRead'>> => {
  const written = { store: [] as number[], bare: [] as number[] }
  const read = { store: [] as number[], bare: [] as number[] }
  const bytes = noise(CHECKPOINT_BYTES)
  const { room, replica, storage } = await begun(place)
  let open = storage
  for (let round = 0; round < rounds; round++) {
    const next = checkpoint()
    written.store.push(await timed(() => open.writeCheckpoint(next, false)))
    await open.close()
    open = await place.factory.open(room, replica)
    const loaded = await open.load()
    if (loaded.fresh) throw new Error('what was written is gone')
    read.store.push(await timed(loaded.readCheckpoint))
    const bare = await place.bare()
    written.bare.push(await timed(() => bare.write(bytes)))
    read.bare.push(await timed(bare.read))
  }
  await open.close()
  return { checkpointWrite: written, checkpointRead: read }
}

const restartIn = async (place: Place, size: number, rounds: number): Promise<Pair> => {
  const { room, replica, storage } = await begun(place)
  const bare = await place.bare()
  const numbers = Array.from({ length: RESTART.batches }, (_, i) => i)
  await Promise.all(numbers.map((i) => storage.write(batchOf(1 + i * RESTART.records, RESTART.records))))
  await bare.write(noise(size * RESTART.batches))
  await storage.close()
  const rates = { store: [] as number[], bare: [] as number[] }
  const all = RESTART.batches * RESTART.records
  for (let round = 0; round < rounds; round++) {
    const opened = await place.factory.open(room, replica)
    const readMs = await timed(async () => {
      const loaded = await opened.load()
      if (loaded.fresh) throw new Error('what was written is gone')
      let records = 0
      for await (const batch of loaded.batches) records += batch.records.length
      if (records !== all) throw new Error(`${records} of ${all} records were read`)
    })
    await opened.close()
    rates.store.push((1000 * all) / readMs)
    rates.bare.push((1000 * all) / (await timed(bare.read)))
  }
  return rates
}
