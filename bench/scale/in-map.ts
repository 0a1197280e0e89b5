import {
  type CallsOf,
  ExactlyOnce,
  importedPieces,
  type Mutation,
  type Proposal,
  type ReplicatedMap,
  replicatedMap,
  sessionId,
} from 'epaxos/state'
import { costsOf, type Step } from './costs.js'

/** A replicated map behind its session table, without anything around it. */

/** What waits for its answer with nobody. */
const UNANSWERED = new Promise<never>(() => {}) as Mutation<never>
const CIRCUMSTANCES = { now: 0, seed: 0, author: 'bench' }
/** Between two looks at the clock. */
const COMMANDS = 100
/** Calls that are made in turn: more than a processor remembers. */
const PREPARED = 100_000
/** A prime, and no divisor of how many keys there are. */
const STRIDE = 611_953
const VALUE_BYTES = 1000
/** Keys, and what frames a row, fit beside them. */
const VALUES_PER_MEGABYTE = 1000

export const inMs = (micros: readonly number[] = []): readonly number[] => micros.map((each) => each / 1000)

/** A map of so many values of `bytes` each. */
const filled = (count: number, bytes: number): { readonly map: ExactlyOnce; readonly definition: ReplicatedMap } => {
  const definition = replicatedMap()
  const machine = definition.create()
  const value = 'x'.repeat(bytes)
  const entries = Array.from({ length: count }, (_, i) => [keyOf(i), value] as const)
  machine.restore(importedPieces({ format: 'epaxos export', version: 1, entries }).pieces, 1)
  return { map: new ExactlyOnce(machine), definition }
}

/** Of equal length, so that they have the order of their numbers. */
const keyOf = (number: number): string => `key/${String(number).padStart(7, '0')}`

/** What a call proposes. */
const proposalOf = (definition: ReplicatedMap, call: (calls: CallsOf<ReplicatedMap>) => unknown): Proposal => {
  let made: Proposal | undefined
  const calls = definition.calls({
    propose: (_name, _args, make) => {
      made = make(CIRCUMSTANCES)
      return UNANSWERED
    },
  })
  call(calls)
  if (made === undefined) throw new Error('the call has proposed nothing')
  return made
}

/** Sets one of so many keys after the other; the payload is made beforehand. */
export const withKeysInMap = async (keys: number, repeats: number): Promise<Step> => {
  const { map, definition } = filled(keys, 16)
  const proposals = Array.from({ length: Math.min(keys, PREPARED) }, (_, i) =>
    proposalOf(definition, (calls) => calls.set({ key: keyOf((i * STRIDE) % keys), value: `value ${i}` })),
  )
  const session = sessionId(0, () => 0.5)
  let sequence = 0
  const { values, cut } = await costsOf({ repeats }, () => {
    for (let i = 0; i < COMMANDS; i++) {
      const proposal = proposals[sequence % proposals.length] as Proposal
      sequence++
      map.execute({
        kind: 'commands',
        commands: [{ ...proposal, session, sequence, acknowledged: sequence - 1, after: [] }],
      })
    }
    const sweep = map.sweepDue()
    if (sweep !== undefined) map.execute({ kind: 'sweep', payload: sweep })
    return COMMANDS
  })
  return { figures: [{ name: undefined, unit: 'µs', values: values[0] ?? [], grows: 'flat' }], cut }
}

/** Writes a map of so many megabytes as a snapshot, and restores it. */
export const withSnapshot = async (megabytes: number, repeats: number): Promise<Step> => {
  const { map } = filled(megabytes * VALUES_PER_MEGABYTE, VALUE_BYTES)
  const write = await costsOf({ repeats }, () => {
    for (const _chunk of map.snapshot());
    return 1
  })
  const chunks = [...map.snapshot()]
  const other = new ExactlyOnce(replicatedMap().create())
  const restore = await costsOf({ repeats }, () => {
    other.restore(chunks, 1)
    return 1
  })
  return {
    figures: [
      { name: 'write', unit: 'ms', values: inMs(write.values[0]), grows: 'linear' },
      { name: 'restore', unit: 'ms', values: inMs(restore.values[0]), grows: 'linear' },
    ],
    cut: write.cut || restore.cut,
  }
}
