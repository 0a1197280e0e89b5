import type { GroupId, InstanceRecord, ReplicaId } from '../../core/index.js'
import type { Introduction } from '../../member/index.js'
import { type Checkpoint, type RecordBatch, WIRE_VERSION } from '../../wire/index.js'

/** Test equipment: what a replica writes. */

export const A: ReplicaId = 'a'.repeat(32)
export const B: ReplicaId = 'b'.repeat(32)
const group: GroupId = 'c'.repeat(32)

export const firstLife: Introduction = { start: { count: 1, nonce: '1'.repeat(32), batches: 0 }, earlier: [] }

const recordOf = (number: number, payload: Uint8Array): InstanceRecord => {
  const spans = [{ kind: 'key', write: true, key: `k${number}` }] as const
  const command = { spans, payload, session: A, sequence: number, acknowledged: 0, after: [] }
  const value = { kind: 'commands', commands: [command] } as const
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

/** With one record, of that number. */
export const batchOf = (number: number, payload: Uint8Array = new Uint8Array()): RecordBatch => ({
  group,
  incarnation: 1,
  records: [recordOf(number, payload)],
  floor: undefined,
  compacted: false,
})

export const checkpointOf = (chunks: readonly Uint8Array[]): Checkpoint => ({
  group,
  configuration: { number: 2, voters: [A, B], wireVersion: WIRE_VERSION, stateVersion: 1 },
  executed: { frontier: [1, 0], beyond: [[], []] },
  chunks,
})
