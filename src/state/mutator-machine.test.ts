import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { read, readRange, type Span, write, writeRange } from '../core/index.js'
import { encodeCall } from './call.js'
import { defineState } from './define-state.js'
import { encodeRow, type Json } from './json.js'
import type { Proposal, StateDefinition, StateMachine } from './machine.js'
import { refuse, type View } from './mutator.js'
import { InvalidSnapshot } from './snapshot.js'
import { InvalidArguments, UndeclaredKey, UnknownMutator } from './state-errors.js'

type Machine = StateMachine<View>

const touches = (): readonly Span[] => [writeRange('')]
const ofKey = (_: string): readonly Span[] => touches()
const ofPair = (_: readonly [string, Json]): readonly Span[] => touches()

const state = defineState({
  version: 1,
  mutators: {
    set: { touches: ofPair, run: (tx, [key, value]) => tx.set(key, value) },
    delete: { touches: ofKey, run: (tx, key) => tx.delete(key) },
    refused: {
      touches: ofKey,
      run(tx, key) {
        tx.set(key, 'refused')
        tx.delete('a')
        return refuse('never', { key })
      },
    },
    thrown: {
      touches: ofKey,
      run(tx, key) {
        tx.set(key, 'thrown')
        throw new Error('never')
      },
    },
    greedy: {
      touches: (_: string) => [write('mine')],
      run(tx, key) {
        tx.set('mine', 1)
        try {
          tx.set(key, 1)
        } catch {}
        return 'as if nothing were'
      },
    },
    confused: {
      touches: (_: string) => [],
      run(tx, key) {
        try {
          return tx.get(key)
        } catch {
          throw new Error('something else')
        }
      },
    },
    result: { touches: (_: Json) => [], run: (_, result) => result },
    date: { touches: () => [], run: () => new Date(0) as unknown as Json },
    chance: { touches, run: (tx) => [tx.random(), tx.now, tx.author, tx.version] },
    checked: { args: z.object({ n: z.number() }), touches, run: (_, { n }) => n },
  },
})

const call = (name: string, args?: Json, spans: readonly Span[] = touches(), seed: number = 7): Proposal => ({
  spans,
  payload: encodeCall({ name, args, circumstances: { now: 1000, seed, author: 'Ada' } }),
})

const filled = (...keys: readonly string[]): Machine => {
  const machine = state.create()
  for (const key of keys) machine.apply(call('set', [key, key.length]))
  return machine
}

const held = (machine: Machine): readonly (readonly [string, Json])[] => [...machine.value.scan()]

const bytesOf = (machine: Machine): string => Buffer.concat([...machine.snapshot()]).toString('hex')

