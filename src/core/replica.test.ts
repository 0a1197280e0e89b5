import { describe, expect, it } from 'vitest'
import {
  type Command,
  CommandTooLarge,
  defaultTuning,
  InvalidCommand,
  MAX_AFTER,
  MAX_BALLOT,
  MAX_KEY_CODE_UNITS,
  MAX_PAYLOAD_BYTES,
  MAX_SPANS_PER_COMMAND,
  MAX_SWEEP_BYTES,
  NotAVoter,
  Overloaded,
  Replica,
  type ReplicaConfig,
  ReplicaStopped,
  read,
  type Span,
  type Tuning,
  write,
  writeRange,
} from './index.js'
import { Stage } from './stage.js'
import { batch, command, frontierOf, idOf } from './stage-words.js'

const config = (id: string, voters: readonly string[], tuning: Partial<Tuning> = {}): ReplicaConfig => ({
  id,
  group: '9'.repeat(32),
  configuration: { number: 0, voters, wireVersion: 1, stateVersion: 1 },
  random: () => 0.5,
  tuning,
})

const alone = (tuning?: Partial<Tuning>): Replica => new Replica(config(idOf(0), [idOf(0)], tuning))

const commandOf = (change: Partial<Command>): Command => ({ ...command('a'), ...change })

describe('a new replica', () => {
  it('that is none of the voters observes, and proposes nothing', () => {
    const observer = new Replica(config(idOf(5), [idOf(0), idOf(1)]))
    expect(observer.status()).toMatchObject({ slot: undefined, voting: false })
    expect(() => observer.propose(command('a'))).toThrow(NotAVoter)
  })

  it.each([
    ['none', []],
    ['ten', Array.from({ length: 10 }, (_, i) => String(i).padStart(32, '0'))],
    ['them unsorted', [idOf(1), idOf(0)]],
    ['one twice', [idOf(0), idOf(1), idOf(1)]],
  ])('refuses a list of voters that names %s', (_, voters) => {
    expect(() => new Replica(config(idOf(0), voters))).toThrow(RangeError)
  })

  it('has the slot that it has in the sorted list', () => {
    const replica = new Replica(config(idOf(1), [idOf(0), idOf(1), idOf(2)]))
    expect(replica.status()).toMatchObject({ slot: 1, voting: true })
  })

  it('has nothing to do', () => {
    expect(alone().ready()).toBeUndefined()
  })
})

