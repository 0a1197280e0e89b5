import { expect, it } from 'vitest'
import { type Command, readRange, type Span, write, writeRange } from '../../core/index.js'
import { Registers } from './registers.js'

const command = (...spans: Span[]): Command => ({
  spans,
  payload: new Uint8Array(),
  session: '0'.repeat(32),
  sequence: 1,
  acknowledged: 0,
  after: [],
})

it('a range begins with its first key, and ends before its last, whether it is read or emptied', () => {
  const registers = new Registers()
  registers.apply(command(...['d', 'c', 'b', 'a'].map(write)), 'w')
  const middle = [
    ['b', 'w'],
    ['c', 'w'],
  ]
  expect(registers.apply(command(readRange('b', 'd')), 'r')).toEqual([middle])
  registers.apply(command(writeRange('b', 'd')), 'e')
  expect([...registers.snapshot().keys()].sort()).toEqual(['a', 'd'])
})
