import { expect, it } from 'vitest'
import { CHECKPOINT_COMMANDS, Checkpoints } from './checkpoints.js'

const MEBIBYTE = 1 << 20

/** Checkpoints of a state of so many bytes, which become durable when told so. */
const checkpointsOf = (bytes: number) => {
  const durable: (() => void)[] = []
  const checkpoints = new Checkpoints({
    snapshot: () => [new Uint8Array(bytes)],
    write: () => new Promise((resolve) => durable.push(resolve)),
    failed: (cause) => {
      throw cause
    },
  })
  const execute = (commands: number): number => {
    checkpoints.executed(commands)
    checkpoints.look()
    return durable.length
  }
  return { durable, execute }
}

it('writes one after so many commands, and the next only when that is durable', async () => {
  const { durable, execute } = checkpointsOf(1000)
  expect(execute(CHECKPOINT_COMMANDS - 1)).toBe(0)
  expect(execute(1)).toBe(1)
  expect(execute(10 * CHECKPOINT_COMMANDS)).toBe(1)
  durable[0]?.()
  await Promise.resolve()
  expect(execute(0)).toBe(2)
})

it('writes a large state as rarely as makes it cost each command some 256 bytes', async () => {
  const { durable, execute } = checkpointsOf(MEBIBYTE)
  execute(CHECKPOINT_COMMANDS)
  durable[0]?.()
  await Promise.resolve()
  expect(execute(MEBIBYTE / 256 - 1)).toBe(1)
  expect(execute(1)).toBe(2)
})
