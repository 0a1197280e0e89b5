import { describe, expect, it } from 'vitest'
import { fields, finite, optional, something, text, whole } from './fields.js'

const schema = fields<{ key: string; by?: number }>({ key: text, by: optional(whole) })['~standard']

describe('fields', () => {
  it.each([[{ key: 'a' }], [{ key: '', by: -1 }], [Object.assign(Object.create(null), { key: 'a' })]])(
    'are the object itself where it has what it should have: %j',
    (value) => {
      expect(schema.validate(value)).toEqual({ value })
    },
  )

  it.each([
    ['what is missing', { by: 1 }, 'key', 'is not a string'],
    ['what is of another kind', { key: 'a', by: 0.5 }, 'by', 'is not a whole number'],
    ['what is not expected', { key: 'a', more: 1 }, 'more', 'is not expected'],
    ['what only its prototype has', Object.create({ key: 'a' }), 'key', 'is not a string'],
    ['what every object has', { key: 'a', toString: 1 }, 'toString', 'is not expected'],
    ['no arguments at all', undefined, 'key', 'is not a string'],
  ])('name %s', (_, value, name, message) => {
    expect(schema.validate(value)).toEqual({ issues: [{ path: [name], message }] })
  })

  it.each([[null], [[]], ['key'], [1]])('are an object: not %j', (value) => {
    expect(schema.validate(value)).toEqual({ issues: [{ message: 'is not an object' }] })
  })

  it('are all optional where there are no arguments', () => {
    expect(fields<{ by?: number }>({ by: optional(whole) })['~standard'].validate(undefined)).toEqual({ value: {} })
  })

  it.each([
    [finite, 0.5, Number.NaN],
    [finite, -1, '1'],
    [something, null, undefined],
    [text, '', 0],
    [whole, 2 ** 53 - 1, 2 ** 53],
    [optional(text), undefined, null],
  ])('are of a kind: %j is, for %j, and not for the next', (kind, good, bad) => {
    expect(kind.is(good)).toBe(true)
    expect(kind.is(bad)).toBe(false)
  })
})
