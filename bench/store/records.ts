import type { Checkpoint, RecordBatch } from 'epaxos'
import { randomId } from '../ids.js'

/** What a voter of three writes: the records of commands of its own, each in an instance of its own, and checkpoints. */

export const PAYLOAD_BYTES = 64
export const CHECKPOINT_BYTES: number = 10 * 2 ** 20

const CHUNK_BYTES = 64 * 1024
const GROUP = randomId()
const SESSION = randomId()

const recordOf = (number: number): RecordBatch['records'][number] => {
  const span = { kind: 'key', write: true, key: `key/${String(number).padStart(12, '0')}` } as const
  const place = { session: SESSION, sequence: number, acknowledged: number - 1, after: [] }
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(number)
  const value = { kind: 'commands', commands: [{ spans: [span], payload, ...place }] } as const
  const deps = [number - 1, number, number]
  const held = { phase: 'pre-accepted', value, deps, initValue: value, initDeps: deps } as const
  return { epoch: 0, instance: { slot: 0, number }, ...held, ballot: 0, votedBallot: 0 }
}

/** So many records, of the instances from this one on. */
export const batchOf = (first: number, records: number): RecordBatch => ({
  group: GROUP,
  incarnation: 1,
  records: Array.from({ length: records }, (_, i) => recordOf(first + i)),
  floor: undefined,
  compacted: false,
})

/** Of noise, which nothing can pack. */
export const checkpoint = (): Checkpoint => ({
  group: GROUP,
  configuration: { number: 0, voters: [SESSION], wireVersion: 1, stateVersion: 1 },
  executed: { frontier: [1], beyond: [[]] },
  chunks: Array.from({ length: CHECKPOINT_BYTES / CHUNK_BYTES }, () => noise(CHUNK_BYTES)),
})

/** From the source of randomness, which gives so much at once. */
const NOISE_BYTES = 65_536

export const noise = (bytes: number): Uint8Array<ArrayBuffer> => {
  const made = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += NOISE_BYTES) crypto.getRandomValues(made.subarray(at, at + NOISE_BYTES))
  return made
}
