import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, sameJson } from '../state/index.js'
import { type Call, InvalidHistory, type Operation, type Outcome } from './history.js'
import { findUnlinearizable } from './linearizability.js'

const get = (key: string): Operation => ({ op: 'get', key })
const put = (key: string, value: Json): Operation => ({ op: 'put', key, value })
const del = (key: string): Operation => ({ op: 'del', key })
const scan = (from = '', to?: string): Operation => ({ op: 'scan', from, to })
const clear = (from = '', to?: string): Operation => ({ op: 'clear', from, to })
const cas = (key: string, expected: Json | undefined, value: Json | undefined): Operation => ({
  op: 'cas',
  key,
  expected,
  value,
})

/** A call of [called, returned], with an operation and its outcome in turn. */
const call = (called: number, returned: number, ...told: readonly (readonly [Operation, Outcome])[]): Call => ({
  client: 0,
  operations: told.map(([operation]) => operation),
  outcomes: told.map(([, outcome]) => outcome),
  called,
  returned,
})
const unheard = (called: number, ...operations: Operation[]): Call => ({
  client: 0,
  operations,
  outcomes: undefined,
  called,
  returned: 0,
})

const ok = { ok: true } as const
const verdict = (...calls: Call[]): string => findUnlinearizable(calls)?.verdict ?? 'linearizable'

describe('one key', () => {
  const written = call(0, 10, [put('k', 1), undefined])

  it('lets a read that is concurrent with a write see it or not', () => {
    expect(verdict(written, call(5, 6, [get('k'), undefined]))).toBe('linearizable')
    expect(verdict(written, call(5, 6, [get('k'), 1]))).toBe('linearizable')
    expect(verdict(written, call(10, 11, [get('k'), undefined]))).toBe('linearizable')
  })

  it('convicts a stale read', () => {
    expect(verdict(written, call(11, 12, [get('k'), undefined]))).toBe('unlinearizable')
    const newer = call(11, 12, [put('k', 2), undefined])
    expect(verdict(written, newer, call(13, 14, [get('k'), 1]))).toBe('unlinearizable')
  })

  it('convicts two reads that see a write, and then not', () => {
    const [seen, unseen] = [call(1, 2, [get('k'), 1]), call(3, 4, [get('k'), undefined])]
    expect(verdict(written, seen, unseen)).toBe('unlinearizable')
    expect(verdict(written, call(1, 3, [get('k'), 1]), unseen)).toBe('linearizable')
  })

  it('convicts a read of a value that was never written', () => {
    expect(verdict(written, call(5, 6, [get('k'), 2]))).toBe('unlinearizable')
  })

  it('convicts a lost update', () => {
    const [one, two] = [call(11, 20, [cas('k', 1, 2), ok]), call(12, 19, [cas('k', 2, 3), ok])]
    expect(verdict(written, one, two, call(30, 31, [get('k'), 3]))).toBe('linearizable')
    expect(verdict(written, one, two, call(30, 31, [get('k'), 2]))).toBe('unlinearizable')
  })

  it('convicts two successful swaps of one value', () => {
    const swap = (to: number) => call(11, 20, [cas('k', 1, to), ok])
    expect(verdict(written, swap(2))).toBe('linearizable')
    expect(verdict(written, swap(2), swap(3))).toBe('unlinearizable')
    const failed = call(11, 20, [cas('k', 1, 3), { ok: false, actual: 2 }])
    expect(verdict(written, swap(2), failed)).toBe('linearizable')
    expect(verdict(written, failed)).toBe('unlinearizable')
  })

  it('convicts a swap that says it found what it expected, and failed', () => {
    expect(verdict(written, call(11, 12, [cas('k', 1, 2), { ok: false, actual: 1 }]))).toBe('unlinearizable')
  })

  it('convicts two deletions of one value', () => {
    const deleted = call(11, 20, [del('k'), true])
    expect(verdict(written, deleted, call(11, 20, [del('k'), false]))).toBe('linearizable')
    expect(verdict(written, deleted, deleted)).toBe('unlinearizable')
  })

  it('tells null from what is not there, and objects by what they hold', () => {
    expect(verdict(call(0, 1, [put('k', null), undefined]), call(2, 3, [get('k'), undefined]))).toBe('unlinearizable')
    const object = call(0, 1, [put('k', { a: 1, b: [2] }), undefined])
    expect(verdict(object, call(2, 3, [get('k'), { b: [2], a: 1 }]))).toBe('linearizable')
    expect(verdict(object, call(2, 3, [get('k'), { b: [3], a: 1 }]))).toBe('unlinearizable')
  })

  it('convicts answers of another shape than the operation has', () => {
    const answers: [Operation, Outcome][] = [
      [put('k', 1), true],
      [del('k'), { malformed: true }],
      [cas('k', undefined, 1), { malformed: true }],
      [scan(), { malformed: true }],
      [clear(), { malformed: true }],
    ]
    for (const answer of answers) expect(verdict(call(0, 1, answer))).toBe('unlinearizable')
  })
})

