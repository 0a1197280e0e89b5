import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidCommand, read, readRange, type Span, write, writeRange } from '../core/index.js'
import { Declaration } from './declaration.js'
import type { Json } from './json.js'
import { OrderedMap } from './ordered-map.js'
import { type Row, rowOf } from './rows.js'
import { UndeclaredKey } from './state-errors.js'
import { Transaction } from './transaction.js'

const rowsOf = (...keys: readonly string[]): OrderedMap<Row> => {
  const rows = new OrderedMap<Row>()
  for (const key of keys) rows.set(key, rowOf(key, key.length))
  return rows
}

const transaction = (rows: OrderedMap<Row>, ...spans: readonly Span[]): Transaction =>
  new Transaction(rows, { mutator: 'm', spans, circumstances: { now: 5, seed: 1, author: 'Ada' }, version: 3 })

const held = (rows: OrderedMap<Row>): readonly (readonly [string, Json])[] =>
  Array.from(rows.entries(), ([key, { value }]) => [key, value])

describe('a transaction', () => {
  it('sees what it has written itself', () => {
    const rows = rowsOf('a', 'b')
    const tx = transaction(rows, writeRange(''))
    tx.set('c', 'new')
    expect(tx.delete('a')).toBe(true)
    expect(tx.delete('a')).toBe(false)
    expect([tx.get('c'), tx.get('a'), tx.has('c'), tx.has('a')]).toEqual(['new', undefined, true, false])
    expect([...tx.scan()]).toEqual([
      ['b', 1],
      ['c', 'new'],
    ])
    expect([...tx.scan({ to: 'c', reverse: true })]).toEqual([['b', 1]])
  })

  it('may delete what it is going through', () => {
    const rows = rowsOf(...Array.from({ length: 200 }, (_, i) => `k${i}`))
    const tx = transaction(rows, writeRange('k'))
    for (const [key] of tx.scan({ from: 'k' })) tx.delete(key)
    expect(rows.size).toBe(0)
  })

  it('that is undone has changed nothing', () => {
    const rows = rowsOf('a', 'b')
    const before = held(rows)
    const tx = transaction(rows, writeRange(''))
    tx.set('a', 1)
    tx.set('a', 2)
    tx.delete('a')
    tx.delete('b')
    tx.set('c', 3)
    tx.undo()
    expect(held(rows)).toEqual(before)
  })

  it('keeps a frozen copy: what the mutator holds stays its own', () => {
    const rows = rowsOf()
    const tx = transaction(rows, write('a'))
    const list = [1]
    tx.set('a', list)
    list.push(2)
    expect(tx.get('a')).toEqual([1])
    expect(() => tx.get<number[]>('a')?.push(3)).toThrow(TypeError)
  })

  it('has scans that can be gone through again, and show what was there at their call', () => {
    const tx = transaction(rowsOf('a', 'b'), writeRange(''))
    const scan = tx.scan()
    tx.set('c', 1)
    tx.delete('a')
    const keys = (): readonly string[] => Array.from(scan, ([key]) => key)
    expect(keys()).toEqual(['a', 'b'])
    expect(keys()).toEqual(['a', 'b'])
  })

  it('takes no value that JSON can not hold, and no key that a command could not name', () => {
    const tx = transaction(rowsOf(), writeRange(''))
    expect(() => tx.set('a', new Date() as unknown as Json)).toThrow(TypeError)
    expect(() => tx.set('a', undefined as unknown as Json)).toThrow(TypeError)
    expect(() => tx.set('x'.repeat(1025), 1)).toThrow(InvalidCommand)
    expect(() => tx.set('\ud800', 1)).toThrow(InvalidCommand)
    expect(() => tx.set(1 as unknown as string, 1)).toThrow(InvalidCommand)
    expect(tx.end().size).toBe(0)
  })

  it('knows who calls, when, in which version, and has the chance of its seed', () => {
    const [one, other] = [transaction(rowsOf()), transaction(rowsOf())]
    expect([one.author, one.now, one.version]).toEqual(['Ada', 5, 3])
    expect([one.random(), one.random()]).toEqual([other.random(), other.random()])
  })

  it('can be used no more once it has ended', () => {
    const tx = transaction(rowsOf('a'), writeRange(''))
    tx.end()
    for (const use of [
      () => tx.get('a'),
      () => tx.has('a'),
      () => tx.scan(),
      () => tx.set('a', 1),
      () => tx.delete('a'),
    ])
      expect(use).toThrow(/has ended/)
  })
})

