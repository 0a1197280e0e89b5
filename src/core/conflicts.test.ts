import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proposed, value } from './arbitraries.js'
import {
  type Batch,
  type Proposed,
  read,
  readRange,
  type Value,
  valuesInterfere,
  write,
  writeRange,
} from './command.js'
import { ConflictIndex } from './conflicts.js'
import type { InstanceId } from './record.js'

const N = 3
const id = fc.record({ slot: fc.nat(N - 1), number: fc.integer({ min: 1, max: 9 }) })

interface Stored {
  readonly id: InstanceId
  readonly value: Value
}

/** The largest number of a row that interferes, below `below`. */
const newest = (stored: readonly Stored[], slot: number, below: number, asked: Proposed): number =>
  Math.max(
    0,
    ...stored
      .filter((other) => other.id.slot === slot && other.id.number < below && valuesInterfere(asked, other.value))
      .map((other) => other.id.number),
  )

const compare = (stored: readonly Stored[], at: InstanceId, asked: Proposed): void => {
  const index = new ConflictIndex(N)
  for (const each of stored) index.add(each.id, each.value)
  const found = index.newest(at, asked)
  for (let slot = 0; slot < N; slot++) {
    if (slot !== at.slot) expect(found[slot]).toBe(newest(stored, slot, Number.POSITIVE_INFINITY, asked))
  }
  const exact = newest(stored, at.slot, at.number, asked)
  const hidden = newest(stored, at.slot, Number.POSITIVE_INFINITY, asked) >= at.number
  expect(found[at.slot]).toBe(hidden ? at.number - 1 : exact)
}

describe('conflict index', () => {
  it('reports per row what comparing with everything ever stored reports; of its own row at most too much', () => {
    fc.assert(fc.property(fc.array(fc.record({ id, value }), { maxLength: 30 }), id, proposed, compare), {
      numRuns: 1000,
    })
  })

  it('does so over many keys and ranges, which fill more than one block', () => {
    const key = (i: number): string => `k${String(i).padStart(4, '0')}`
    const spread = fc.record({
      at: fc.nat(999),
      length: fc.integer({ min: 0, max: 40 }),
      writes: fc.boolean(),
      id: fc.record({ slot: fc.nat(N - 1), number: fc.integer({ min: 1, max: 5000 }) }),
    })
    const spanOf = ({ at, length, writes }: { at: number; length: number; writes: boolean }) => {
      if (length === 0) return writes ? write(key(at)) : read(key(at))
      const to = length === 40 ? undefined : key(at + length)
      return writes ? writeRange(key(at), to) : readRange(key(at), to)
    }
    const batchOf = (of: Parameters<typeof spanOf>[0]): Batch => ({
      kind: 'commands',
      commands: [
        {
          spans: [spanOf(of)],
          payload: new Uint8Array(),
          session: '0'.repeat(32),
          sequence: 1,
          acknowledged: 0,
          after: [],
        },
      ],
    })
    fc.assert(
      fc.property(fc.array(spread, { minLength: 600, maxLength: 1500 }), spread, (all, asked) => {
        compare(
          all.map((each) => ({ id: each.id, value: batchOf(each) })),
          asked.id,
          batchOf(asked),
        )
      }),
      { numRuns: 20 },
    )
  })
})
