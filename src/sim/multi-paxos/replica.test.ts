import { expect, it } from 'vitest'
import { ballotOf } from '../../core/index.js'
import type { LogEntry, LogMessage } from './message.js'
import type { LogConfig, LogReady } from './ready.js'
import { LogReplica } from './replica.js'

const FIRST = ballotOf(0, 0)
const command = (sequence: number) => ({ replica: 1, sequence })

const replicaOf = (config: Partial<LogConfig>) =>
  new LogReplica({ self: 0, voters: 3, leader: 0, restored: undefined, nowMs: 0, ...config })

const taken = (replica: LogReplica): LogReady =>
  replica.ready() ?? { record: undefined, messages: [], messagesAfterWrite: [], committed: [], executed: [] }

/** `0 prepare` for each message. */
const lines = (ready: LogReady): readonly string[] => ready.messages.map(({ to, message }) => `${to} ${message.kind}`)

const entry = (index: number, ballot: number, sequence: number): LogEntry => {
  return { index, ballot, value: command(sequence), committed: false }
}

const NEXT = ballotOf(1, 2)

/** Number 2 of five, which the leader's silence and the consent of others have made a candidate. */
const candidate = (): LogReplica => {
  const replica = replicaOf({ self: 2, voters: 5 })
  replica.tick(3000)
  expect(lines(taken(replica))).toContain('1 canvass')
  replica.step(1, { kind: 'consent', ballot: NEXT })
  replica.step(3, { kind: 'consent', ballot: NEXT })
  const ready = taken(replica)
  expect(ready.messagesAfterWrite).toContainEqual({ to: 1, message: { kind: 'prepare', ballot: NEXT, from: 1 } })
  return replica
}

it('the first leader asks for accepts at once, and everybody hears of the commit', () => {
  const leader = replicaOf({})
  expect(lines(taken(leader))).toEqual(['1 heartbeat', '2 heartbeat'])
  leader.step(1, { kind: 'forward', commands: [command(1)] })
  const asks = taken(leader)
  expect(lines(asks)).toEqual(['1 accept', '2 accept'])
  expect(asks.messagesAfterWrite).toEqual([{ to: 0, message: { kind: 'accepted', ballot: FIRST, index: 1 } }])
  leader.step(2, { kind: 'accepted', ballot: FIRST, index: 1 })
  expect(leader.ready()).toBeUndefined()
  leader.step(0, { kind: 'accepted', ballot: FIRST, index: 1 })
  const done = taken(leader)
  expect(lines(done)).toEqual(['1 commit', '2 commit'])
  expect(done.executed).toEqual([command(1)])
})

it('what is accepted or promised is written down before anybody is told', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(0, { kind: 'accept', ballot: FIRST, index: 1, value: command(1) })
  const accepted = taken(follower)
  expect(accepted.record).toEqual({ promised: FIRST, entries: [entry(1, FIRST, 1)] })
  expect(accepted.messages).toEqual([])
  expect(accepted.messagesAfterWrite).toEqual([{ to: 0, message: { kind: 'accepted', ballot: FIRST, index: 1 } }])
  follower.step(2, { kind: 'prepare', ballot: NEXT, from: 1 })
  const promised = taken(follower)
  expect(promised.record?.promised).toBe(NEXT)
  expect(promised.messages).toEqual([])
  expect(promised.messagesAfterWrite).toEqual([
    { to: 2, message: { kind: 'promise', ballot: NEXT, entries: [entry(1, FIRST, 1)] } },
  ])
})

it('a candidate writes its ballot down before it asks anybody for a promise: its next life takes a higher one', () => {
  const replica = replicaOf({ self: 2, voters: 5 })
  replica.tick(3000)
  taken(replica)
  replica.step(1, { kind: 'consent', ballot: NEXT })
  replica.step(3, { kind: 'consent', ballot: NEXT })
  const ready = taken(replica)
  expect(ready.messages).toEqual([])
  expect(ready.record?.promised).toBe(NEXT)
  expect(ready.messagesAfterWrite.map(({ to }) => to)).toEqual([0, 1, 2, 3, 4])
})

it('a new leader takes over what was accepted at the highest ballot, whoever tells it first, and fills the gaps', () => {
  const older = [entry(1, FIRST, 10), entry(3, FIRST, 30)]
  const newer = [entry(1, ballotOf(1, 1), 11)]
  for (const [first, second] of [
    [older, newer],
    [newer, older],
  ] as const) {
    const replica = candidate()
    replica.step(0, { kind: 'promise', ballot: NEXT, entries: first })
    replica.step(1, { kind: 'promise', ballot: NEXT, entries: second })
    expect(replica.leadsAt).toBeUndefined()
    replica.step(2, { kind: 'promise', ballot: NEXT, entries: [] })
    expect(replica.leadsAt).toBe(NEXT)
    const asked = taken(replica).messages.filter(({ to }) => to === 0)
    expect(asked.flatMap(({ message }) => (message.kind === 'accept' ? [[message.index, message.value]] : []))).toEqual(
      [
        [1, command(11)],
        [2, 'no-op'],
        [3, command(30)],
      ],
    )
  }
})