describe('a call that was never answered', () => {
  const lost = unheard(0, put('k', 1))

  it('may take effect late, or never', () => {
    expect(verdict(lost, call(10, 11, [get('k'), undefined]), call(20, 21, [get('k'), 1]))).toBe('linearizable')
    expect(verdict(lost, call(10, 11, [get('k'), undefined]))).toBe('linearizable')
  })

  it('does not take effect before it was made, nor twice', () => {
    expect(verdict(unheard(5, put('k', 1)), call(3, 4, [get('k'), 1]))).toBe('unlinearizable')
    const deleted = (at: number) => call(at, at + 1, [del('k'), true])
    expect(verdict(lost, deleted(10))).toBe('linearizable')
    expect(verdict(lost, deleted(10), deleted(20))).toBe('unlinearizable')
  })

  it('takes effect as a whole', () => {
    const both = unheard(0, put('a', 1), put('b', 1))
    expect(
      verdict(
        both,
        call(1, 2, [
          scan(),
          [
            ['a', 1],
            ['b', 1],
          ],
        ]),
      ),
    ).toBe('linearizable')
    expect(verdict(both, call(1, 2, [scan(), [['a', 1]]]))).toBe('unlinearizable')
  })

  it('may show though what it wrote first is overwritten unseen', () => {
    const both = unheard(0, put('a', 1), put('b', 1))
    const over = call(1, 2, [put('a', 2), undefined])
    expect(verdict(both, over, call(3, 4, [get('a'), 2], [get('b'), 1]))).toBe('linearizable')
  })

  it('may depend on another one', () => {
    const chain = [unheard(0, cas('k', 1, 2)), unheard(0, cas('k', 2, 3)), lost]
    expect(verdict(...chain, call(1, 2, [get('k'), 3]))).toBe('linearizable')
    expect(verdict(...chain.slice(0, 2), call(1, 2, [get('k'), 3]))).toBe('unlinearizable')
  })
})

describe('several keys', () => {
  const both = call(0, 10, [put('a', 1), undefined], [put('b', 1), undefined])

  it('convicts a read of one half of an atomic command', () => {
    expect(verdict(both, call(5, 6, [get('a'), 1], [get('b'), 1]))).toBe('linearizable')
    expect(verdict(both, call(5, 6, [get('a'), 1], [get('b'), undefined]))).toBe('unlinearizable')
    expect(verdict(both, call(5, 6, [get('a'), 1]), call(7, 8, [get('b'), undefined]))).toBe('unlinearizable')
  })

  it('convicts an order across keys though each key alone is fine', () => {
    const other = call(0, 10, [put('a', 2), undefined], [put('b', 2), undefined])
    const [a, b] = [call(20, 21, [get('a'), 1]), call(20, 21, [get('b'), 2])]
    expect(verdict(both, other, a)).toBe('linearizable')
    expect(verdict(both, other, b)).toBe('linearizable')
    expect(verdict(both, other, a, b)).toBe('unlinearizable')
  })

  it('executes the operations of a command in their order', () => {
    const command = call(0, 1, [put('a', 1), undefined], [get('a'), 1], [del('a'), true], [get('a'), undefined])
    expect(verdict(command)).toBe('linearizable')
    expect(verdict(call(0, 1, [get('a'), 1], [put('a', 1), undefined]))).toBe('unlinearizable')
  })

  it('convicts a scan that misses a key, makes one up, or has them in disorder', () => {
    const scanned = (...pairs: [string, Json][]) => verdict(both, call(11, 12, [scan('a', 'c'), pairs]))
    expect(scanned(['a', 1], ['b', 1])).toBe('linearizable')
    expect(scanned(['a', 1])).toBe('unlinearizable')
    expect(scanned(['a', 1], ['b', 1], ['bb', 1])).toBe('unlinearizable')
    expect(scanned(['b', 1], ['a', 1])).toBe('unlinearizable')
    expect(scanned(['a', 1], ['a', 1], ['b', 1])).toBe('unlinearizable')
    expect(verdict(both, call(11, 12, [scan('b', 'b'), []]))).toBe('linearizable')
    expect(verdict(call(11, 12, [scan(), [['made up', 1]]]))).toBe('unlinearizable')
  })

  it('convicts a clear that misses a key, and knows what it leaves', () => {
    expect(verdict(both, call(11, 12, [clear(), ['a', 'b']]), call(13, 14, [scan(), []]))).toBe('linearizable')
    expect(verdict(both, call(11, 12, [clear('a', 'b'), ['a']]), call(13, 14, [get('b'), 1]))).toBe('linearizable')
    expect(verdict(both, call(11, 12, [clear(), ['a']]))).toBe('unlinearizable')
  })
})

