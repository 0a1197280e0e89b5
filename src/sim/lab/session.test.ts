import { describe, expect, it } from 'vitest'
import { Replica, write } from '../../core/index.js'
import { LabSession } from './session.js'
import { names, picture, propose, refusal, setup } from './stage.js'

describe('a session of the Lab', () => {
  it('plays on, and looks back without running anything', () => {
    const session = LabSession.begin(setup)
    session.act(propose(0, 'a'))
    session.advance(100)
    session.advance(100)
    const { world } = session
    const before = world.chronicle.happenings.length
    expect([session.positionMs, world.nowMs, session.current.endMs]).toEqual([200, 200, 200])
    session.seek(50)
    session.advance(30)
    expect([session.positionMs, session.world.nowMs, session.current.endMs]).toEqual([80, 200, 200])
    expect(session.world).toBe(world)
    expect(world.chronicle.happenings).toHaveLength(before)
    session.seek(300)
    expect([session.positionMs, world.nowMs]).toEqual([300, 300])
  })

  it('plays as slowly as one likes: what is less than a thousandth adds up', () => {
    const session = LabSession.begin(setup)
    for (let frame = 0; frame < 100; frame++) session.advance(0.0004)
    expect(session.positionMs).toBeCloseTo(0.04, 2)
    session.advance(0.0004)
    session.seek(1)
    session.advance(0.0007)
    expect(session.positionMs).toBe(1)
  })

  it('looks at every moment that a script can name', () => {
    const session = LabSession.begin({ ...setup, voters: 1 })
    session.seek(10)
    for (let micro = 0; micro <= 10_000; micro += 7) {
      session.seek(micro / 1000)
      expect(session.positionMs).toBe(micro / 1000)
    }
  })

  it('shows at once what takes no time, at the end and in another future', () => {
    const session = LabSession.begin({ ...setup, net: { kind: 'even', delayMs: 0 }, writeMs: 0 })
    session.act(propose(0, 'a'))
    expect(session.world.chronicle.deeds[0]?.executedMs).toBe(0)
    session.seek(10)
    session.seek(5)
    session.act(propose(0, 'b'))
    expect(session.world.chronicle.deeds[1]?.executedMs).toBe(5)
  })

  it('begins with what its address says, and with nothing that no address can say', () => {
    const session = LabSession.begin({ ...setup, jitter: 0.123, writeMs: 1.23456 })
    expect(session.world.setup).toMatchObject({ jitter: 0.12, writeMs: 1.235 })
    expect(refusal(() => LabSession.begin({ ...setup, voters: 10 }))).toContain('"10" should be a whole number from 1')
  })

  it('stays between its beginning and the end of ten minutes', () => {
    const session = LabSession.begin({ ...setup, voters: 1 })
    session.seek(-5)
    expect(session.positionMs).toBe(0)
    session.seek(1e9)
    expect(session.positionMs).toBe(600_000)
    expect(session.step('event')).toBe(false)
    expect(session.positionMs).toBe(600_000)
    expect(refusal(() => session.act(propose(0, 'a')))).toBe('this run is over: go back, or begin another one')
  })

  it('goes on with what is done at the end, and makes another future of what is done before it', () => {
    const session = LabSession.begin(setup)
    session.act(propose(0, 'a'))
    session.seek(10)
    session.act(propose(1, 'b'))
    session.seek(500)
    expect(session.branches).toHaveLength(1)
    session.seek(5)
    session.act(propose(2, 'c'))
    expect(session.branches.map(({ name, parent, forkMs, endMs }) => [name, parent, forkMs, endMs])).toEqual([
      ['future 1', undefined, 0, 500],
      ['future 2', 0, 5, 5],
    ])
    expect([session.current.name, session.positionMs]).toEqual(['future 2', 5])
    session.seek(400)
    expect(names(session)).toEqual(['a', 'c'])
    session.select(0)
    expect([session.current.name, session.positionMs]).toEqual(['future 1', 400])
    expect(names(session)).toEqual(['a', 'b'])
    session.seek(450)
    session.select(1)
    expect([session.positionMs, session.world.nowMs]).toEqual([400, 400])
  })

  it('has done in another future what was done at the very moment that it leaves', () => {
    const session = LabSession.begin(setup)
    session.seek(10)
    session.act(propose(0, 'a'))
    session.seek(20)
    session.seek(10)
    session.act(propose(1, 'b'))
    expect(names(session)).toEqual(['a', 'b'])
    expect(picture(LabSession.parse(session.text()))).toEqual(picture(session))
  })

  it('changes nothing where something is refused', () => {
    const session = LabSession.begin(setup)
    session.act({ kind: 'crash', replica: 1 })
    session.seek(100)
    const before = session.text()
    expect(refusal(() => session.act({ kind: 'crash', replica: 1 }))).toBe('R1 is down')
    expect(refusal(() => session.act(propose(0, 'too long a name')))).toBe(
      '"too long a name" should be a name of one to seven letters or digits',
    )
    expect(refusal(() => session.act(propose(0, 'a', 'k?')))).toContain('"k?" should be a key')
    session.seek(50)
    const inThePast = session.text()
    expect(refusal(() => session.act({ kind: 'crash', replica: 1 }))).toBe('R1 is down')
    expect(session.branches).toHaveLength(1)
    expect(session.text()).toBe(inThePast)
    session.seek(100)
    expect(session.text()).toBe(before)
  })

  it('keeps at most thirty-two futures', () => {
    const session = LabSession.begin({ ...setup, voters: 1 })
    session.seek(10)
    for (let future = 2; future <= 32; future++) {
      session.select(0)
      session.seek(5)
      session.act(propose(0, `a${future}`))
    }
    session.select(0)
    session.seek(5)
    expect(refusal(() => session.act(propose(0, 'b')))).toBe('there are 32 futures already: go on in one of them')
    expect(LabSession.parse(session.text()).text()).toBe(session.text())
  })

  it('does nothing that would not fit into its address', () => {
    const session = LabSession.begin({ ...setup, voters: 1 })
    const spans = Array.from({ length: 8 }, (_, at) => write(`${at}${'x'.repeat(63)}`))
    const act = (): void => session.act({ kind: 'propose', replica: 0, name: 'a', spans })
    for (let step = 0; step < 119; step++) act()
    expect(refusal(act)).toBe('nothing')
    expect(refusal(act)).toContain('it would not fit into an address')
    expect(LabSession.parse(session.text()).text()).toBe(session.text())
  })

  it('takes no more steps than its address may have', () => {
    const session = LabSession.parse(`lab 1 seed 7 even 4ms\n${'at 0ms cut R0\n'.repeat(2000)}`)
    expect(refusal(() => session.act({ kind: 'heal' }))).toContain('it is one step too many')
  })

  it('keeps the runs of the four futures that were left last, and runs others again to the same', () => {
    const session = LabSession.begin(setup)
    session.seek(10)
    const first = session.world
    for (let future = 2; future <= 6; future++) {
      session.select(0)
      session.seek(5)
      session.act(propose(0, `a${future}`))
      session.seek(200)
      expect(session.world).not.toBe(first)
    }
    const last = { world: session.world, picture: picture(session) }
    session.select(0)
    expect(session.world).toBe(first)
    session.select(5)
    expect(session.world).toBe(last.world)
    for (const other of [1, 2, 3, 4, 5]) session.select(other)
    expect(session.world).toBe(last.world)
    for (const other of [1, 2, 3, 4, 0]) session.select(other)
    session.select(5)
    session.seek(200)
    expect(session.world).not.toBe(last.world)
    expect(picture(session)).toEqual(last.picture)
  })

  it('runs every future with the parts that it was given', () => {
    class Broken extends Replica {
      override step(): void {
        throw new TypeError('no such rule')
      }
    }
    const parts = { Replica: Broken }
    const isBroken = ({ world }: LabSession): boolean =>
      world.chronicle.happenings.some(({ kind }) => kind === 'stopped')
    const session = LabSession.begin(setup, parts)
    session.act(propose(0, 'a'))
    session.seek(500)
    expect(isBroken(session)).toBe(true)
    session.seek(5)
    session.act(propose(1, 'b'))
    session.seek(500)
    expect(isBroken(session)).toBe(true)
    const again = LabSession.parse(session.text(), parts)
    expect(isBroken(again)).toBe(true)
    again.select(0)
    expect(isBroken(again)).toBe(true)
  })

  it('steps from message to message and from event to event, through what is recorded and beyond', () => {
    const steps = (session: LabSession, what: 'message' | 'event'): number[] =>
      Array.from({ length: 3 }, () => {
        expect(session.step(what)).toBe(true)
        return session.positionMs
      })
    const even = { ...setup, jitter: 0 }
    for (const [what, expected] of [
      ['message', [42, 84, 126]],
      ['event', [2, 42, 44]],
    ] as const) {
      const session = LabSession.begin(even)
      session.act(propose(0, 'a'))
      const first = steps(session, what)
      session.seek(1000)
      session.seek(0)
      expect(steps(session, what)).toEqual(first)
      expect(first).toEqual(expected)
    }
  })

  it('steps to what happens without any message, and to no message that never arrived', () => {
    const session = LabSession.begin({ ...setup, jitter: 0 })
    session.seek(5)
    session.act({ kind: 'hide', replica: 2 })
    session.seek(20)
    session.act({ kind: 'show', replica: 2 })
    session.act(propose(0, 'a'))
    session.act({ kind: 'cut', sides: [[0], [1], [2]] })
    session.seek(100)
    session.act({ kind: 'heal' })
    session.seek(5000)
    session.seek(0)
    expect([session.step('event'), session.positionMs]).toEqual([true, 5])
    expect([session.step('event'), session.positionMs]).toEqual([true, 20])
    expect([session.step('event'), session.positionMs]).toEqual([true, 22])
    // There the cut ends what was sent.
    expect([session.step('event'), session.positionMs]).toEqual([true, 62])
    session.seek(20)
    session.step('message')
    const arrivedMs = session.world.chronicle.flights.flatMap(({ background, fate, endMs }) =>
      background || fate !== 'arrived' ? [] : [endMs],
    )
    expect(session.positionMs).toBe(Math.min(...arrivedMs))
    expect(session.positionMs).toBeGreaterThan(100)
  })

  it('steps to where a message was dropped, and not to where it would have arrived', () => {
    const cities = ['eu-west-1', 'us-west-1', 'sa-east-1'] as const
    const session = LabSession.begin({ ...setup, net: { kind: 'map', cities }, jitter: 0 })
    session.act(propose(0, 'a'))
    session.seek(10)
    session.act({ kind: 'drop', mail: { kind: 'pre-accept', from: 0, to: 1 } })
    session.step('event')
    const arrivesMs = session.positionMs
    session.seek(1000)
    session.seek(2)
    expect([session.step('event'), session.positionMs]).toEqual([true, 10])
    expect([session.step('event'), session.positionMs]).toEqual([true, arrivesMs])
  })

  it('steps from what is recorded to what comes next, though a message is under way until later', () => {
    const session = LabSession.begin({ ...setup, jitter: 0 })
    session.act(propose(0, 'a'))
    session.seek(10)
    session.act(propose(1, 'b'))
    session.seek(11)
    expect([session.step('event'), session.positionMs]).toEqual([true, 12])
  })

  it('says that nothing is left to step to where there is only gossip', () => {
    const session = LabSession.begin(setup)
    expect(session.step('message')).toBe(false)
    expect(session.branches).toHaveLength(1)
    expect(LabSession.parse(session.text()).text()).toBe(session.text())
  })
})
