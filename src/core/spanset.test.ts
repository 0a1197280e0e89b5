import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { command as anyCommand } from './arbitraries.js'
import {
  type Command,
  commandsInterfere,
  NOOP,
  read,
  readRange,
  type Span,
  spansInterfere,
  type Value,
  valuesEqual,
  valuesInterfere,
  write,
  writeRange,
} from './command.js'
import { SpanSet } from './spanset.js'
import { batch, command } from './stage-words.js'

describe('spans', () => {
  it.each([
    [write('a'), write('a'), true],
    [write('a'), read('a'), true],
    [read('a'), read('a'), false],
    [write('a'), write('b'), false],
    [write('a'), readRange('a', 'b'), true],
    [write('b'), readRange('a', 'b'), false],
    [write('b'), readRange('a'), true],
    [read('b'), readRange('a'), false],
    [writeRange('a', 'b'), readRange('b', 'c'), false],
    [writeRange('a', 'b\0'), readRange('b', 'c'), true],
    [writeRange('a'), writeRange('z', 'zz'), true],
    [writeRange('', 'a'), write(''), true],
  ])('%j and %j interfere: %s, either way round', (a, b, interfere) => {
    expect(spansInterfere(a, b)).toBe(interfere)
    expect(spansInterfere(b, a)).toBe(interfere)
  })
})

describe('values', () => {
  const readOf = (name: string): Value => batch(command(name, read(name)))

  it.each<[string, Value]>([
    ['a no-op', NOOP],
    ['a sweep', { kind: 'sweep', payload: new Uint8Array() }],
  ])('interfere with %s whatever they touch [H2]', (_, universal) => {
    expect(valuesInterfere(universal, readOf('a'))).toBe(true)
    expect(valuesInterfere(readOf('a'), universal)).toBe(true)
    expect(valuesInterfere(universal, universal)).toBe(true)
    expect(valuesInterfere(readOf('a'), readOf('a'))).toBe(false)
  })

  it('are equal when they are the same to the last byte', () => {
    const sweep = (byte: number): Value => ({ kind: 'sweep', payload: new Uint8Array([byte]) })
    const one = command('a', write('x'), readRange('y', 'z'))
    const all: readonly (() => Value)[] = [
      () => NOOP,
      () => sweep(1),
      () => sweep(2),
      () => batch(one),
      () => batch({ ...one, acknowledged: 1 }),
      () => batch({ ...one, after: [1] }),
      () => batch({ ...one, after: [1, 2] }),
      () => batch({ ...one, sequence: one.sequence + 1 }),
      () => batch({ ...one, session: 'f'.repeat(32) }),
      () => batch({ ...one, payload: new Uint8Array([98]) }),
      () => batch({ ...one, spans: [write('x'), readRange('y')] }),
      () => batch({ ...one, spans: [read('x'), readRange('y', 'z')] }),
      () => batch({ ...one, spans: [write('x')] }),
      () => batch(one, one),
    ]
    all.forEach((a, i) => {
      for (const [j, b] of all.entries()) expect(valuesEqual(a(), b())).toBe(i === j)
    })
  })
})

describe('a set of spans', () => {
  it('says what comparing with each command in it says, whatever came and went', () => {
    const step = fc.oneof(
      anyCommand.map((add) => ({ add })),
      fc.nat(50).map((remove) => ({ remove })),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), anyCommand, (script, asked) => {
        const set = new SpanSet()
        const model: Command[] = []
        for (const next of script) {
          if ('add' in next) {
            set.add(next.add)
            model.push(next.add)
          } else if (model.length > 0) {
            for (const gone of model.splice(next.remove % model.length, 1)) set.delete(gone)
          }
          expect(set.interferes(asked)).toBe(model.some((other) => commandsInterfere(other, asked)))
        }
      }),
    )
  })

  it('keeps a range for as long as one of the commands that share it is in', () => {
    const everything = readRange('')
    const commandOver = (...spans: Span[]): Command => ({
      spans,
      payload: new Uint8Array(),
      session: '0'.repeat(32),
      sequence: 1,
      acknowledged: 0,
      after: [],
    })
    const [a, b, c] = [commandOver(everything), commandOver(everything), commandOver(write('k'))]
    const set = new SpanSet()
    set.add(a)
    set.add(b)
    set.delete(a)
    expect(set.interferes(c)).toBe(true)
    set.delete(b)
    expect(set.interferes(c)).toBe(false)
  })
})
