import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyJson } from './arbitraries.js'
import { type ExportedState, exportOf, importedPieces } from './export.js'
import type { Json } from './json.js'
import { replicatedMap } from './map.js'
import { stageOf } from './parts/stage.js'
import { InvalidSnapshot } from './snapshot.js'

const json = anyJson({ maxDepth: 3 })

const good: ExportedState = {
  format: 'epaxos export',
  version: 2,
  entries: [
    ['a', 1],
    ['b', null],
  ],
}

describe('an export', () => {
  it('is the state as JSON, sorted by key', async () => {
    const empty = stageOf(replicatedMap())
    expect(exportOf(empty.value, 1)).toEqual({ format: 'epaxos export', version: 1, entries: [] })
    const stage = stageOf(replicatedMap())
    for (const key of ['b', 'a', 'é', 'Z']) await stage.as('Ada').set({ key, value: { key } })
    const exported = exportOf(stage.value, 3)
    expect(exported.version).toBe(3)
    expect(exported.entries.map(([key]) => key)).toEqual(['Z', 'a', 'b', 'é'])
    expect(exported.entries[1]).toEqual(['a', { key: 'a' }])
  })

  it('begins another state that is the same, be it kept as text in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), json), async (values) => {
        const stage = stageOf(replicatedMap())
        for (const [key, value] of Object.entries(values)) await stage.as('Ada').set({ key, value })
        const text = JSON.stringify(exportOf(stage.value, 1))
        const { version, pieces } = importedPieces(JSON.parse(text))
        const other = replicatedMap().create()
        other.restore(pieces, version)
        expect([...other.value.scan()]).toEqual([...stage.value.scan()])
        expect(other.digest?.().state).toBe(stage.machine.digest?.().state)
      }),
      { numRuns: 50 },
    )
  })

  it('is taken with its version', () => {
    expect(importedPieces(good).version).toBe(2)
    expect(importedPieces(good).pieces).toHaveLength(2)
  })

  const circular: Json[] = []
  circular.push(circular)
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(good)],
    ['a list', [good]],
    ['another format', { ...good, format: 'a dump' }],
    ['no version', { ...good, version: undefined }],
    ['a version that is none', { ...good, version: 1.5 }],
    ['a version before the first', { ...good, version: 0 }],
    ['no entries', { ...good, entries: undefined }],
    ['entries that are no list', { ...good, entries: { a: 1 } }],
    ['an entry that is none', { ...good, entries: ['ab'] }],
    ['an entry without a value', { ...good, entries: [['a']] }],
    ['an entry of an undefined value', { ...good, entries: [['a', undefined]] }],
    ['more than a key and a value', { ...good, entries: [['a', 1, 2]] }],
    ['a key that is none', { ...good, entries: [[1, 1]] }],
    ['a key that has no text', { ...good, entries: [[1n, 1]] }],
    ['a key that is too long', { ...good, entries: [['a'.repeat(1025), 1]] }],
    ['a key of half a character', { ...good, entries: [['\ud800', 1]] }],
    ['a value that JSON can not hold', { ...good, entries: [['a', Number.NaN]] }],
    ['a value of a class', { ...good, entries: [['a', new Date()]] }],
    ['a value within itself', { ...good, entries: [['a', circular]] }],
    ['one key twice', { ...good, entries: [...good.entries, ['b', 1]] }],
    ['keys that are not in order', { ...good, entries: good.entries.toReversed() }],
  ])('is refused where it is none: %s', (_, exported) => {
    expect(() => importedPieces(exported)).toThrow(InvalidSnapshot)
  })
})