it('a command that two leaders have given a place is executed once', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(0, {
    kind: 'commit',
    decided: [
      { index: 1, value: command(1) },
      { index: 2, value: 'no-op' },
      { index: 3, value: command(1) },
      { index: 4, value: command(2) },
    ],
  })
  expect(taken(follower).executed).toEqual([command(1), command(2)])
})

it('what is committed waits for all before it', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(0, { kind: 'commit', decided: [{ index: 2, value: command(2) }] })
  expect(taken(follower)).toMatchObject({ committed: [{ index: 2 }], executed: [] })
  follower.step(0, { kind: 'commit', decided: [{ index: 1, value: command(1) }] })
  expect(taken(follower).executed).toEqual([command(1), command(2)])
})

it('who hears the leader helps nobody to unseat it', () => {
  const canvass: LogMessage = { kind: 'canvass', ballot: NEXT }
  const follower = replicaOf({ self: 1 })
  follower.tick(1900)
  follower.step(0, { kind: 'heartbeat', ballot: FIRST, open: 1 })
  follower.tick(2100)
  follower.step(2, canvass)
  expect(lines(taken(follower))).toEqual([])
  follower.tick(3899)
  follower.step(2, canvass)
  expect(lines(taken(follower))).toEqual([])
  follower.tick(3900)
  taken(follower)
  follower.step(2, canvass)
  expect(lines(taken(follower))).toEqual(['2 consent'])
})

it('who restarts keeps its promise, and leads no more', () => {
  const restored = { promised: ballotOf(2, 1), entries: [entry(1, ballotOf(2, 1), 1)] }
  const replica = replicaOf({ restored })
  expect(replica.leadsAt).toBeUndefined()
  replica.step(2, { kind: 'accept', ballot: NEXT, index: 1, value: command(9) })
  expect(taken(replica)).toMatchObject({
    record: undefined,
    messages: [{ to: 2, message: { kind: 'refused', ballot: ballotOf(2, 1) } }],
    messagesAfterWrite: [],
  })
})

it('what is proposed goes to the next leader as soon as that is known, and again while nothing comes of it', () => {
  const follower = replicaOf({ self: 1 })
  follower.propose(command(1))
  expect(lines(taken(follower))).toEqual(['0 forward'])
  follower.step(2, { kind: 'heartbeat', ballot: NEXT, open: 1 })
  expect(lines(taken(follower))).toEqual(['2 forward'])
  follower.tick(499)
  expect(lines(taken(follower))).toEqual([])
  follower.tick(500)
  expect(lines(taken(follower))).toEqual(['2 forward'])
  follower.step(2, { kind: 'commit', decided: [{ index: 1, value: command(1) }] })
  taken(follower)
  follower.tick(1500)
  expect(lines(taken(follower))).toEqual([])
})

it('what is unanswered is said again after twice as long each time, up to four seconds', () => {
  const follower = replicaOf({ self: 1 })
  follower.propose(command(1))
  taken(follower)
  const saidMs: number[] = []
  for (let ms = 50; ms <= 16_000; ms += 50) {
    follower.step(0, { kind: 'heartbeat', ballot: FIRST, open: 1 })
    follower.tick(ms)
    if (lines(taken(follower)).length > 0) saidMs.push(ms)
  }
  expect(saidMs).toEqual([500, 1500, 3500, 7500, 11_500, 15_500])
})

it('a ballot that is learnt from a refusal is written down before anything is promised at it', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(2, { kind: 'refused', ballot: NEXT })
  follower.step(2, { kind: 'prepare', ballot: NEXT, from: 1 })
  const promised = taken(follower)
  expect(promised.messagesAfterWrite.map(({ message }) => message.kind)).toEqual(['promise'])
  expect(promised.record?.promised).toBe(NEXT)
})

it('what waits is said to a new leader as if it were new', () => {
  const follower = replicaOf({ self: 1 })
  follower.propose(command(1))
  follower.tick(500)
  follower.tick(600)
  follower.step(2, { kind: 'heartbeat', ballot: NEXT, open: 1 })
  taken(follower)
  follower.tick(1099)
  expect(lines(taken(follower))).toEqual([])
  follower.tick(1100)
  expect(lines(taken(follower))).toEqual(['2 forward'])
})

it('who has promised a higher ballot leads no more', () => {
  const leader = replicaOf({})
  expect(leader.leadsAt).toBe(FIRST)
  leader.step(2, { kind: 'prepare', ballot: NEXT, from: 1 })
  expect(leader.leadsAt).toBeUndefined()
})

it('a refusal at a lower ballot than was promised is late, and takes nothing back', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(2, { kind: 'prepare', ballot: NEXT, from: 1 })
  follower.step(2, { kind: 'refused', ballot: FIRST })
  taken(follower)
  follower.step(0, { kind: 'accept', ballot: FIRST, index: 1, value: command(1) })
  expect(taken(follower).messages).toEqual([{ to: 0, message: { kind: 'refused', ballot: NEXT } }])
})

