import { expect, test } from 'vitest'
import type { CellKey, Change } from './cells.js'
import { Pending } from './pending.js'

/** What a database holds after these changes. */
const after = (changes: readonly Change[], held = new Map<CellKey, number>()): ReadonlyMap<CellKey, number> => {
  for (const change of changes) {
    if ('below' in change) {
      for (const key of [...held.keys()]) if (typeof key === 'number' && key < change.below) held.delete(key)
    } else if (change.bytes === undefined) held.delete(change.key)
    else held.set(change.key, change.bytes[0] as number)
  }
  return held
}

const put = (key: CellKey, byte: number): Change => ({ key, bytes: Uint8Array.of(byte) })

test('it comes to the same as all that was added, and what was replaced or deleted is not there', () => {
  const changes: Change[] = [
    put(5, 5),
    put('lives', 1),
    put('proposal/1', 1),
    { key: 'proposal/1', bytes: undefined },
    put(6, 6),
    { below: 6 },
    put('lives', 2),
    { below: 4 },
    put(7, 7),
  ]
  const pending = new Pending()
  pending.add(changes)
  const held: [CellKey, number][] = [
    [3, 3],
    ['proposal/1', 9],
    ['start', 1],
  ]
  expect(after(pending.changes(), new Map(held))).toEqual(after(changes, new Map(held)))
  expect(pending.changes()).toHaveLength(5)
})

test('once cleared it is empty', () => {
  const pending = new Pending()
  for (const change of [put(1, 1), { below: 1 }]) {
    expect(pending.isEmpty).toBe(true)
    pending.add([change])
    expect(pending.isEmpty).toBe(false)
    pending.clear()
    expect(pending.changes()).toEqual([])
  }
})
