import { expect, it } from 'vitest'
import { CHECKPOINT_COMMANDS, CHECKPOINT_LOGGED_BYTES, Checkpoints } from './checkpoints.js'

it('a checkpoint is due after so many commands, and then after as many again', () => {
  const checkpoints = new Checkpoints()
  checkpoints.progressed(0, CHECKPOINT_COMMANDS - 1)
  expect(checkpoints.due).toBe(false)
  checkpoints.progressed(0, 1)
  expect(checkpoints.due).toBe(true)
  checkpoints.begun()
  checkpoints.made(1000)
  checkpoints.progressed(0, CHECKPOINT_COMMANDS - 1)
  expect(checkpoints.due).toBe(false)
})

it('a large state is written down as rarely as makes it cost each command little', () => {
  const checkpoints = new Checkpoints()
  checkpoints.made(100 << 20)
  checkpoints.progressed(0, 400_000)
  expect(checkpoints.due).toBe(false)
  checkpoints.progressed(0, 10_000)
  expect(checkpoints.due).toBe(true)
})

it('a few large commands make one due as well, in a large state only once the log is as large', () => {
  const checkpoints = new Checkpoints()
  checkpoints.progressed(CHECKPOINT_LOGGED_BYTES, 8)
  expect(checkpoints.due).toBe(true)
  checkpoints.begun()
  checkpoints.made(100 << 20)
  checkpoints.progressed(99 << 20, 99)
  expect(checkpoints.due).toBe(false)
  checkpoints.progressed(1 << 20, 1)
  expect(checkpoints.due).toBe(true)
})

it('nothing executed is nothing to write down, however long the log', () => {
  const checkpoints = new Checkpoints()
  checkpoints.progressed(10 * CHECKPOINT_LOGGED_BYTES, 0)
  expect(checkpoints.due).toBe(false)
})
