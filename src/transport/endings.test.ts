import { expect, test } from 'vitest'
import { endOf } from './endings.js'

const plain = { tokensChange: false, sealed: false }

test('a link that another attempt would not help ends, unless that would come with another token', () => {
  expect(endOf('unsupported-version', plain)).toBe('final')
  expect(endOf('replaced', plain)).toBe('final')
  expect(endOf('unauthorized', plain)).toBe('final')
  expect(endOf('unauthorized', { ...plain, tokensChange: true })).toBe('later')
  expect(endOf('relay-closed', plain)).toBe('soon')
})

test('what somebody at the relay can bring about by a name that is not his own ends no sealed link for good', () => {
  for (const reason of ['replaced', 'room-full', 'protocol-error'] as const) {
    expect(endOf(reason, { ...plain, sealed: true })).toBe('later')
  }
  expect(endOf('unsupported-version', { ...plain, sealed: true })).toBe('final')
})
