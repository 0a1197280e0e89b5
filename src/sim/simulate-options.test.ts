import { expect, it } from 'vitest'
import { noFaults, SimulationFailed, type SimulationOptions, simulate, Violation } from './index.js'

it.each([0, 10, 2.5, -3, Number.NaN, Number.POSITIVE_INFINITY])('a group of %d voters is refused', (n) => {
  const refused = `a group has a whole number of voters from 1 to 9, not ${n}`
  expect(() => simulate({ seed: 1, n })).toThrow(new RangeError(refused))
})

it.each([-1, 0.5, Number.NaN, 2 ** 53])('%d is refused as a seed', (seed) => {
  const refused = `a seed is a whole number from 0 to 9007199254740991, not ${seed}`
  expect(() => simulate({ seed, n: 3 })).toThrow(new RangeError(refused))
})

const failureOf = (options: SimulationOptions): SimulationFailed => {
  try {
    simulate(options)
  } catch (error) {
    if (error instanceof SimulationFailed) return error
    throw error
  }
  throw new Error('nothing has failed')
}

const failing = (): never => {
  throw new Error('what was wrong')
}

it('a failed run whose seed says everything names the command that replays it', () => {
  const { message, replay } = failureOf({ seed: 7, n: 3, trace: failing })
  expect(replay).toBe('npm run sim -- --seed 7 --voters 3')
  expect(message).toBe(`what was wrong\nreplay: ${replay}`)
})

it('one that had a duration of its own names no command', () => {
  const { message, replay } = failureOf({ seed: 7, n: 3, durationMs: 100, trace: failing })
  expect(replay).toBeUndefined()
  expect(message).toContain('\nreplay: simulate with seed 7, n 3 and the options of its own that this run had')
})

it('one that had faults of its own names no command: so far apart nobody has executed all in time', () => {
  const link = (from: number, to: number) => ({ ...noFaults.link(from, to), delayMs: 100_000 })
  const { replay, cause } = failureOf({ seed: 7, n: 3, faults: { ...noFaults, link } })
  expect(replay).toBeUndefined()
  expect(cause).toBeInstanceOf(Violation)
  expect((cause as Violation).checker).toBe('lag')
})
