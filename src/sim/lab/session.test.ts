import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Replica, write } from '../../core/index.js'
import { script } from './arbitraries.js'
import type { LabAction, LabSetup } from './contract.js'
import { LabRefused } from './refused.js'
import { formatScript, InvalidScript } from './script.js'
import { LabSession } from './session.js'

const setup: LabSetup = {
  seed: 7,
  voters: 3,
  net: { kind: 'even', delayMs: 40 },
  jitter: 0.1,
  writeMs: 2,
  thrifty: false,
}

const propose = (replica: number, name: string, key = 'k'): LabAction => ({
  kind: 'propose',
  replica,
  name,
  spans: [write(key)],
})

/** All that can be seen at the moment that is looked at. */
const picture = ({ world: { chronicle, findings }, positionMs, current }: LabSession): unknown => ({
  positionMs,
  current,
  rows: chronicle.epochs.map(({ number }) => chronicle.rows('all', number, positionMs, 100)),
  members: chronicle.members(positionMs),
  flights: chronicle.flights,
  happenings: chronicle.happenings,
  deeds: chronicle.deeds,
  cuts: chronicle.cuts,
  findings,
})

const names = (session: LabSession): string[] => session.world.chronicle.deeds.map(({ name }) => name)

const refusal = (action: () => void): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof LabRefused || error instanceof InvalidScript) return error.message
    throw error
  }
  return 'nothing'
}

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

