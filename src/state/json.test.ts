import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyJson } from './arbitraries.js'
import { decodeJson, encodeJson, frozenCopy, type Json, jsonFault, sameJson } from './json.js'

const json = anyJson({ noUnicodeString: false, maxDepth: 4 })

it('any JSON value survives its encoding, and is the same as itself', () => {
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
  const small = anyJson({ maxDepth: 2, depthSize: 'small' })
  fc.assert(
    fc.property(small, small, (a, b) => {
      expect(sameJson(a, b)).toBe(canonical(a) === canonical(b))
      expect(sameJson(a, structuredClone(a) as Json)).toBe(true)
    }),
  )
})

describe('a frozen copy', () => {
  it('is what JSON would give back, to the order of its names', () => {
    fc.assert(
      fc.property(json, (value) => {
        const back: unknown = JSON.parse(JSON.stringify(value))
        expect(frozenCopy(value)).toStrictEqual(back)
        expect(JSON.stringify(frozenCopy(value))).toBe(JSON.stringify(value))
      }),
    )
    expect(Object.is(frozenCopy(-0), 0)).toBe(true)
  })

  it('can not be changed, and what it was made of can', () => {
    const given = { list: [1], more: { deep: true } }
    const copy = frozenCopy(given) as typeof given
    given.list.push(2)
    given.more.deep = false
    expect(copy).toEqual({ list: [1], more: { deep: true } })
    expect(() => copy.list.push(2)).toThrow(TypeError)
    expect(() => Object.assign(copy.more, { deep: false })).toThrow(TypeError)
  })

  it('has no properties that are undefined', () => {
    expect(frozenCopy({ a: undefined, b: 1 })).toStrictEqual({ b: 1 })
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  const bad: readonly (readonly [string, unknown, readonly PropertyKey[]])[] = [
    ['nothing', undefined, []],
    ['no number', { rows: [1, Number.NaN] }, ['rows', 1]],
    ['a function', [() => {}], [0]],
    ['a big integer', 1n, []],
    ['an object of a class', { at: new Date(0) }, ['at']],
    ['a hole', { list: [undefined] }, ['list', 0]],
    ['half of a character', { a: '\ud800' }, ['a']],
    ['half of a character in a name', { '\ud800': 1 }, ['\ud800']],
    ['a prototype to be', JSON.parse('{"a":{"__proto__":{"b":1}}}'), ['a', '__proto__']],
    ['itself', circular, Array.from({ length: 64 }, () => 'self')],
  ]
  it.each(bad)('is not made of what JSON can not hold, and says where that is: %s', (_, value, path) => {
    let caught: unknown
    try {
      frozenCopy(value)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(TypeError)
    expect(jsonFault(caught)?.path).toEqual(path)
    expect(() => encodeJson(value as Json)).toThrow(TypeError)
  })
})

it.each([
  ['no text', new Uint8Array([0xff, 0xfe])],
  ['nothing', new Uint8Array()],
  ['no JSON', new TextEncoder().encode('{')],
  ['what is nested too deep', new TextEncoder().encode(`${'['.repeat(65)}${']'.repeat(65)}`)],
  ['a number that is none', new TextEncoder().encode('[1,{"a":1e999}]')],
  ['half of a character', new TextEncoder().encode('["\\uD800"]')],
  ['half of a character in a name', new TextEncoder().encode('{"\\udfff":1}')],
  ['a prototype to be', new TextEncoder().encode('{"__proto__":{"a":1}}')],
  ['a prototype to be, in escapes', new TextEncoder().encode('{"\\u005f_proto__":1}')],
])('bytes that are no encoding are undefined: %s', (_, bytes) => {
  expect(decodeJson(bytes)).toBeUndefined()
})

it('what looks like something else in a text is still read', () => {
  for (const value of ['\u0001', '\\ud800', '__proto__', { a: '\u{1f600}', b: ['\u0000'] }]) {
    const read = decodeJson(encodeJson(value))
    expect(read).toEqual(value)
    expect(Object.isFrozen(read)).toBe(true)
  }
  expect(decodeJson(new TextEncoder().encode('"\\ud83d\\ude00"'))).toBe('\u{1f600}')
})
