import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, readRange, type Span, write } from '../core/index.js'
import { decodeJson, encodeJson, type Json, sameJson } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import { type ReplicatedMap, replicatedMap } from './map.js'

const commandOf = ({ spans, payload }: Proposal): Command => ({
  spans,
  payload,
  session: '0'.repeat(32),
  sequence: 1,
})

/** A map whose consensus is one machine: every proposal is executed at once. */
const alone = (): { map: ReplicatedMap; machine: StateMachine; proposed: Proposal[] } => {
  const proposed: Proposal[] = []
  const { machine, api } = replicatedMap().create(async (proposal) => {
    proposed.push(proposal)
    return machine.apply(commandOf(proposal))
  })
  return { map: api, machine, proposed }
}

describe('a replicated map', () => {
  it('gets what was set, and undefined for what was not', async () => {
    const { map } = alone()
    await map.set('a', { deep: [1, null, 'x'] })
    expect(await map.get('a')).toEqual({ deep: [1, null, 'x'] })
    expect(await map.get('b')).toBeUndefined()
    expect(map.local.get('a')).toEqual({ deep: [1, null, 'x'] })
    expect(map.local.size).toBe(1)
  })

  it('says whether there was something to delete', async () => {
    const { map } = alone()
    await map.set('a', 1)
    expect(await map.delete('a')).toBe(true)
    expect(await map.delete('a')).toBe(false)
    expect(map.local.has('a')).toBe(false)
  })

  it('swaps only what is as expected, and tells what is there otherwise', async () => {
    const { map } = alone()
    expect(await map.compareAndSet('seat', undefined, 'Ada')).toEqual({ ok: true })
    expect(await map.compareAndSet('seat', undefined, 'Bob')).toEqual({ ok: false, actual: 'Ada' })
    expect(await map.compareAndSet('seat', 'Ada', { name: 'Bob', row: 1 })).toEqual({ ok: true })
    expect(await map.compareAndSet('seat', { row: 1, name: 'Bob' }, undefined)).toEqual({ ok: true })
    expect(await map.compareAndSet('seat', null, 1)).toEqual({ ok: false, actual: undefined })
    expect(map.local.has('seat')).toBe(false)
  })

  it('adds to numbers, counts what is not there as 0, and leaves anything else as it is', async () => {
    const { map } = alone()
    expect(await map.add('n', 2)).toEqual({ ok: true, value: 2 })
    expect(await map.add('n', -3)).toEqual({ ok: true, value: -1 })
    await map.set('text', 'x')
    expect(await map.add('text', 1)).toEqual({ ok: false, actual: 'x' })
    await map.set('huge', Number.MAX_VALUE)
    expect(await map.add('huge', Number.MAX_VALUE)).toEqual({ ok: false, actual: Number.MAX_VALUE })
  })

  it('reads with a reading span, and writes with a writing one', async () => {
    const { map, proposed } = alone()
    await map.get('a')
    await map.add('b', 1)
    expect(proposed.map(({ spans }) => spans)).toEqual([
      [{ kind: 'key', write: false, key: 'a' }],
      [{ kind: 'key', write: true, key: 'b' }],
    ])
  })

  it('hands out values that can not be changed under it', async () => {
    const { map } = alone()
    await map.set('a', { list: [1] })
    const value = map.local.get('a') as { list: number[] }
    expect(() => value.list.push(2)).toThrow(TypeError)
    expect(map.local.get('a')).toEqual({ list: [1] })
  })

  it('rejects what JSON can not hold, and proposes nothing', async () => {
    const { map, proposed } = alone()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const bad = [undefined, Number.NaN, () => {}, 1n, new Date(), new Map(), { a: undefined }, '\ud800', circular]
    for (const value of bad) await expect(map.set('a', value as Json)).rejects.toThrow(TypeError)
    await expect(map.add('a', Number.POSITIVE_INFINITY)).rejects.toThrow(TypeError)
    expect(proposed).toEqual([])
  })
})

describe('a command that no map has made', () => {
  const apply = (payload: Uint8Array, ...spans: Span[]): [unknown, StateMachine, ReplicatedMap] => {
    const { machine, map } = alone()
    return [machine.apply(commandOf({ spans, payload })), machine, map]
  }
  const malformed = { malformed: true }

  it.each([
    ['no JSON', new Uint8Array([0xff, 0xfe])],
    ['nothing', new Uint8Array()],
    ['no list', encodeJson({})],
    ['an unknown operation', encodeJson(['explode', 'k'])],
    ['a key that is none', encodeJson(['set', 1, 2])],
    ['too little', encodeJson(['set', 'k'])],
    ['too much', encodeJson(['delete', 'k', 1])],
    ['an amount that is none', encodeJson(['add', 'k', '1'])],
    ['two expectations', encodeJson(['compare-and-set', 'k', [1, 2], []])],
    ['what is nested too deep', new TextEncoder().encode(`["set","k",${'['.repeat(100)}${']'.repeat(100)}]`)],
  ])('changes nothing: %s', (_, payload) => {
    const [result, , map] = apply(payload, write('k'))
    expect(result).toEqual(malformed)
    expect(map.local.size).toBe(0)
  })

  it('changes nothing where its spans do not cover what it does: its order would not be the same everywhere', () => {
    const set = encodeJson(['set', 'k', 1])
    expect(apply(set)[0]).toEqual(malformed)
    expect(apply(set, write('other'))[0]).toEqual(malformed)
    expect(apply(set, { kind: 'key', write: false, key: 'k' })[0]).toEqual(malformed)
    expect(apply(set, readRange('a'))[0]).toEqual(malformed)
  })
})

it('any JSON value survives its encoding, and is the same as itself', () => {
  const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }) as fc.Arbitrary<Json>
  fc.assert(
    fc.property(json, (value) => {
      const back = decodeJson(encodeJson(value))
      expect(sameJson(back, JSON.parse(JSON.stringify(value)))).toBe(true)
    }),
  )
})

it('two values are the same JSON exactly when their canonical texts are', () => {
  const canonical = (value: Json): string =>
    JSON.stringify(value, (_, part) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    )
  const small = fc.jsonValue({ maxDepth: 2, depthSize: 'small' }) as fc.Arbitrary<Json>
  fc.assert(
    fc.property(small, small, (a, b) => {
      expect(sameJson(a, b)).toBe(canonical(a) === canonical(b))
      expect(sameJson(a, structuredClone(a) as Json)).toBe(true)
    }),
  )
})
