import { describe, expect, it } from 'vitest'
import { ballotOf, MAX_RECOVER, type Message, NOOP, type Recover, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const isRecover = (message: Message): message is Recover => message.kind === 'recover'

/** What one replica has sent another one so far. */
const recovers = (stage: Stage, from: number, to: number): Recover[] =>
  stage.journal
    .filter(({ slot }) => slot === from)
    .flatMap(({ ready }) => [...ready.messages, ...ready.messagesAfterWrite])
    .filter((envelope) => envelope.to === stage.replica(to).id)
    .map(({ message }) => message)
    .filter(isRecover)

/** R0 has proposed so many, each to its own key; this voter alone has seen them all. Then R0 is gone. */
const abandoned = (stage: Stage, count: number, seenBy: number): void => {
  for (let i = 1; i <= count; i++) stage.propose(0, command(`c${i}`, write(`k${i}`)))
  stage.deliver('pre-accept', { to: seenBy })
  stage.crash(0)
  stage.mail = []
}

describe('a stretch of a row', () => {
  it.each([
    [3, 1],
    [3, MAX_RECOVER],
    [3, MAX_RECOVER + 1],
    [5, 300],
  ])('of a dead voter is recovered with few messages: in a group of %i, %i instances', (n, count) => {
    const stage = new Stage(n, {})
    abandoned(stage, count, 1)
    stage.settle()
    for (let to = 0; to < n; to++) {
      if (to === 1) continue
      const sent = recovers(stage, 1, to)
      expect(sent.length).toBeGreaterThan(0)
      expect(sent.length).toBeLessThanOrEqual(Math.ceil(count / MAX_RECOVER))
      for (const { from: first, to: last } of sent) expect(last - first).toBeLessThan(MAX_RECOVER)
    }
    for (let slot = 1; slot < n; slot++) {
      expect(stage.replica(slot).status().committed[0]).toBe(count)
      expect(stage.executed(slot).split(' ')).toHaveLength(count)
    }
  })

  it('names what is open, and nothing that is committed in between', () => {
    const stage = new Stage(3)
    abandoned(stage, 5, 1)
    stage.tell(2, 1, { kind: 'commit', epoch: 0, instance: { slot: 0, number: 3 }, value: undefined, deps: [0, 0, 0] })
    stage.recover(1, '0.1')
    const ballot = ballotOf(1, 1)
    expect(recovers(stage, 1, 2)).toEqual([
      { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 2, ballot },
      { kind: 'recover', epoch: 0, slot: 0, from: 4, to: 5, ballot },
    ])
  })

  it('is asked for once all the own promises are durable', () => {
    const stage = new Stage(3)
    abandoned(stage, 3, 1)
    stage.withhold(1)
    stage.tick(1, 5000)
    expect(stage.find('recover')).toEqual([])
    stage.write(1)
    expect(stage.find('recover', { to: 2 }).map(({ message }) => message)).toEqual([
      { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 3, ballot: ballotOf(1, 1) },
    ])
  })

  it('is answered instance by instance, each by what is known of it, once that is durable', () => {
    const stage = new Stage(3)
    const ballot = ballotOf(1, 2)
    const about = (number: number) => ({ epoch: 0, instance: { slot: 0, number } })
    stage.tell(0, 1, { kind: 'commit', ...about(1), value: batch(command('a')), deps: [0, 0, 0] })
    stage.tell(0, 1, { kind: 'pre-accept', ...about(2), value: batch(command('b')), deps: [1, 0, 0] })
    stage.tell(0, 1, { kind: 'accept', ...about(3), ballot: 0, value: batch(command('c')), deps: [2, 0, 0] })
    stage.tell(0, 1, recoverOne({ slot: 0, number: 4 }, ballotOf(2, 0)))
    stage.mail = []
    stage.withhold(1)
    stage.tell(2, 1, { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 5, ballot })
    expect(stage.mail.map(({ message }) => message)).toMatchObject([
      { kind: 'recover-ok', instance: { number: 1 }, phase: 'committed' },
      { kind: 'nack', instance: { number: 4 }, ballot: ballotOf(2, 0) },
    ])
    stage.mail = []
    stage.write(1)
    expect(stage.mail.map(({ message }) => message)).toMatchObject([
      { kind: 'recover-ok', instance: { number: 2 }, ballot, phase: 'pre-accepted' },
      { kind: 'recover-ok', instance: { number: 3 }, ballot, phase: 'accepted' },
      { kind: 'recover-ok', instance: { number: 5 }, ballot, phase: 'none' },
    ])
  })

  it('refuses late PreAccepts for all of it, seen or not [H11]', () => {
    const stage = new Stage(3)
    for (const name of ['a', 'b', 'c']) stage.propose(0, command(name, write(name)))
    const late = stage.take('pre-accept', { to: 1 })
    stage.tell(2, 1, { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 3, ballot: ballotOf(1, 2) })
    stage.mail = []
    stage.arrive(late)
    expect(stage.mail.map(({ message }) => message.kind)).toEqual(['nack', 'nack', 'nack'])
  })

  it('goes on where one instance of it is refused, and that one follows', () => {
    const stage = new Stage(3, {})
    abandoned(stage, 3, 1)
    stage.tell(0, 2, recoverOne({ slot: 0, number: 2 }, ballotOf(9, 0)))
    stage.mail = []
    stage.recover(1, '0.1')
    expect(stage.find('recover', { to: 2 })).toHaveLength(1)
    stage.flow()
    expect(['0.1', '0.2', '0.3'].map((of) => stage.committed(2, of))).toEqual(['c1 {0,0,0}', undefined, 'c3 {0,0,0}'])
    stage.settle()
    expect(stage.cell(2, '0.2')).toMatchObject({ phase: 'committed', ballot: ballotOf(10, 1) })
    expect(stage.replica(2).status().committed).toEqual([3, 0, 0])
  })

  it('that nobody has seen ends as no-ops, so that what depends on it goes on', () => {
    const stage = new Stage(3, {})
    const about = { epoch: 0, instance: { slot: 1, number: 1 } }
    stage.crash(0)
    stage.tell(1, 2, { kind: 'commit', ...about, value: batch(command('b')), deps: [100, 0, 0] })
    stage.settle()
    expect(recovers(stage, 2, 1).length).toBeLessThanOrEqual(2)
    expect(stage.executed(2)).toBe('b')
    expect(stage.cell(2, '0.100')).toMatchObject({ phase: 'committed', value: NOOP })
  })
})