describe('the explanation', () => {
  it('names the key, the longest order, and where it ends; calls on other keys have no part in it', () => {
    const fine = call(0, 1, [put('fine', 1), undefined])
    const [one, two] = [call(0, 1, [put('k', 1), undefined]), call(2, 3, [put('k', 2), undefined])]
    const stale = call(4, 5, [get('k'), 1])
    const found = findUnlinearizable([stale, fine, two, one])
    expect(found).toMatchObject({ verdict: 'unlinearizable', keys: ['k'], linearized: [one, two], stuck: [stale] })
    expect(found?.explanation).toMatchInlineSnapshot(`
      "not linearizable at "k": the longest order found has 2 of 3 calls, the last of them
        client 0 [0, 1]: put "k" 1 → undefined
        client 0 [2, 3]: put "k" 2 → undefined
      no order goes on with any of these
        client 0 [4, 5]: get "k" → 1"
    `)
  })
})

describe('the search', () => {
  const many = Array.from({ length: 20 }, (_, i) => i)
  const reads = (...values: number[]) => values.map((value, i) => call(100 + 2 * i, 101 + 2 * i, [get('k'), value]))

  it('is short with twenty unanswered writes and hundreds of reads, right or wrong', () => {
    const writes = many.map((value) => unheard(0, put('k', value)))
    const seen = many.toReversed().flatMap((value) => Array.from({ length: 15 }, () => value))
    expect(findUnlinearizable([...writes, ...reads(...seen)], 20_000)).toBeUndefined()
    expect(findUnlinearizable([...writes, ...reads(...seen, 7)], 20_000)?.verdict).toBe('unlinearizable')
  })

  it('is short with twenty unanswered writes to as many keys, seen together', () => {
    const key = (i: number) => `k${String(i).padStart(2, '0')}`
    const writes = many.map((i) => unheard(0, put(key(i), i)))
    const all = many.map((i): [string, Json] => [key(i), i])
    const scans = call(1, 2, [scan(), all.slice(10)])
    expect(findUnlinearizable([...writes, scans, call(3, 4, [scan(), all])], 2000)).toBeUndefined()
    expect(findUnlinearizable([...writes, scans, call(3, 4, [scan(), all.slice(9, 15)])], 2000)?.verdict).toBe(
      'unlinearizable',
    )
  })

  it('is short with twenty concurrent writes that no order explains', () => {
    const writes = many.map((value) => call(0, 50, [put('k', value), undefined]))
    expect(findUnlinearizable([...writes, ...reads(3, 3, 3)], 2000)).toBeUndefined()
    expect(findUnlinearizable([...writes, ...reads(3, 4)], 2000)?.verdict).toBe('unlinearizable')
    expect(findUnlinearizable([...writes, ...reads(99)], 2000)?.verdict).toBe('unlinearizable')
  })

  it('says that it gave up, and never passes for that', () => {
    const history = [call(0, 1, [put('k', 1), undefined]), call(2, 3, [get('k'), 1])]
    expect(findUnlinearizable(history, 3)).toBeUndefined()
    expect(findUnlinearizable(history, 1)).toMatchObject({ verdict: 'undecided', keys: ['k'] })
  })

  it('prefers what it can convict over what it gives up on', () => {
    const hard = many.map((value) => call(0, 50, [put('k', value), undefined]))
    expect(findUnlinearizable(hard, 5)).toMatchObject({ verdict: 'undecided', keys: ['k'] })
    const wrong = call(0, 1, [get('other'), 1])
    expect(findUnlinearizable([...hard, wrong], 5)).toMatchObject({ verdict: 'unlinearizable', keys: ['other'] })
  })
})

describe('a history that was not recorded right', () => {
  it('is refused', () => {
    const missing = { ...call(0, 1, [get('k'), undefined]), outcomes: [] }
    expect(() => findUnlinearizable([missing])).toThrow(InvalidHistory)
    expect(() => findUnlinearizable([call(2, 1, [get('k'), undefined])])).toThrow(InvalidHistory)
  })
})