describe('a call', () => {
  it('changes the state and comes to what its mutator returns', () => {
    const machine = filled('a')
    expect(machine.apply(call('set', ['b', { deep: [null] }]))).toBeUndefined()
    expect(machine.apply(call('delete', 'a'))).toBe(true)
    expect(held(machine)).toEqual([['b', { deep: [null] }]])
  })

  it('has the time, the author and the chance of its proposer, and no other', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => filled().apply(call('chance', undefined, touches(), seed)))
    expect(first).toEqual([expect.any(Number), 1000, 'Ada', 1])
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it.each(['refused', 'thrown', 'greedy'])('changes nothing where it is %s', (name) => {
    const machine = filled('a', 'b')
    const [before, digest, view] = [held(machine), machine.digest?.().state, machine.value]
    try {
      expect(machine.apply(call(name, 'c', [write('mine'), ...(name === 'greedy' ? [] : touches())]))).toEqual({
        ok: false,
        reason: 'never',
        key: 'c',
      })
    } catch (error) {
      if (name === 'refused') throw error
    }
    expect(held(machine)).toEqual(before)
    expect(machine.digest?.().state).toBe(digest)
    expect(machine.value).toBe(view)
  })

  it('throws what its mutator throws', () => {
    expect(() => filled().apply(call('thrown', 'a'))).toThrow(new Error('never'))
  })

  it('that touches what it has not declared throws that, even where its mutator has caught it', () => {
    const machine = filled()
    expect(() => machine.apply(call('greedy', 'other', [write('mine')]))).toThrow(UndeclaredKey)
    expect(() => machine.apply(call('confused', 'a', []))).toThrow(UndeclaredKey)
    expect(machine.value.size).toBe(0)
  })

  it('comes to a frozen result that JSON can hold, or throws', () => {
    const machine = filled()
    const result = machine.apply(call('result', { list: [1] })) as { list: number[] }
    expect(() => result.list.push(2)).toThrow(TypeError)
    expect(machine.apply(call('result'))).toBeUndefined()
    expect(() => machine.apply(call('date'))).toThrow(TypeError)
  })

  it('whose arguments the schema refuses throws, and runs nothing', () => {
    expect(filled().apply(call('checked', { n: 1 }))).toBe(1)
    expect(() => filled().apply(call('checked', { n: '1' }))).toThrow(InvalidArguments)
    expect(() => filled().apply(call('checked'))).toThrow(InvalidArguments)
  })

  it.each(['explode', 'toString', '__proto__', 'set.set', ''])('of no mutator throws: "%s"', (name) => {
    expect(() => filled().apply(call(name))).toThrow(new UnknownMutator(name, 1))
  })

  const raw = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const nested = new TextEncoder().encode(`["set",[["k",${'['.repeat(100)}${']'.repeat(100)}]],0,0,""]`)
  it.each<readonly [string, Uint8Array]>([
    ['no JSON', new Uint8Array([0xff, 0xfe])],
    ['nothing', new Uint8Array()],
    ['no list', raw({})],
    ['too little', raw(['set', [['k', 1]], 0, 0])],
    ['too much', raw(['set', [['k', 1]], 0, 0, '', 0])],
    ['a name that is none', raw([1, [['k', 1]], 0, 0, ''])],
    ['arguments in no list', raw(['set', 'k', 0, 0, ''])],
    [
      'arguments twice',
      raw([
        'set',
        [
          ['k', 1],
          ['k', 1],
        ],
        0,
        0,
        '',
      ]),
    ],
    ['no time', raw(['set', [['k', 1]], '0', 0, ''])],
    ['no time at all', new TextEncoder().encode('["set",[["k",1]],1e999,0,""]')],
    ['a seed that is not whole', raw(['set', [['k', 1]], 0, 0.5, ''])],
    ['a seed that is too large', raw(['set', [['k', 1]], 0, 2 ** 32, ''])],
    ['an author that is none', raw(['set', [['k', 1]], 0, 0, null])],
    ['an author that is too long', raw(['set', [['k', 1]], 0, 0, 'x'.repeat(257)])],
    ['what is nested too deep', nested],
  ])('that no state has made throws, and changes nothing: %s', (_, payload) => {
    const machine = filled()
    expect(() => machine.apply({ spans: touches(), payload })).toThrow(TypeError)
    expect(machine.value.size).toBe(0)
  })

  it('of an asynchronous mutator throws, and what that does later changes nothing', async () => {
    const done: unknown[] = []
    const run = async (tx: { set(key: string, value: Json): void }): Promise<void> => {
      tx.set('a', 1)
      await undefined
      try {
        tx.set('b', 1)
      } catch (error) {
        done.push(error)
      }
    }
    const machine = defineState({
      version: 1,
      mutators: { later: { touches, run: run as unknown as () => void } },
    }).create()
    expect(() => machine.apply(call('later'))).toThrow(/asynchronous/)
    await Promise.resolve()
    expect(done).toEqual([expect.any(TypeError)])
    expect(machine.value.size).toBe(0)
  })
})

