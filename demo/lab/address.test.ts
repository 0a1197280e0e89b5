import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fragmentFor, wantedBy } from './address.js'

describe('addresses of the Lab', () => {
  test('any text comes back from the address that holds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        fc.pre(text !== 'measure')
        expect(wantedBy(fragmentFor(text))).toEqual({ kind: 'run', text })
      }),
    )
  })

  test('without a run it asks for the first one', () => {
    for (const fragment of ['lab', 'lab/', '#lab']) expect(wantedBy(fragment)).toEqual({ kind: 'first' })
  })

  test('measure is a place of its own', () => {
    expect(wantedBy('lab/measure')).toEqual({ kind: 'measure' })
  })

  test('broken percent signs and endless addresses are told apart from runs, in words', () => {
    expect(wantedBy('lab/%E0%A4%A')).toEqual({ kind: 'unreadable', reason: expect.stringContaining('percent sign') })
    const endless = `lab/${'a'.repeat(300_000)}`
    expect(wantedBy(endless)).toEqual({ kind: 'unreadable', reason: expect.stringContaining('300004 letters') })
  })
})