describe('proposing', () => {
  it.each([
    ['a payload that is not bytes', commandOf({ payload: [1] as unknown as Uint8Array })],
    ['a session that is not 32 hex digits', commandOf({ session: 'me' })],
    ['a session in capitals', commandOf({ session: 'A'.repeat(32) })],
    ['sequence 0', commandOf({ sequence: 0 })],
    ['an acknowledged that is negative', commandOf({ acknowledged: -1 })],
    ['an acknowledged that is not below its sequence', commandOf({ sequence: 7, acknowledged: 7 })],
    ['a fractional acknowledged', commandOf({ acknowledged: 0.5 })],
    ['no list of those that it comes after', commandOf({ after: undefined as unknown as number[] })],
    ['too many of them', commandOf({ sequence: 100, after: Array.from({ length: MAX_AFTER + 1 }, (_, i) => i + 1) })],
    ['itself among them', commandOf({ sequence: 7, after: [1, 7] })],
    ['sequence 0 among them', commandOf({ sequence: 7, after: [0] })],
    ['a fraction among them', commandOf({ sequence: 7, after: [1.5] })],
    ['one of them twice', commandOf({ sequence: 7, after: [3, 3] })],
    ['them in disorder', commandOf({ sequence: 7, after: [4, 3] })],
    ['a fractional sequence', commandOf({ sequence: 1.5 })],
    ['too many spans', commandOf({ spans: new Array<Span>(MAX_SPANS_PER_COMMAND + 1).fill(read('k')) })],
    ['a key too long', commandOf({ spans: [write('k'.repeat(MAX_KEY_CODE_UNITS + 1))] })],
    ['half a surrogate pair', commandOf({ spans: [write('\ud800')] })],
    ['half a surrogate pair in a range', commandOf({ spans: [writeRange('a', '\udfff')] })],
    ['a key that is no text', commandOf({ spans: [write(7 as unknown as string)] })],
    ['an empty range', commandOf({ spans: [writeRange('b', 'b')] })],
    ['a range backwards', commandOf({ spans: [writeRange('b', 'a')] })],
  ])('refuses %s, and nothing is proposed', (_, bad) => {
    const replica = alone()
    expect(() => replica.propose(bad)).toThrow(InvalidCommand)
    expect(replica.status().pending).toBe(0)
    expect(replica.ready()).toBeUndefined()
  })

  it('takes what is just within the limits', () => {
    const key = `😀${'k'.repeat(MAX_KEY_CODE_UNITS - 2)}`
    const spans = new Array<Span>(MAX_SPANS_PER_COMMAND).fill(write(key))
    const after = Array.from({ length: MAX_AFTER }, (_, i) => i + 1)
    expect(alone().propose(commandOf({ spans, after, sequence: MAX_AFTER + 1 }))).toEqual({ slot: 0, number: 1 })
  })

  it.each([
    ['1 MiB unless configured', {}, defaultTuning.maxCommandBytes],
    ['what is configured', { maxCommandBytes: 10 }, 10],
    ['8 MiB at most', { maxCommandBytes: MAX_PAYLOAD_BYTES }, MAX_PAYLOAD_BYTES],
  ])('bounds a command by %s', (_, tuning, maxBytes) => {
    const replica = alone(tuning)
    replica.propose(commandOf({ payload: new Uint8Array(maxBytes) }))
    const tooLarge = commandOf({ payload: new Uint8Array(maxBytes + 1) })
    expect(() => replica.propose(tooLarge)).toThrow(CommandTooLarge)
    expect(() => replica.propose(tooLarge)).toThrow(expect.objectContaining({ bytes: maxBytes + 1, maxBytes }))
  })

  it('can not be configured to more than 8 MiB', () => {
    expect(() => alone({ maxCommandBytes: MAX_PAYLOAD_BYTES + 1 })).toThrow(RangeError)
  })

  it('is refused while too many wait for their execution, and possible again when some are done', () => {
    const replica = alone({ maxPending: 2 })
    replica.propose(command('a'))
    replica.propose(command('b'))
    expect(() => replica.propose(command('c'))).toThrow(Overloaded)
    const proposed = replica.ready()
    if (proposed !== undefined) replica.written(proposed)
    const committed = replica.ready()
    if (committed !== undefined) replica.written(committed)
    replica.applied(replica.ready()?.executable.map(({ instance }) => instance) ?? [])
    expect(replica.propose(command('c'))).toBeUndefined()
  })

  it('names the instance of what goes at once, and none for what waits', () => {
    const replica = alone()
    expect(replica.propose(command('a'))).toEqual({ slot: 0, number: 1 })
    expect(replica.propose(command('b'))).toBeUndefined()
    expect(replica.propose(command('c', write('elsewhere')))).toEqual({ slot: 0, number: 2 })
  })
})

describe('proposing a sweep', () => {
  const sweep = new Uint8Array(3)

  it('names its instance, unless it waits for what is on its way', () => {
    const replica = alone()
    expect(replica.sweep(sweep)).toEqual({ slot: 0, number: 1 })
    expect(replica.sweep(sweep)).toBeUndefined()
    expect(replica.propose(command('a'))).toBeUndefined()
    expect(replica.status()).toMatchObject({ pending: 3, waiting: 2 })
  })

  it('is refused where it is too large, or too many proposals wait', () => {
    const replica = alone({ maxPending: 1 })
    expect(() => replica.sweep(new Uint8Array(MAX_SWEEP_BYTES + 1))).toThrow(InvalidCommand)
    expect(replica.ready()).toBeUndefined()
    replica.sweep(new Uint8Array(MAX_SWEEP_BYTES))
    expect(() => replica.sweep(sweep)).toThrow(Overloaded)
  })

  it('is refused by a stopped replica', () => {
    const replica = alone()
    replica.stop('done')
    expect(() => replica.sweep(sweep)).toThrow(ReplicaStopped)
  })
})