describe('what a machine shows', () => {
  it('is the same until something has changed, and another then', () => {
    const machine = filled('a')
    const view = machine.value
    machine.apply(call('result', 1))
    machine.apply(call('delete', 'b'))
    expect(machine.value).toBe(view)
    machine.apply(call('set', ['b', 1]))
    expect(machine.value).not.toBe(view)
    expect([view.size, view.has('b'), [...view.scan()]]).toEqual([1, false, [['a', 1]]])
    expect([machine.value.size, machine.value.has('b'), machine.value.get('b')]).toEqual([2, true, 1])
  })

  it('to a reading is what its spans cover, and nothing else', () => {
    const machine = filled('a', 'b', 'c')
    const reading = machine.reading([read('a'), readRange('b', 'c')])
    expect([reading.get('a'), [...reading.scan({ from: 'b', to: 'c' })]]).toEqual([1, [['b', 1]]])
    expect(() => reading.get('c')).toThrow(UndeclaredKey)
    expect(() => reading.scan()).toThrow(UndeclaredKey)
  })

  it('is not what a fork of it does, nor the other way round', () => {
    const machine = filled('a')
    const fork = machine.fork()
    expect(fork.value).toBe(machine.value)
    fork.apply(call('set', ['a', 'fork']))
    machine.apply(call('set', ['b', 'own']))
    expect(held(fork)).toEqual([['a', 'fork']])
    expect(held(machine)).toEqual([
      ['a', 1],
      ['b', 'own'],
    ])
  })
})

describe('a snapshot', () => {
  it('is taken up by another machine, whatever order its keys came in', () => {
    const [one, other] = [filled('a', 'bb', 'ccc'), filled('ccc', 'a', 'bb')]
    expect(bytesOf(one)).toBe(bytesOf(other))
    const restored = filled('x')
    restored.restore(one.snapshot(), 1)
    expect(held(restored)).toEqual(held(one))
    expect(restored.digest?.()).toEqual({ state: one.digest?.().state, parts: [] })
    restored.apply(call('set', ['a', 2]))
    expect(one.value.get('a')).toBe(1)
  })

  it('is of the time when it was asked for, while the machine goes on', () => {
    const machine = filled('a', 'b', 'c')
    const before = bytesOf(machine)
    const frozen = machine.snapshot()
    machine.apply(call('set', ['a', 2]))
    machine.apply(call('delete', 'b'))
    expect(Buffer.concat([...frozen]).toString('hex')).toBe(before)
    expect(bytesOf(machine)).not.toBe(before)
  })

  it.each<readonly [string, readonly Uint8Array[]]>([
    ['no JSON', [new Uint8Array([0xff])]],
    ['no pair', [encodeRow('a')]],
    ['a key without a value', [encodeRow(['a'])]],
    ['a key that is none', [encodeRow([1, 2])]],
    ['a key that is too long', [encodeRow(['x'.repeat(1025), 2])]],
    ['more than a pair', [encodeRow(['a', 1, 2])]],
    ['a number that is none', [new TextEncoder().encode('["a",1e999]')]],
    ['one key twice', [encodeRow(['a', 1]), encodeRow(['a', 2])]],
    ['keys out of order', [encodeRow(['b', 1]), encodeRow(['a', 2])]],
  ])('is refused where it is none, and nothing has changed: %s', (_, pieces) => {
    const machine = filled('k')
    const before = [held(machine), machine.digest?.()]
    expect(() => machine.restore(pieces, 1)).toThrow(InvalidSnapshot)
    expect([held(machine), machine.digest?.()]).toEqual(before)
  })
})

