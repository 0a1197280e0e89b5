import type { Chronicle, EpochView } from 'epaxos/sim'
import { expect, test } from 'vitest'
import { currentEpoch, epochsBy } from './epochs.js'

const epoch = (number: number, fromMs: number): EpochView => ({ number, fromMs, voters: [0, 1, 2] })
const run = { epochs: [epoch(1, 5), epoch(2, 300)] } as unknown as Chronicle

test('an epoch counts from the moment at which somebody entered it, the first one always', () => {
  const numbers = [0, 5, 299, 300].map((ms) => epochsBy(run, ms).map(({ number }) => number))
  expect(numbers).toEqual([[1], [1], [1], [1, 2]])
})

test('the current one is the newest of those', () => {
  expect([299, 300, 9000].map((ms) => currentEpoch(run, ms).number)).toEqual([1, 2, 2])
})