describe('a stopped replica', () => {
  it('votes, proposes and answers no more, for the first reason it was given', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    const replica = stage.replica(1)
    replica.stop('the disk is full')
    replica.stop('again')
    stage.mail = stage.mail.filter(({ to }) => to === 1)
    stage.flow()
    stage.tick(1, 10_000)
    expect(stage.mail).toEqual([])
    expect(replica.ready()).toBeUndefined()
    expect(() => replica.propose(command('b'))).toThrow(ReplicaStopped)
    expect(() => replica.propose(command('b'))).toThrow('the disk is full')
    expect(replica.status().stopped).toBe('the disk is full')
  })

  it('takes no more writes: what was held for them never leaves', () => {
    const stage = new Stage(3)
    stage.withhold(0)
    stage.propose(0, command('a'))
    const [ready] = stage.writing(0)
    stage.replica(0).stop('the disk is full')
    if (ready !== undefined) stage.replica(0).written(ready)
    expect(stage.replica(0).ready()).toBeUndefined()
  })

  it('can still be read', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.flow()
    const replica = stage.replica(1)
    const before = [replica.trace(9), replica.status(), replica.commitOf({ slot: 0, number: 1 })]
    replica.stop('done')
    expect([
      replica.trace(9),
      { ...replica.status(), stopped: undefined },
      replica.commitOf({ slot: 0, number: 1 }),
    ]).toEqual(before)
  })
})

describe('status', () => {
  it('suspects who is silent, and says which path is left', () => {
    const stage = new Stage(5)
    const hear = (slot: number): void => stage.tell(slot, 0, frontierOf([0, 0, 0, 0, 0]))
    stage.tick(0, defaultTuning.suspectMs)
    expect(stage.replica(0).status()).toMatchObject({ suspected: [], quorum: 'fast' })
    hear(1)
    stage.tick(0, 50)
    expect(stage.replica(0).status()).toMatchObject({ suspected: [2, 3, 4].map(idOf), quorum: 'none' })
    hear(2)
    expect(stage.replica(0).status()).toMatchObject({ suspected: [3, 4].map(idOf), quorum: 'fast' })
  })

  it('suspects nobody for what a machine has missed that slept for longer than it was awake before', () => {
    const stage = new Stage(3)
    stage.tick(0, 10 * 60_000, 500)
    stage.tick(0, 60 * 60_000, 60 * 60_000)
    expect(stage.replica(0).status().suspected).toEqual([])
  })

  it('refuses a clock that goes back', () => {
    const replica = alone()
    replica.tick(100)
    expect(() => replica.tick(99)).toThrow(RangeError)
  })

  it('traces the newest instances of each row, oldest first', () => {
    const stage = new Stage(3)
    for (const name of ['a', 'b', 'c']) {
      stage.propose(0, command(name))
      stage.flow()
    }
    expect(
      stage
        .replica(1)
        .trace(2)
        .map((row) => row.map(({ instance, position }) => [instance.number, position])),
    ).toEqual([
      [
        [2, 2],
        [3, 3],
      ],
      [],
      [],
    ])
  })

  it('counts what is named but not known as behind', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    expect(stage.replica(1).status().behind).toBe(1)
    expect(stage.replica(2).status().behind).toBe(0)
  })

  it('is a snapshot', () => {
    const stage = new Stage(1)
    const before = stage.replica(0).status()
    stage.propose(0, command('a'))
    stage.settle()
    expect(before).toMatchObject({ committed: [0], executed: [0], pending: 0 })
    expect(stage.replica(0).status()).toMatchObject({ committed: [1], executed: [1], pending: 0 })
  })
})

describe('ballots', () => {
  it('ends its attempts, and nothing else, where a liar has left no ballot above', () => {
    const id = '0'.repeat(31)
    const voters = ['1', '2', '3'].map((last) => id + last)
    const value = batch(command('a'))
    const replica = new Replica({
      id: `${id}1`,
      group: 'f'.repeat(32),
      configuration: { number: 0, voters, wireVersion: 1, stateVersion: 1 },
      random: () => 0.5,
      restored: [
        {
          epoch: 0,
          instance: { slot: 0, number: 1 },
          phase: 'pre-accepted',
          value,
          deps: [0, 0, 0],
          initValue: value,
          initDeps: [0, 0, 0],
          ballot: MAX_BALLOT,
          votedBallot: 0,
        },
      ],
    })
    const sent = new Set<string>()
    for (let now = 0; now < 60_000; now += 50) {
      replica.tick(now)
      for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
        replica.written(ready)
        for (const { message } of [...ready.messages, ...ready.messagesAfterWrite]) sent.add(message.kind)
      }
    }
    expect(sent).toContain('fetch')
    expect(sent).not.toContain('recover')
    expect(replica.status().stopped).toBeUndefined()
  })
})