describe('a digest', () => {
  const keys = fc.constantFrom('a', 'b', 'c')
  const calls = fc.oneof(
    fc.tuple(keys, fc.nat(3)).map((args) => call('set', args)),
    keys.map((key) => call('delete', key)),
    keys.map((key) => call('refused', key)),
    keys.map((key) => call('thrown', key)),
  )
  const run = (machine: Machine, proposals: readonly Proposal[]): void => {
    for (const proposal of proposals) {
      try {
        machine.apply(proposal)
      } catch {}
    }
  }

  it('of the state is equal exactly where states are, however they came about', () => {
    fc.assert(
      fc.property(fc.array(calls), fc.array(calls), (one, other) => {
        const [a, b] = [filled(), filled()]
        run(a, one)
        run(b, other)
        expect(a.digest?.().state === b.digest?.().state).toBe(bytesOf(a) === bytesOf(b))
        const restored = filled()
        restored.restore(a.snapshot(), 1)
        expect(restored.digest?.().state).toBe(a.digest?.().state)
        expect(a.fork().digest?.()).toEqual(a.digest?.())
      }),
    )
  })

  it('names what has come to something else, whatever the order of what does not interfere', () => {
    const [one, other] = [filled(), filled()]
    run(one, [call('set', ['a', 1]), call('set', ['b', 1]), call('delete', 'c')])
    run(other, [call('delete', 'c'), call('set', ['b', 1]), call('set', ['a', 1])])
    expect(one.digest?.()).toEqual(other.digest?.())
    expect(one.digest?.().parts.map(([name]) => name)).toEqual(['delete', 'set'])
    run(one, [call('delete', 'a'), call('result', 1), call('thrown', 'a')])
    run(other, [call('delete', 'd'), call('result', 1), call('thrown', 'a')])
    const [ones, others] = [new Map(one.digest?.().parts), new Map(other.digest?.().parts)]
    expect([...ones.keys()].filter((name) => ones.get(name) !== others.get(name))).toEqual(['delete'])
  })

  it('counts kinds anew from when it is told to', () => {
    const machine = filled('a')
    const { state } = machine.digest?.() ?? {}
    machine.restartDigest?.()
    expect(machine.digest?.()).toEqual({ state, parts: [] })
  })

  it('does not change with names that nobody has defined', () => {
    const machine = filled('a')
    const before = machine.digest?.()
    run(machine, [call('explode'), { spans: [], payload: new Uint8Array(1) }])
    expect(machine.digest?.()).toEqual(before)
  })
})

describe('versions of a state', () => {
  const third: StateDefinition<unknown, View> = defineState({
    version: 3,
    mutators: {
      set: { touches: ofPair, run: (tx, [key, value]) => tx.set(key, value) },
      version: { touches, run: (tx) => tx.version },
      added: { since: 3, touches, run: () => 'here' },
    },
    migrations: {
      2: (tx) => {
        for (const [key, value] of tx.scan()) tx.set(`two/${key}`, value)
      },
      3: (tx) => {
        for (const [key] of tx.scan({ to: 'two/' })) tx.delete(key)
        if (tx.has('two/bad')) throw new Error('bad')
      },
    },
  })

  const ofVersion = (version: number, ...keys: readonly string[]): Machine => {
    const machine = third.create()
    machine.restore([], version)
    for (const key of keys) machine.apply(call('set', [key, 1]))
    return machine
  }

  it('are those that its migrations lead through', () => {
    expect([third.versions, state.versions]).toEqual([
      [1, 3],
      [1, 1],
    ])
  })

  it('follow each other, one migration after the other, and digests follow them', () => {
    const machine = ofVersion(1, 'a', 'b')
    const view = machine.value
    machine.migrate?.(3)
    expect([...view.scan()].map(([key]) => key)).toEqual(['a', 'b'])
    expect(held(machine)).toEqual([
      ['two/a', 1],
      ['two/b', 1],
    ])
    expect(machine.apply(call('version'))).toBe(3)
    const restored = ofVersion(3)
    restored.restore(machine.snapshot(), 3)
    expect(restored.digest?.().state).toBe(machine.digest?.().state)
  })

  it('are not left where a migration throws, not half of the way either', () => {
    const machine = ofVersion(1, 'bad')
    const before = [held(machine), machine.digest?.()]
    expect(() => machine.migrate?.(3)).toThrow('bad')
    expect([held(machine), machine.digest?.()]).toEqual(before)
    expect(machine.apply(call('version'))).toBe(1)
    expect(() => ofVersion(1).migrate?.(4)).toThrow(RangeError)
  })

  it('refuse what came with a later one, as programs do that do not know it', () => {
    const old = defineState({ version: 1, mutators: {} }).create()
    for (const machine of [old, ofVersion(1)]) {
      expect(() => machine.apply(call('added'))).toThrow(new UnknownMutator('added', 1))
    }
    expect(ofVersion(3).apply(call('added'))).toBe('here')
  })

  it('have no asynchronous migrations', () => {
    const migrations = { 2: async () => {} }
    const machine = defineState({ version: 2, mutators: {}, migrations }).create()
    machine.restore([], 1)
    expect(() => machine.migrate?.(2)).toThrow(/asynchronous/)
  })
})
