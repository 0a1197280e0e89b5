import fc from 'fast-check'
import { expect, it } from 'vitest'
import { value } from '../../core/arbitraries.js'
import { type Span, valuesInterfere, write } from '../../core/index.js'
import { interfere } from './interfere.js'

const over = (...spans: Span[]) =>
  ({
    kind: 'commands',
    commands: [{ spans, payload: new Uint8Array(), session: '0'.repeat(32), sequence: 1, acknowledged: 0, after: [] }],
  }) as const

it('the judge and core, each in its own way, come to the same view of what interferes', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(interfere(a, b)).toBe(valuesInterfere(a, b))
    }),
    { numRuns: 2000 },
  )
})

it('a range holds its first key, and not the one it ends at', () => {
  const range: Span = { kind: 'range', write: false, from: 'b', to: 'd' }
  expect(interfere(over(range), over(write('a')))).toBe(false)
  expect(interfere(over(range), over(write('b')))).toBe(true)
  expect(interfere(over(range), over(write('c\0')))).toBe(true)
  expect(interfere(over(range), over(write('d')))).toBe(false)
  expect(interfere(over({ ...range, to: undefined }), over(write('z')))).toBe(true)
})
