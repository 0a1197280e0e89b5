import { expect, it } from 'vitest'
import { ballotOf, type PreAcceptOk } from '../../core/index.js'
import { Votes } from './votes.js'

const instance = { slot: 0, number: 1 }
const vote: PreAcceptOk = { kind: 'pre-accept-ok', epoch: 0, instance, deps: [0, 0, 0, 0, 0] }

const leading = (): Votes => {
  const votes = new Votes(0, 5)
  votes.proposed(instance, [0, 0, 0, 0, 0])
  return votes
}

it('a voter that says its vote twice is counted, and told of, once', () => {
  const votes = leading()
  const counted = [1, 1, 2].map((slot) => votes.hears(slot, vote)?.votes)
  expect(counted).toEqual([2, undefined, 3])
})

it('a vote counts for nothing any more once whoever leads has promised a higher ballot', () => {
  const counted = [0, ballotOf(1, 2)].map((promised) => {
    const votes = leading()
    votes.knows(instance, promised, false)
    return votes.hears(1, vote)?.votes
  })
  expect(counted).toEqual([2, undefined])
})
