import { expect, it } from 'vitest'
import { valueBytes } from './index.js'
import { Stage } from './stage.js'
import { command } from './stage-words.js'

it('however often a member asks for commits in one packet, it is told no more than a mebibyte of them between two ticks', () => {
  const stage = new Stage(1, undefined, 0, 1)
  for (let i = 0; i < 40; i++) stage.propose(0, { ...command(`${i}`), payload: new Uint8Array(1 << 16) })
  const answered = (): number => {
    for (let i = 0; i < 1024; i++)
      stage.replica(0).step('1'.repeat(32), { kind: 'fetch', epoch: 0, slot: 0, from: 1, to: 1024 })
    const { messages = [] } = stage.replica(0).ready() ?? {}
    return messages.reduce((sum, { message }) => sum + (message.kind === 'commit' ? valueBytes(message.value) : 0), 0)
  }
  expect(answered()).toBeGreaterThan(1 << 20)
  expect(answered()).toBe(0)
  stage.tick(0, 50)
  expect(answered()).toBeLessThan((1 << 20) + (1 << 17))
})
