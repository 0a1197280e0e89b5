import { describe, expect, expectTypeOf, it } from 'vitest'
import { read, readRange, type Span, write, writeRange } from '../core/index.js'
import type { Json } from './json.js'
import type { Mutation } from './machine.js'
import { type MapCalls, replicatedMap } from './map.js'
import type { AddResult } from './parts/map.js'
import { type Stage, stageOf } from './parts/stage.js'
import { InvalidArguments } from './state-errors.js'

const alone = (): { map: MapCalls; stage: Stage<ReturnType<typeof replicatedMap>> } => {
  const stage = stageOf(replicatedMap())
  return { map: stage.as('Ada'), stage }
}

const filled = async (...keys: readonly string[]): Promise<ReturnType<typeof alone>> => {
  const made = alone()
  for (const key of keys) await made.map.set({ key, value: key.length })
  return made
}

describe('a replicated map', () => {
  it('gets what was set, and undefined for what was not', async () => {
    const { map, stage } = alone()
    await map.set({ key: 'a', value: { deep: [1, null, 'x'] } })
    await map.set({ key: 'null', value: null })
    expect(await map.get({ key: 'a' })).toEqual({ deep: [1, null, 'x'] })
    expect(await map.get({ key: 'null' })).toBeNull()
    expect(await map.get({ key: 'b' })).toBeUndefined()
    expect(stage.value.get('a')).toEqual({ deep: [1, null, 'x'] })
    expect(stage.value.size).toBe(2)
  })

  it('says whether there was something to delete', async () => {
    const { map, stage } = await filled('a')
    expect(await map.delete({ key: 'a' })).toBe(true)
    expect(await map.delete({ key: 'a' })).toBe(false)
    expect(stage.value.has('a')).toBe(false)
  })

  it('swaps only what is as expected, and tells what is there otherwise', async () => {
    const { map, stage } = alone()
    expect(await map.compareAndSet({ key: 'seat', wanted: 'Ada' })).toEqual({ ok: true })
    const refused = await map.compareAndSet({ key: 'seat', expected: undefined, wanted: 'Bob' })
    expect(refused).toEqual({ ok: false, actual: 'Ada' })
    const wanted = { name: 'Bob', row: 1 }
    expect(await map.compareAndSet({ key: 'seat', expected: 'Ada', wanted })).toEqual({ ok: true })
    expect(await map.compareAndSet({ key: 'seat', expected: { row: 1, name: 'Bob' } })).toEqual({ ok: true })
    expect(await map.compareAndSet({ key: 'seat', expected: null, wanted: 1 })).toEqual({ ok: false })
    expect(stage.value.has('seat')).toBe(false)
  })

  it('adds to numbers, counts what is not there as 0, and leaves anything else as it is', async () => {
    const { map, stage } = alone()
    expect(await map.add({ key: 'n', by: 2 })).toEqual({ ok: true, value: 2 })
    expect(await map.add({ key: 'n', by: -3 })).toEqual({ ok: true, value: -1 })
    await map.set({ key: 'text', value: '1' })
    expect(await map.add({ key: 'text', by: 1 })).toEqual({ ok: false, actual: '1' })
    await map.set({ key: 'null', value: null })
    expect(await map.add({ key: 'null', by: 1 })).toEqual({ ok: false, actual: null })
    await map.set({ key: 'huge', value: Number.MAX_VALUE })
    expect(await map.add({ key: 'huge', by: Number.MAX_VALUE })).toEqual({ ok: false, actual: Number.MAX_VALUE })
    expect(stage.value.get('text')).toBe('1')
    expect(stage.value.get('huge')).toBe(Number.MAX_VALUE)
  })

  it('scans the keys of a range in their order, up to but not including its end', async () => {
    const { map } = await filled('b', 'a', 'c', 'Z', 'ab', '')
    expect(await map.scan({ from: 'a', to: 'c' })).toEqual([
      ['a', 1],
      ['ab', 2],
      ['b', 1],
    ])
    expect((await map.scan({ from: 'b' })).map(([key]) => key)).toEqual(['b', 'c'])
    expect((await map.scan({ to: 'ab' })).map(([key]) => key)).toEqual(['', 'Z', 'a'])
    expect((await map.scan()).map(([key]) => key)).toEqual(['', 'Z', 'a', 'ab', 'b', 'c'])
    expect(await map.scan({ from: 'x' })).toEqual([])
  })

  it('clears all keys of a range, however many', async () => {
    const keys = Array.from({ length: 100 }, (_, i) => `k${String(i).padStart(2, '0')}`)
    const { map, stage } = await filled(...keys, 'z')
    expect(await map.clear({ from: 'k', to: 'l' })).toEqual(keys)
    expect(stage.value.size).toBe(1)
  })

  it('clears the keys of a range, and says which there were', async () => {
    const { map, stage } = await filled('b', 'a', 'c', 'ab')
    expect(await map.clear({ from: 'a', to: 'b' })).toEqual(['a', 'ab'])
    expect(await map.clear({ from: 'a', to: 'b' })).toEqual([])
    expect(Array.from(stage.value.scan(), ([key]) => key)).toEqual(['b', 'c'])
    expect(await map.clear()).toEqual(['b', 'c'])
    expect(stage.value.size).toBe(0)
  })

  it('looks with reading spans and changes with writing ones, of no more than it takes', async () => {
    const { map, stage } = alone()
    await map.get({ key: 'a' })
    await map.scan({ from: 'a', to: 'b' })
    await map.scan()
    await map.set({ key: 'a', value: 1 })
    await map.delete({ key: 'a' })
    await map.compareAndSet({ key: 'a' })
    await map.add({ key: 'a', by: 1 })
    await map.clear({ from: 'c' })
    const expected: readonly (readonly Span[])[] = [
      [read('a')],
      [readRange('a', 'b')],
      [readRange('')],
      [write('a')],
      [write('a')],
      [write('a')],
      [write('a')],
      [writeRange('c')],
    ]
    expect(stage.proposed.map(({ spans }) => spans)).toEqual(expected)
  })

  it('hands out values that can not be changed under it', async () => {
    const { map, stage } = alone()
    await map.set({ key: 'a', value: { list: [1] } })
    const value = stage.value.get<{ list: number[] }>('a')
    expect(() => value?.list.push(2)).toThrow(TypeError)
    expect(stage.value.get('a')).toEqual({ list: [1] })
  })

  it.each<[string, (map: MapCalls) => Mutation<unknown>]>([
    ['a key that is none', (map) => map.get({ key: 1 as unknown as string })],
    ['no value', (map) => map.set({ key: 'a' } as { key: string; value: Json })],
    ['a value that JSON can not hold', (map) => map.set({ key: 'a', value: new Date() as unknown as Json })],
    ['an amount that is none', (map) => map.add({ key: 'a', by: '1' as unknown as number })],
    ['an amount without end', (map) => map.add({ key: 'a', by: Number.POSITIVE_INFINITY })],
    ['a range that ends at a number', (map) => map.clear({ to: 1 as unknown as string })],
    ['what it has no use for', (map) => map.delete({ key: 'a', value: 1 } as { key: string })],
    ['a list', (map) => map.clear([] as object)],
  ])('rejects %s, and proposes nothing', async (_, call) => {
    const { map, stage } = alone()
    await expect(call(map)).rejects.toThrow(InvalidArguments)
    expect(stage.proposed).toEqual([])
  })

  it('is typed by its values, where they are of one kind', () => {
    const names = stageOf(replicatedMap<string>()).as('Ada')
    expectTypeOf(names.get({ key: 'a' })).toEqualTypeOf<Mutation<string | undefined>>()
    expectTypeOf(names.add({ key: 'a', by: 1 })).toEqualTypeOf<Mutation<AddResult>>()
    // @ts-expect-error: its values are strings
    const wrong = (): unknown => names.set({ key: 'a', value: 1 })
    expect(wrong).toBeTypeOf('function')
  })
})
