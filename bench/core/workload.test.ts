import { expect, it } from 'vitest'
import { commandOf } from './workload.js'

const COMMANDS = 10_000
const keysAt = (interference: number): readonly string[] =>
  Array.from({ length: COMMANDS }, (_, i) => {
    const [span] = commandOf(i + 1, 0, interference).spans
    return span?.kind === 'key' && span.write ? span.key : 'none'
  })

it('every command writes a key of its own where none interferes', () => {
  expect(new Set(keysAt(0)).size).toBe(COMMANDS)
})

it('every command writes the same key where all interfere', () => {
  expect(new Set(keysAt(100)).size).toBe(1)
})

it('of a hundred commands two write the key that others write too, at any place among the hundred', () => {
  const keys = keysAt(2)
  const shared = keys.flatMap((key, i) => (key === 'shared' ? [i] : []))
  expect(shared.length / COMMANDS).toBeCloseTo(0.02, 2)
  expect(new Set(keys).size).toBe(COMMANDS - shared.length + 1)
  expect(new Set(shared.map((i) => i % 100)).size).toBeGreaterThan(50)
})

it('payloads are of 64 bytes, and differ from those around them', () => {
  const payloads = Array.from({ length: 1000 }, (_, i) => commandOf(i + 1, 0, 0).payload)
  expect(new Set(payloads.map((payload) => payload.length))).toEqual(new Set([64]))
  expect(new Set(payloads.map(String)).size).toBe(1000)
})
