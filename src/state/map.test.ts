import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Command, read, readRange, type Span, write, writeRange } from '../core/index.js'
import { ExactlyOnce } from './exactly-once.js'
import { decodeJson, encodeJson, encodeRow, type Json, sameJson } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import { type AddResult, type ReplicatedMap, replicatedMap } from './map.js'
import { InvalidSnapshot } from './snapshot.js'

const commandOf = ({ spans, payload }: Proposal): Command => ({
  spans,
  payload,
  session: '0'.repeat(32),
  sequence: 1,
  acknowledged: 0,
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

  it('scans the keys of a range in their order, up to but not including its end', async () => {
    const { map } = alone()
    for (const key of ['b', 'a', 'c', 'Z', 'ab', '']) await map.set(key, key.length)
    expect(await map.scan('a', 'c')).toEqual([
      ['a', 1],
      ['ab', 2],
      ['b', 1],
    ])
    expect((await map.scan('b')).map(([key]) => key)).toEqual(['b', 'c'])
    expect((await map.scan('')).map(([key]) => key)).toEqual(['', 'Z', 'a', 'ab', 'b', 'c'])
    expect(await map.scan('x')).toEqual([])
  })

  it('clears the keys of a range, and says which there were', async () => {
    const { map } = alone()
    for (const key of ['b', 'a', 'c', 'ab']) await map.set(key, 1)
    expect(await map.clear('a', 'b')).toEqual(['a', 'ab'])
    expect(await map.clear('a', 'b')).toEqual([])
    expect([...map.local.entries()].map(([key]) => key)).toEqual(['b', 'c'])
    expect(await map.clear('')).toEqual(['b', 'c'])
    expect(map.local.size).toBe(0)
  })

  it('does several things as one command, each of which sees what those before it did', async () => {
    const { map, proposed } = alone()
    await map.set('seat', 'Ada')
    proposed.length = 0
    const [before, gone, free, again, none, list] = await map.atomically([
      ['get', 'seat'],
      ['delete', 'seat'],
      ['add', 'free', 1],
      ['compareAndSet', 'seat', 'Ada', 'Bob'],
      ['set', 'x', [1]],
      ['scan', ''],
    ])
    expectTypeOf(before).toEqualTypeOf<Json | undefined>()
    expectTypeOf(gone).toEqualTypeOf<boolean>()
    expectTypeOf(free).toEqualTypeOf<AddResult>()
    expectTypeOf(none).toEqualTypeOf<void>()
    expect([before, gone, free, again, none]).toEqual(['Ada', true, { ok: true, value: 1 }, { ok: false }, undefined])
    expect(list).toEqual([
      ['free', 1],
      ['x', [1]],
    ])
    expect(proposed.map(({ spans }) => spans)).toEqual([
      [read('seat'), write('seat'), write('free'), write('seat'), write('x'), readRange('')],
    ])
    expect(await map.atomically([])).toEqual([])
  })

  it('reads and writes the ranges it scans and clears', async () => {
    const { map, proposed } = alone()
    await map.scan('a', 'b')
    await map.clear('c')
    expect(proposed.map(({ spans }) => spans)).toEqual([[readRange('a', 'b')], [writeRange('c')]])
  })

  it('takes up where its snapshot was, whatever order its keys came in', async () => {
    const one = alone()
    const other = alone()
    const big = 'x'.repeat(2 << 20)
    await one.map.set('a', { deep: [1, null, 'é'] })
    await one.map.set('b', big)
    await other.map.set('b', big)
    await other.map.set('a', { deep: [1, null, 'é'] })
    const pieces = [...one.machine.snapshot()]
    // Not toEqual on megabytes: that takes half a minute.
    expect(Buffer.concat(pieces).equals(Buffer.concat([...other.machine.snapshot()]))).toBe(true)
    const restored = alone()
    restored.machine.restore(pieces, 1)
    expect([...restored.map.local.entries()]).toEqual([...one.map.local.entries()])
    const value = restored.map.local.get('a') as { deep: Json[] }
    expect(() => value.deep.push(1)).toThrow(TypeError)
  })

  it.each([
    ['no JSON', [new Uint8Array([0xff])]],
    ['no pair', [encodeRow('a')]],
    ['a key without a value', [encodeRow(['a'])]],
    ['a key that is none', [encodeRow([1, 2])]],
    ['more than a pair', [encodeRow(['a', 1, 2])]],
    ['one key twice', [encodeRow(['a', 1]), encodeRow(['a', 2])]],
  ])('is not restored from %s', (_, pieces) => {
    expect(() => alone().machine.restore(pieces, 1)).toThrow(InvalidSnapshot)
  })

  it('has a snapshot of the time when it was asked for, while it goes on', async () => {
    const { map, machine } = alone()
    for (const key of ['a', 'b', 'c']) await map.set(key, 1)
    const before = [...machine.snapshot()]
    const frozen = machine.snapshot()
    const half = machine.snapshot()[Symbol.iterator]()
    const first = half.next().value
    await map.set('a', 2)
    await map.delete('b')
    await map.set('d', 1)
    expect([...frozen]).toEqual(before)
    expect([first, half.next().value, half.next().value, half.next().done]).toEqual([...before, true])
    expect([...machine.snapshot()]).not.toEqual(before)
  })

  it('takes a snapshot in place of what it held, and its local view shows that', async () => {
    const from = alone()
    await from.map.set('b', 2)
    const { map, machine } = alone()
    const { local } = map
    for (const key of ['a', 'b']) await map.set(key, 1)
    machine.restore(from.machine.snapshot(), 1)
    expect([...local.entries()]).toEqual([['b', 2]])
    expect(await map.add('b', 1)).toEqual({ ok: true, value: 3 })
    expect(from.map.local.get('b')).toBe(2)
  })

  it('is as it was where a snapshot is refused, be it at its last piece', async () => {
    const { map, machine } = alone()
    await map.set('a', 1)
    expect(() => machine.restore([encodeRow(['b', 1]), encodeRow(['b', 2])], 1)).toThrow(InvalidSnapshot)
    expect([...map.local.entries()]).toEqual([['a', 1]])
  })

  it('keeps what is nested as deep as a payload may be, through results and snapshots', async () => {
    let deepest: Json = 1
    for (let i = 0; i < 62; i++) deepest = [deepest]
    const { machine, map } = alone()
    const state = new ExactlyOnce(machine)
    await map.set('k', deepest)
    const payload = encodeJson(['all', ['set', 'k', deepest], ['scan', 'k', null]])
    const command = { ...commandOf({ spans: [writeRange('k')], payload }) }
    const [outcome] = state.execute({ kind: 'commands', commands: [command] }).map((executed) => executed.outcome)
    expect(outcome).toEqual({ kind: 'done', result: [[], [[['k', deepest]]]] })
    const again = new ExactlyOnce(alone().machine)
    again.restore([...state.snapshot()], 1)
    expect(again.execute({ kind: 'commands', commands: [command] })).toEqual([{ command, outcome }])
    await expect(map.set('k', [[deepest]])).rejects.toThrow(TypeError)
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
  const expectRefused = (payload: Uint8Array, ...spans: Span[]): void => {
    const { machine, map } = alone()
    expect(() => machine.apply(commandOf({ spans, payload }))).toThrow(TypeError)
    expect(map.local.size).toBe(0)
  }

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
    ['a range that ends nowhere', encodeJson(['clear', 'k'])],
    ['a range that ends at a number', encodeJson(['scan', 'k', 1])],
    ['several within several', encodeJson(['all', ['all']])],
    ['several of which one is none', encodeJson(['all', ['set', 'k', 1], 'x'])],
    ['more than a command has spans for', encodeJson(['all', ...Array.from({ length: 65 }, () => ['set', 'k', 1])])],
    ['what is nested too deep', new TextEncoder().encode(`["set","k",${'['.repeat(100)}${']'.repeat(100)}]`)],
  ])('changes nothing: %s', (_, payload) => {
    expectRefused(payload, write('k'), writeRange(''))
  })

  it('changes nothing where its spans do not cover what it does: its order would not be the same everywhere', () => {
    const set = encodeJson(['set', 'k', 1])
    expectRefused(set)
    expectRefused(set, write('other'))
    expectRefused(set, read('k'))
    expectRefused(set, readRange('a'))
    expectRefused(set, writeRange('a', 'k'))
    const clear = encodeJson(['clear', 'b', 'd'])
    expectRefused(clear, readRange('b', 'd'))
    expectRefused(clear, write('b'))
    expectRefused(clear, writeRange('b', 'c'))
    expectRefused(clear, writeRange('ba', 'd'))
    expectRefused(encodeJson(['clear', 'b', null]), writeRange('b', 'd'))
    expectRefused(encodeJson(['all', ['set', 'k', 1], ['set', 'l', 1]]), write('k'), read('l'))
  })

  it('may have more spans, and wider ones, than it needs', () => {
    const { machine, map } = alone()
    const apply = (operation: Json, ...spans: Span[]): unknown =>
      machine.apply(commandOf({ spans, payload: encodeJson(operation) }))
    apply(['all', ['set', 'k', 1], ['set', 'l', 2]], writeRange('a', 'm'), write('z'))
    expect(map.local.size).toBe(2)
    expect(apply(['scan', 'k', 'm'], writeRange('a'))).toEqual([
      ['k', 1],
      ['l', 2],
    ])
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