/** A map, in the plainest words: the model that the checker is compared with. */
const execute = (map: Map<string, Json>, operation: Operation): Outcome => {
  const set = (key: string, value: Json | undefined): undefined => {
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
  if (operation.op === 'get') return map.get(operation.key)
  if (operation.op === 'put') return set(operation.key, operation.value)
  if (operation.op === 'del') return map.delete(operation.key)
  if (operation.op === 'cas') {
    const actual = map.get(operation.key)
    if (!sameJson(actual, operation.expected)) return { ok: false, actual }
    set(operation.key, operation.value)
    return ok
  }
  const { from, to } = operation
  const range = [...map]
    .filter(([key]) => key >= from && (to === undefined || key < to))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (operation.op === 'scan') return range
  for (const [key] of range) map.delete(key)
  return range.map(([key]) => key)
}

const text = (value: unknown): string => JSON.stringify(value, (_, part) => (part === undefined ? '∅' : part))

/** Every order of every choice of calls. */
const bruteForce = (calls: readonly Call[], map: ReadonlyMap<string, Json> = new Map()): boolean => {
  if (calls.every(({ outcomes }) => outcomes === undefined)) return true
  return calls.some((next, i) => {
    const rest = calls.filter((_, j) => j !== i)
    if (rest.some(({ outcomes, returned }) => outcomes !== undefined && returned < next.called)) return false
    const after = new Map(map)
    const outcomes = next.operations.map((operation) => execute(after, operation))
    if (next.outcomes !== undefined && text(outcomes) !== text(next.outcomes)) return false
    return bruteForce(rest, after)
  })
}

const operationOn = (keys: readonly string[], values: number): Arbitrary<Operation> => {
  const key = fc.constantFrom(...keys)
  const value = fc.nat(values - 1)
  const maybe = fc.option(value, { nil: undefined })
  const range = fc.tuple(key, fc.option(key, { nil: undefined }))
  return fc.oneof(
    { weight: 4, arbitrary: key.map(get) },
    { weight: 4, arbitrary: fc.tuple(key, value).map(([k, v]) => put(k, v)) },
    { weight: 3, arbitrary: fc.tuple(key, maybe, maybe).map(([k, a, b]) => cas(k, a, b)) },
    { weight: 2, arbitrary: key.map(del) },
    { weight: 1, arbitrary: range.map(([from, to]) => scan(from, to)) },
    { weight: 1, arbitrary: range.map(([from, to]) => clear(from, to)) },
  )
}

/** Commands executed one after the other at 10, 20, 30 …, with intervals stretched around that, some answers lost. */
const stretched = (
  operation: Arbitrary<Operation>,
  count: { readonly minLength?: number; readonly maxLength: number },
  reach: number,
  lost: number,
): Arbitrary<Call[]> =>
  fc
    .array(
      fc.record({
        operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
        before: fc.nat(reach),
        after: fc.nat(reach),
        lost: fc.nat(99).map((percent) => percent < lost),
        took: fc.boolean(),
      }),
      count,
    )
    .map((commands) => {
      const map = new Map<string, Json>()
      return commands.map(({ operations, before, after, lost, took }, i): Call => {
        const outcomes = lost && !took ? [] : operations.map((each) => execute(map, each))
        const point = 10 * (i + 1)
        const times = { called: point - before, returned: point + after }
        return { client: i, operations, outcomes: lost ? undefined : outcomes, ...times }
      })
    })

describe('random histories', () => {
  const small = operationOn(['a', 'b', 'c'], 3)

  it('are accepted where they come from one map, whatever the overlap and the lost answers', () => {
    const any = fc.oneof(
      stretched(operationOn(['k'], 1000), { maxLength: 60 }, 60, 20),
      stretched(operationOn(['k'], 3), { maxLength: 60 }, 60, 20),
      stretched(small, { maxLength: 60 }, 60, 20),
      stretched(operationOn([...'abcdefgh'], 1000), { maxLength: 60 }, 60, 20),
    )
    fc.assert(
      fc.property(any, (calls) => {
        expect(findUnlinearizable(calls)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('are convicted with an answer that nothing explains', () => {
    fc.assert(
      fc.property(stretched(small, { minLength: 1, maxLength: 40 }, 60, 20), fc.nat(), (calls, at) => {
        const broken = { ...call(10 * (at % 41), 1000, [get('a'), 'never written']), client: 99 }
        expect(findUnlinearizable([...calls, broken])?.verdict).toBe('unlinearizable')
      }),
    )
  })

  it('are judged as by trying every order, right or wrong', () => {
    const judged = { right: 0, wrong: 0 }
    const moves = fc.record({ at: fc.nat(), called: fc.nat(60), length: fc.nat(40) })
    fc.assert(
      fc.property(
        stretched(small, { minLength: 3, maxLength: 6 }, 15, 20),
        fc.array(moves, { maxLength: 3 }),
        (calls, changes) => {
          for (const { at, called, length } of changes) {
            const moved = calls[at % calls.length]
            if (moved !== undefined) calls[at % calls.length] = { ...moved, called, returned: called + length }
          }
          const right = bruteForce(calls)
          judged[right ? 'right' : 'wrong']++
          expect(findUnlinearizable(calls)?.verdict).toBe(right ? undefined : 'unlinearizable')
        },
      ),
      { numRuns: 2000 },
    )
    expect(Math.min(judged.right, judged.wrong)).toBeGreaterThan(100)
  })
})