describe('the text of a session', () => {
  it('says what was done in each future, until when each was run, and what is looked at', () => {
    const session = LabSession.begin(setup)
    session.act(propose(0, 'a'))
    session.seek(900)
    session.seek(320)
    session.act({ kind: 'crash', replica: 0 })
    session.seek(1200)
    session.seek(450)
    expect(session.text()).toBe(
      [
        'lab 3 seed 7 even 40ms jitter 10% write 2ms',
        'at 0ms propose R0 a k',
        'until 900ms',
        'branch 2 of 1 at 320ms',
        'at 320ms crash R0',
        'until 1200ms',
        'look 2 at 450ms',
        '',
      ].join('\n'),
    )
    expect(picture(LabSession.parse(session.text()))).toEqual(picture(session))
  })

  it('may be a script by itself: it is run to its last step, and looked at as it begins', () => {
    const session = LabSession.parse('lab 3 seed 7 even 40ms\nat 0ms propose R0 a k\nat 200ms propose R1 b k')
    expect([session.positionMs, session.world.nowMs, session.current.endMs]).toEqual([0, 200, 200])
    expect(names(session)).toEqual(['a', 'b'])
  })

  it('that looks beyond an end runs that future until there, and no other', () => {
    const two = 'lab 3 seed 7 even 40ms\nuntil 90ms\nbranch 2 of 1 at 50ms\nuntil 60ms\nlook 2 at 500ms'
    const session = LabSession.parse(two)
    expect([session.positionMs, session.world.nowMs]).toEqual([500, 500])
    expect(session.branches.map(({ endMs }) => endMs)).toEqual([90, 500])
  })

  it('brings the same picture back, whatever was done', () => {
    type Move = (session: LabSession) => void
    const act = (action: LabAction): Move => {
      return (session) => {
        refusal(() => session.act(action))
      }
    }
    const replica = fc.nat(3)
    const ms = fc.integer({ min: 0, max: 3_000_000 }).map((micro) => micro / 1000)
    const moves: fc.Arbitrary<Move> = fc.oneof(
      ms.map((by) => (session: LabSession) => session.advance(by / 10)),
      ms.map((to) => (session: LabSession) => session.seek(to / 5)),
      fc.constantFrom<Move>(
        (session) => session.step('event'),
        (session) => session.step('message'),
      ),
      fc.nat(4).map((branch) => (session: LabSession) => session.select(branch)),
      fc.tuple(replica, fc.constantFrom('k', 'j')).map(([at, key]) => act(propose(at, 'a', key))),
      fc
        .tuple(replica, fc.constantFrom('crash', 'restart', 'hide', 'show'))
        .map(([at, kind]) => act({ kind, replica: at })),
      fc.constant(act({ kind: 'cut', sides: [[0, 1], [2]] })),
      fc.constant(act({ kind: 'heal' })),
      fc.constant(act({ kind: 'join', replica: 3, city: undefined })),
      replica.map((at) => act({ kind: 'seal', replica: at, voters: [0, 1] })),
      fc.constant(act({ kind: 'burst', replicas: [0, 1], count: 5, everyMs: 7, interference: 0.5 })),
    )
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1, maxLength: 15 }), fc.boolean(), (all, jitter) => {
        const session = LabSession.begin({ ...setup, jitter: jitter ? 0.3 : 0 })
        for (const move of all) move(session)
        const again = LabSession.parse(session.text())
        expect(again.text()).toBe(session.text())
        expect(again.branches).toEqual(session.branches)
        expect(picture(again)).toEqual(picture(session))
      }),
      { numRuns: 40 },
    )
  })

  it('is run or refused with InvalidScript, whatever it is', () => {
    const base = [
      'lab 2 seed 7 even 4ms',
      'at 0ms propose R0 a k',
      'until 90ms',
      'branch 2 of 1 at 50ms',
      'look 2 at 60ms',
    ]
    const lines = fc.constantFrom(
      ...base,
      'at 60ms crash R1',
      'until 70ms',
      'branch 3 of 2 at 55ms',
      'look 1 at 5ms',
      'at 1ms heal',
    )
    const texts = fc.oneof(
      fc.array(lines).map((each) => [base[0], ...each].join('\n')),
      fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, noise]) => {
        const text = base.join('\n')
        const cut = at % text.length
        return text.slice(0, cut) + noise + text.slice(cut + 1)
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(refusal(() => LabSession.parse(text))).toMatch(/^(nothing|line \d+ of the script: .{10,400})$/)
      }),
    )
  })

  it('is as strict as a script, which it holds', () => {
    fc.assert(
      fc.property(script, (one) => {
        const problem = refusal(() => LabSession.parse(`${formatScript(one)}look 1 at 0ms now`))
        expect(problem).toContain('"now" is not expected here')
      }),
      { numRuns: 10 },
    )
  })

  it.each([
    ['a step that can not be done', 'at 5ms crash R7', "line 3 of the script: it can't be done: there is no R7"],
    ['a future that was not made', 'look 2 at 5ms', '"2" should be a whole number from 1 to 1'],
    ['an end before its steps', 'at 50ms heal\nuntil 5ms', 'line 4 of the script: 5ms is before what is done in it'],
    ['steps after an end', 'until 5ms\nat 6ms heal', 'line 4 of the script: after "until" there should be'],
    ['lines after the look', 'look 1 at 5ms\nuntil 6ms', 'line 4 of the script: nothing should come after'],
    ['futures out of order', 'until 9ms\nbranch 3 of 1 at 5ms', '"3" should be "2"'],
    ['a future of a later one', 'until 9ms\nbranch 2 of 2 at 5ms', '"2" should be a whole number from 1 to 1'],
    [
      'a future of what has ended',
      'until 9ms\nbranch 2 of 1 at 9ms',
      'it should leave future 1 before that ends, at 9ms',
    ],
    [
      'a step that can not be done, in what a future has from another',
      'at 5ms crash R7\nuntil 9ms\nbranch 2 of 1 at 6ms\nlook 2 at 6ms',
      "line 3 of the script: it can't be done: there is no R7",
    ],
    [
      'more commands in a future than a run may have',
      'at 0ms burst 4999 every 1ms interference 0% R0\nuntil 9ms\nbranch 2 of 1 at 6ms\nat 6ms propose R0 b k',
      'line 6 of the script: with this step 5001 commands are proposed',
    ],
    [
      'more futures than there may be',
      `until 9ms\n${Array.from({ length: 32 }, (_, at) => `branch ${at + 2} of 1 at 5ms\n`).join('')}`,
      'it is one future too many: 32 are allowed',
    ],
    ['a step before its future', 'until 9ms\nbranch 2 of 1 at 5ms\nat 4ms heal', '4ms comes before 5ms'],
  ])('is refused with %s', (_, lines, problem) => {
    expect(refusal(() => LabSession.parse(`lab 3 seed 7 even 40ms\nat 0ms propose R0 a k\n${lines}`))).toContain(
      problem,
    )
  })
})
