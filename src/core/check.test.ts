import { beforeEach, describe, expect, it } from 'vitest'
import { ballotOf, InvalidMessage, type Message, NOOP } from './index.js'
import { Stage } from './stage.js'
import { batch, command, frontierOf, idOf, recoverOne } from './stage-words.js'

const value = batch(command('a'))
const deps = [0, 0, 0]
const about = { epoch: 0, instance: { slot: 0, number: 1 } }
const at = (slot: number, number: number): { epoch: number; instance: { slot: number; number: number } } => ({
  epoch: 0,
  instance: { slot, number },
})
const ballot = ballotOf(1, 0)
const recoverOk = {
  kind: 'recover-ok',
  ...about,
  ballot,
  votedBallot: 0,
  phase: 'accepted',
  value: NOOP,
  deps,
  initDeps: undefined,
} as const

/** One message of each kind that R0 may send to R1 of three. */
const fair: readonly Message[] = [
  { kind: 'pre-accept', ...about, value, deps },
  { kind: 'pre-accept-ok', ...about, deps },
  { kind: 'accept', ...about, ballot: 0, value, deps },
  { kind: 'accept', ...at(2, 1), ballot, value: NOOP, deps },
  { kind: 'accept-ok', ...about, ballot },
  { kind: 'nack', ...about, ballot: ballotOf(3, 2) },
  { kind: 'commit', ...about, value, deps: [0, 1_000_000, 0] },
  { kind: 'recover', epoch: 0, slot: 2, from: 1, to: 64, ballot },
  recoverOk,
  { kind: 'validate', ...at(2, 1), ballot, value, deps },
  { kind: 'validate-ok', ...about, ballot, conflicts: [{ slot: 2, number: 1, committed: true }] },
  { kind: 'waiting', ...about, unchanged: 1 },
  { kind: 'fetch', epoch: 0, slot: 0, from: 1, to: 9 },
  frontierOf([0, 5_000_000, 0], 5_000_000),
]

/** What R0 can't have sent, and a word of the reason. */
const foul: readonly (readonly [string, Message, string])[] = [
  ['a slot that no voter has', { kind: 'waiting', ...at(3, 1), unchanged: 0 }, 'slot 3'],
  ['a fetch from a slot that no voter has', { kind: 'fetch', epoch: 0, slot: 3, from: 1, to: 1 }, 'slot 3'],
  ['a Recover in a row that no voter has', recoverOne({ slot: 3, number: 1 }, ballot), 'slot 3'],
  [
    'a stretch to recover that is longer than may be',
    { kind: 'recover', epoch: 0, slot: 2, from: 1, to: 65, ballot },
    'from 1 to 65',
  ],
  ['a stretch to recover backwards', { kind: 'recover', epoch: 0, slot: 2, from: 2, to: 1, ballot }, 'from 2 to 1'],
  [
    'a stretch to recover that ends far beyond all known',
    { kind: 'recover', epoch: 0, slot: 2, from: 999_990, to: 1_000_001, ballot },
    'last known',
  ],
  ['a number far beyond all known', { kind: 'accept-ok', ...at(0, 1_000_001), ballot }, 'last known'],
  ['a PreAccept for the row of another', { kind: 'pre-accept', ...at(2, 1), value, deps }, 'row 2'],
  ['an Accept at ballot 0 for the row of another', { kind: 'accept', ...at(2, 1), ballot: 0, value, deps }, 'slot 2'],
  ['an Accept at the ballot of another', { kind: 'accept', ...about, ballot: ballotOf(1, 2), value, deps }, 'slot 2'],
  ['a Recover at the ballot of another', recoverOne(about.instance, ballotOf(1, 2)), 'slot 2'],
  ['a Recover at ballot 0', recoverOne(about.instance, 0), 'recover'],
  [
    'a Validate at the ballot of another',
    { kind: 'validate', ...about, ballot: ballotOf(1, 2), value, deps },
    'slot 2',
  ],
  ['a Validate at ballot 0', { kind: 'validate', ...about, ballot: 0, value, deps }, 'validate'],
  ['too few dependencies', { kind: 'commit', ...about, value, deps: [0, 0] }, '2 dependencies'],
  ['too many dependencies', frontierOf([0, 0, 0, 0]), '4 dependencies'],
  ['a dependency far beyond all known', { kind: 'commit', ...about, value, deps: [0, 1_000_001, 0] }, 'last known'],
  ['an answer far beyond all known', { kind: 'pre-accept-ok', ...about, deps: [0, 0, 1_000_001] }, 'last known'],
  ['an instance that depends on itself', { kind: 'accept', ...about, ballot, value, deps: [1, 0, 0] }, 'on itself'],
  [
    'a validation of one that depends on itself',
    { kind: 'validate', ...about, ballot, value, deps: [1, 0, 0] },
    'on itself',
  ],
  ['a RecoverOk whose dependencies are too few', { ...recoverOk, deps: [0] }, '1 dependencies'],
  ['a RecoverOk of one that depends on itself', { ...recoverOk, deps: [2, 0, 0] }, 'on itself'],
  ['a RecoverOk whose initial dependencies are too few', { ...recoverOk, initDeps: [0] }, '1 dependencies'],
  ['a RecoverOk of one that depended on itself', { ...recoverOk, initDeps: [2, 0, 0] }, 'on itself'],
  [
    'a conflict in a row that no voter has',
    { kind: 'validate-ok', ...about, ballot, conflicts: [{ slot: 3, number: 1, committed: false }] },
    'slot 3',
  ],
  [
    'a conflict far beyond all known',
    { kind: 'validate-ok', ...about, ballot, conflicts: [{ slot: 1, number: 1_000_001, committed: false }] },
    'last known',
  ],
]

let stage: Stage

beforeEach(() => {
  stage = new Stage(3)
})

describe('a message', () => {
  it.each(fair)('that a voter can have sent is taken: $kind', (message) => {
    expect(() => stage.tell(0, 1, message)).not.toThrow()
  })

  it.each(foul)('is refused for %s, and changes nothing', (_, message, reason) => {
    const before = JSON.stringify([stage.replica(1).status(), stage.replica(1).trace(10)])
    let refused: unknown
    try {
      stage.tell(0, 1, message)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(InvalidMessage)
    expect(refused).toMatchObject({ from: idOf(0), reason: expect.stringContaining(reason) })
    expect(JSON.stringify([stage.replica(1).status(), stage.replica(1).trace(10)])).toBe(before)
    expect(stage.mail).toEqual([])
  })

  it.each([
    ['a stranger', 'f'.repeat(32)],
    ['the replica itself', idOf(1)],
  ])('is refused from %s', (_, from) => {
    expect(() => stage.replica(1).step(from, fair[0] as Message)).toThrow(InvalidMessage)
  })

  it('may go as far beyond as its sender said that it has got', () => {
    const far: Message = { kind: 'pre-accept', ...at(0, 5_000_001), value, deps: [5_000_000, 0, 0] }
    expect(() => stage.tell(0, 1, far)).toThrow(InvalidMessage)
    stage.tell(0, 1, frontierOf(deps, 5_000_001))
    expect(() => stage.tell(0, 1, far)).not.toThrow()
  })
})