describe('what is not declared', () => {
  const refused = (use: (tx: Transaction) => unknown, ...spans: readonly Span[]): void => {
    const tx = transaction(rowsOf('k'), ...spans)
    expect(() => use(tx)).toThrow(UndeclaredKey)
    expect(() => tx.end()).toThrow(UndeclaredKey)
  }

  it('is not looked at, and not changed', () => {
    const set = (tx: Transaction): void => tx.set('k', 1)
    refused(set)
    refused(set, write('other'))
    refused(set, read('k'))
    refused(set, readRange('a'))
    refused(set, writeRange('a', 'k'))
    refused((tx) => tx.delete('k'), read('k'))
    refused((tx) => tx.get('k'), read('l'), readRange('l'))
    refused((tx) => tx.has('k'))
    const scan = (tx: Transaction): unknown => tx.scan({ from: 'b', to: 'd' })
    refused(scan, read('b'), write('c'))
    refused(scan, readRange('b', 'c'))
    refused(scan, readRange('ba', 'd'))
    refused((tx) => tx.scan({ from: 'b' }), writeRange('b', 'd'))
    refused((tx) => tx.scan(), readRange('a'))
  })

  it('is refused before the first entry is asked for', () => {
    const tx = transaction(rowsOf('k'))
    expect(() => tx.scan({ from: 'k' })).toThrow(UndeclaredKey)
  })

  it('ends the transaction where that was caught, with the first of them', () => {
    const tx = transaction(rowsOf('k'), write('a'))
    for (const key of ['k', 'l']) {
      try {
        tx.get(key)
      } catch {}
    }
    tx.set('a', 1)
    expect(() => tx.end()).toThrow(new UndeclaredKey('m', read('k'), [write('a')]))
  })

  it('is named, with what was declared and what to do', () => {
    const error = new UndeclaredKey('claim', write('seat/3'), [read('a'), writeRange('b', 'c'), write('d'), read('e')])
    expect(error.message).toBe(
      `the mutator "claim" changes "seat/3", and its touches declare read('a'); writeRange('b', 'c'); write('d'); and 1 ` +
        `more: declare write('seat/3'), or a range that covers it`,
    )
    expect(new UndeclaredKey(undefined, readRange('a'), []).message).toBe(
      `a read looks at the keys from "a" on, and its touches declare nothing: declare readRange('a'), or a range that covers it`,
    )
  })
})

it('may be declared wider than it is: an empty range needs nothing', () => {
  const tx = transaction(rowsOf('k'), writeRange('a', 'm'), read('z'))
  tx.set('k', 2)
  expect(tx.get('k')).toBe(2)
  expect([...tx.scan({ from: 'b', to: 'm' })]).toEqual([['k', 2]])
  expect([...tx.scan({ from: 'y', to: 'x' })]).toEqual([])
  expect(tx.end().size).toBe(1)
})

it('what many spans cover is what any one of them covers', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  // Ranges are few: what they cover, no key has to.
  const span = fc.oneof(
    { arbitrary: key.map(read), weight: 20 },
    { arbitrary: key.map(write), weight: 10 },
    { arbitrary: key.map((from) => readRange(from, 'g')), weight: 1 },
    { arbitrary: key.map((from) => writeRange(from)), weight: 1 },
  )
  const covers = (spans: readonly Span[], key: string, changed: boolean): boolean => {
    try {
      new Declaration(spans, 'm').checkKey(key, changed)
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.array(span, { minLength: 9, maxLength: 20 }), key, fc.boolean(), (spans, key, changed) => {
      expect(covers(spans, key, changed)).toBe(spans.some((one) => covers([one], key, changed)))
    }),
  )
})
