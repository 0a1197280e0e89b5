import type { Message } from 'epaxos/core'
import { expect, test } from 'vitest'
import { KEY_BYTES, keyOf, ofBatch, ofInstances, PAYLOAD_BYTES, type Said } from './traffic.js'

const kinds = (said: readonly Said[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { kind } of said.flatMap(({ messages }) => messages)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const proposed = (said: readonly Said[]): readonly Message[] =>
  said.flatMap(({ messages }) => messages).filter(({ kind }) => kind === 'pre-accept')

test('commands of their own instances are told to both others, answered by both, and committed to both', () => {
  expect(kinds(ofInstances(10))).toEqual({ 'pre-accept': 20, 'pre-accept-ok': 20, commit: 20 })
})

test('a batch is one instance, of all commands, in each of the messages that are sent for it', () => {
  const said = ofBatch(10)
  expect(kinds(said)).toEqual({ 'pre-accept': 2, 'pre-accept-ok': 2, commit: 2 })
  for (const message of proposed(said)) {
    expect(message).toMatchObject({ value: { commands: { length: 10 } } })
  }
})

test('each command has a key and a payload of the lengths that are told', () => {
  expect([0, 7, 12_345].map((number) => keyOf(number).length)).toEqual(new Array(3).fill(KEY_BYTES))
  for (const message of proposed(ofInstances(3))) {
    expect(message).toMatchObject({ value: { commands: [{ payload: { length: PAYLOAD_BYTES } }] } })
  }
})