it.each([
  [1, 2000],
  [2, 2400],
])('number %i misses the leader after %i ms: they take turns', (self, afterMs) => {
  const follower = replicaOf({ self })
  follower.tick(afterMs - 1)
  expect(lines(taken(follower))).toEqual([])
  follower.tick(afterMs)
  expect(lines(taken(follower))).toContain('0 canvass')
})

it('a ballot that it was refused at, and may have used in a former life, nobody is asked at', () => {
  const replica = replicaOf({ self: 2, voters: 5 })
  replica.tick(3000)
  replica.step(0, { kind: 'refused', ballot: NEXT })
  replica.step(1, { kind: 'consent', ballot: NEXT })
  replica.step(3, { kind: 'consent', ballot: NEXT })
  expect(taken(replica).messagesAfterWrite).toEqual([])
})

it('who asks for promises asks again where too few come', () => {
  const replica = candidate()
  replica.tick(3499)
  expect(taken(replica).messagesAfterWrite).toEqual([])
  replica.tick(3500)
  expect(taken(replica).messagesAfterWrite).toContainEqual({
    to: 1,
    message: { kind: 'prepare', ballot: NEXT, from: 1 },
  })
})

it('a command that is said to the leader twice has one place', () => {
  const leader = replicaOf({})
  taken(leader)
  for (const from of [1, 1]) leader.step(from, { kind: 'forward', commands: [command(1)] })
  expect(lines(taken(leader))).toEqual(['1 accept', '2 accept'])
})

it('the leader asks again whoever has not accepted, and nobody else', () => {
  const leader = replicaOf({ voters: 5 })
  leader.step(1, { kind: 'forward', commands: [command(1)] })
  leader.step(1, { kind: 'accepted', ballot: FIRST, index: 1 })
  taken(leader)
  leader.tick(1000)
  expect(lines(taken(leader)).filter((line) => line.endsWith(' accept'))).toEqual(['2 accept', '3 accept', '4 accept'])
})

it('the leader counts what was accepted at its own ballot, and says once that it is committed', () => {
  const leader = replicaOf({})
  leader.step(1, { kind: 'forward', commands: [command(1)] })
  leader.step(0, { kind: 'accepted', ballot: FIRST, index: 1 })
  taken(leader)
  leader.step(2, { kind: 'accepted', ballot: NEXT, index: 1 })
  expect(lines(taken(leader))).toEqual([])
  leader.step(2, { kind: 'accepted', ballot: FIRST, index: 1 })
  expect(lines(taken(leader))).toEqual(['1 commit', '2 commit'])
  leader.step(1, { kind: 'accepted', ballot: FIRST, index: 1 })
  expect(lines(taken(leader))).toEqual([])
  // Who has not heard of it, and says it again, is told.
  leader.step(1, { kind: 'forward', commands: [command(1)] })
  expect(lines(taken(leader))).toEqual(['1 commit'])
})

it('a new leader takes for committed what one of its voters knows to be', () => {
  const replica = candidate()
  replica.step(0, { kind: 'promise', ballot: NEXT, entries: [{ ...entry(1, FIRST, 1), committed: true }] })
  expect(taken(replica).executed).toEqual([command(1)])
})

it('who canvasses below what others have promised does so anew above it', () => {
  const replica = replicaOf({ self: 2, voters: 5 })
  replica.tick(3000)
  replica.step(0, { kind: 'refused', ballot: ballotOf(4, 1) })
  taken(replica)
  replica.tick(3500)
  expect(taken(replica).messages).toContainEqual({ to: 0, message: { kind: 'canvass', ballot: ballotOf(5, 2) } })
})

it('the leader says that it lives no more often than followers need', () => {
  const leader = replicaOf({})
  taken(leader)
  leader.tick(50)
  expect(lines(taken(leader))).toEqual([])
})

it('a commit is written down, and who starts again with it executes it', () => {
  const follower = replicaOf({ self: 1 })
  follower.step(0, { kind: 'commit', decided: [{ index: 1, value: command(1) }] })
  const restored = taken(follower).record
  expect(restored?.entries).toMatchObject([{ index: 1, value: command(1), committed: true }])
  expect(taken(replicaOf({ self: 1, restored })).executed).toEqual([command(1)])
})

it('who is told as many commits as one message takes asks for more', () => {
  const follower = replicaOf({ self: 1 })
  const decided = Array.from({ length: 1000 }, (_, at) => ({ index: at + 1, value: command(at + 1) }))
  follower.step(0, { kind: 'commit', decided })
  expect(taken(follower).messages).toEqual([{ to: 0, message: { kind: 'behind', from: 1001 } }])
})

it('who misses commits asks for them', () => {
  const leader = replicaOf({})
  leader.step(1, { kind: 'commit', decided: [{ index: 1, value: command(1) }] })
  taken(leader)
  const follower = replicaOf({ self: 2 })
  follower.step(0, { kind: 'heartbeat', ballot: FIRST, open: 2 })
  const asks = taken(follower).messages
  expect(asks).toEqual([{ to: 0, message: { kind: 'behind', from: 1 } }])
  leader.step(2, { kind: 'behind', from: 1 })
  const [told] = taken(leader).messages
  expect(told?.message).toMatchObject({ kind: 'commit', decided: [{ index: 1, value: command(1) }] })
})
