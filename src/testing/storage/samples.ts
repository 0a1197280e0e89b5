import type { Configuration, GroupId, InstanceRecord, ReplicaId } from '../../core/index.js'
import type { Introduction, KeptProposal, Start } from '../../member/index.js'
import { type Checkpoint, type RecordBatch, WIRE_VERSION } from '../../wire/index.js'

/** What the storage cases write: each value as a replica could have it. */

export const A: ReplicaId = 'a'.repeat(32)
export const B: ReplicaId = 'b'.repeat(32)
export const group: GroupId = 'c'.repeat(32)

const configuration: Configuration = { number: 2, voters: [A, B], wireVersion: WIRE_VERSION, stateVersion: 1 }

export const startOf = (count: number): Start => ({ count, nonce: `${count}`.repeat(32), batches: count })
export const firstLife: Introduction = { start: startOf(1), earlier: [] }
export const secondLife: Introduction = { start: startOf(2), earlier: [startOf(1)] }

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
        after: [],
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

export const batchOf = (...records: InstanceRecord[]): RecordBatch => ({
  group,
  incarnation: 1,
  records,
  floor: undefined,
  compacted: false,
})

/** All that there is to remember, with a floor. */
export const compactedOf = (...records: InstanceRecord[]): RecordBatch => ({
  ...batchOf(...records),
  floor: { epoch: 0, stable: [3], last: 4, drop: [2] },
  compacted: true,
})

export const checkpointOf = (upTo: number, chunks: readonly Uint8Array[]): Checkpoint => ({
  group,
  configuration,
  executed: { frontier: [upTo, 0], beyond: [[upTo + 2, upTo + 5], []] },
  chunks,
})

/** The start of an epoch. */
export const cutOf = (number: number, chunks: readonly Uint8Array[]): Checkpoint => ({
  group,
  configuration: { ...configuration, number },
  executed: { frontier: [0, 0], beyond: [[], []] },
  chunks,
})

export const proposalOf = (number: number, payload: Uint8Array = Uint8Array.of(number % 256)): KeptProposal => ({
  id: number.toString(16).padStart(32, '0'),
  spans: [
    { kind: 'key', write: true, key: `k${number}` },
    { kind: 'range', write: false, from: 'a', to: undefined },
  ],
  payload,
  place: undefined,
})

/** One that was sent under this sequence number. */
export const placedOf = (number: number, sequence: number): KeptProposal => ({
  ...proposalOf(number),
  place: { session: A, sequence, acknowledged: sequence - 1, after: sequence > 1 ? [sequence - 1] : [] },
})

/** What no encoding can take: a field that can't be read. */
export const unreadable = <T extends object>(value: T, field: keyof T): T =>
  Object.defineProperty({ ...value }, field, {
    enumerable: true,
    get: () => {
      throw new TypeError(`${String(field)} of this value can't be read`)
    },
  })
