import { describe, expect, it } from 'vitest'
import { type InstanceId, type Message, Replica } from '../../core/index.js'
import { MAX_COMMANDS, MAX_MEMBERS } from './bounds.js'
import type { Deed, Happening, LabAction, LabSetup } from './contract.js'
import { LabRefused } from './refused.js'
import { propose } from './stage.js'
import { LabWorld } from './world.js'

/** Three voters, 20 ms apart, that write in 2 ms. */
const setup: LabSetup = {
  seed: 7,
  voters: 3,
  net: { kind: 'even', delayMs: 20 },
  jitter: 0,
  writeMs: 2,
  thrifty: false,
}

const onMap: LabSetup = { ...setup, net: { kind: 'map', cities: ['eu-west-1', 'us-west-1', 'sa-east-1'] } }

const started = (changes: Partial<LabSetup> = {}): LabWorld => {
  const world = new LabWorld({ ...setup, ...changes })
  world.runUntil(1000)
  return world
}

/** At this time, then on to that. */
const act = (world: LabWorld, action: LabAction, untilMs: number = world.nowMs): void => {
  world.act(action)
  world.runUntil(untilMs)
}

const happened = <K extends Happening['kind']>(
  { chronicle }: LabWorld,
  kind: K,
  replica?: number,
): readonly Extract<Happening, { readonly kind: K }>[] =>
  chronicle.happenings.filter(
    (one): one is Extract<Happening, { readonly kind: K }> =>
      one.kind === kind && (replica === undefined || one.replica === replica),
  )

/** `epoch:slot.number` in the order in which this replica executed them. */
const orderAt = (world: LabWorld, replica: number): string =>
  happened(world, 'executed', replica)
    .map(({ epoch, instance: { slot, number } }) => `${epoch}:${slot}.${number}`)
    .join(' ')

const deed = ({ chronicle }: LabWorld, name: string): Deed => {
  const found = chronicle.deeds.find((one) => one.name === name)
  if (found === undefined) throw new Error(`nobody has proposed ${name}`)
  return found
}

const stateOf = ({ chronicle, nowMs }: LabWorld, replica: number): string =>
  chronicle
    .members(nowMs)
    .filter((one) => one.replica === replica)
    .map(({ state, role, epoch }) => `${state} ${role} ${epoch}`)
    .join()

const first: InstanceId = { slot: 0, number: 1 }

describe('a proposal', () => {
  it('goes the fast path and is executed everywhere, with every vote on record', () => {
    const world = started()
    act(world, propose(0, 'a'), 1200)
    // Written, sent, written, answered; then written once more.
    expect(deed(world, 'a')).toMatchObject({
      instance: first,
      proposedMs: 1000,
      committedMs: 1046,
      executedMs: 1046,
      path: 'fast',
    })
    expect(happened(world, 'vote')).toMatchObject([
      { from: 1, votes: 2, needed: 2, round: 'pre-accept', grown: false, atMs: 1044 },
    ])
    for (const replica of [0, 1, 2]) expect(orderAt(world, replica)).toBe('0:0.1')
    expect(world.linearizable()).toBe('yes')
  })

  it('that interferes with another is committed by the slow path, and both are executed in one order', () => {
    const world = started()
    act(world, propose(0, 'a'))
    act(world, propose(2, 'b'), 2000)
    const grown = happened(world, 'vote').filter((vote) => vote.grown)
    expect(grown.length).toBeGreaterThan(0)
    expect([deed(world, 'a').path, deed(world, 'b').path]).toContain('slow')
    for (const replica of [1, 2]) expect(orderAt(world, replica)).toBe(orderAt(world, 0))
    expect(orderAt(world, 0).split(' ')).toHaveLength(2)
  })

  it('waits for an own one that it interferes with', () => {
    const world = started()
    act(world, propose(0, 'a'))
    act(world, propose(0, 'b'))
    expect(deed(world, 'b').instance).toBeUndefined()
    world.runUntil(2000)
    expect(deed(world, 'b')).toMatchObject({ instance: { slot: 0, number: 2 }, path: 'fast' })
  })

  it('is lost with its replica where it was not durable, and is on record as refused where it still waited', () => {
    const world = started()
    act(world, propose(0, 'a'))
    act(world, propose(0, 'b'))
    act(world, { kind: 'crash', replica: 0 }, 1500)
    expect(deed(world, 'b').refused).toContain('R0')
    expect(world.chronicle.cell(0, 0, first, 1000)?.phase).toBe('pre-accepted')
    act(world, { kind: 'restart', replica: 0 }, 3000)
    expect(world.chronicle.cell(0, 0, first, 3000)).toBeUndefined()
    expect(world.chronicle.rows(0, 0, 3000, 5)).toEqual([[], [], []])
    expect(deed(world, 'a').refused).toBe('R0 went down before it had written it')
  })
})

describe('a coordinator that crashes', () => {
  it('is recovered by the others, by a rule that is told, and learns of it when it is back', () => {
    const world = started()
    act(world, propose(0, 'a'), 1010)
    act(world, { kind: 'drop', mail: { kind: 'pre-accept', of: first, from: 0, to: 2 } })
    act(world, { kind: 'crash', replica: 0 }, 1030)
    act(world, propose(1, 'b'), 12_000)
    expect(happened(world, 'recovery').length).toBeGreaterThan(0)
    expect(happened(world, 'vote').some(({ round }) => round === 'recover')).toBe(true)
    expect(deed(world, 'b').executedMs).toBeDefined()
    expect(stateOf(world, 0)).toBe('down voter 0')
    act(world, { kind: 'restart', replica: 0 }, 20_000)
    expect(orderAt(world, 0)).toBe(orderAt(world, 1))
    expect(world.findings).toEqual([])
  })
})

describe('a replica that starts again', () => {
  it('goes on from its checkpoint and the records beside it', () => {
    const world = started()
    act(world, propose(0, 'a'), 8000)
    act(world, { kind: 'crash', replica: 0 }, 8500)
    act(world, { kind: 'restart', replica: 0 }, 9000)
    act(world, propose(0, 'b'), 10_000)
    expect(world.chronicle.cell(0, 0, first, 10_000)).toMatchObject({ executed: true, position: 1, path: 'fast' })
    expect(world.chronicle.cell(0, 0, { slot: 0, number: 2 }, 10_000)).toMatchObject({ executed: true, position: 2 })
    expect(orderAt(world, 0)).toBe('0:0.1 0:0.2')
  })
})

describe('a burst', () => {
  it('proposes at its replicas in turn, and a share of it interferes', () => {
    const world = started()
    act(world, { kind: 'burst', replicas: [2, 0], count: 40, everyMs: 50, interference: 0.5 }, 6000)
    const { deeds } = world.chronicle
    expect(deeds.map(({ replica }) => replica).slice(0, 4)).toEqual([2, 0, 2, 0])
    expect(deeds.map(({ proposedMs }) => proposedMs)).toEqual(deeds.map((_, i) => 1000 + 50 * i))
    const hot = deeds.filter(({ spans: [span] }) => span?.kind === 'key' && span.key === 'hot')
    expect(hot.length).toBeGreaterThan(10)
    expect(hot.length).toBeLessThan(30)
    expect(deeds.every(({ executedMs }) => executedMs !== undefined)).toBe(true)
  })

  it('goes on where one of its replicas is down: what that one was to propose is refused', () => {
    const world = started()
    act(world, { kind: 'burst', replicas: [0, 1], count: 4, everyMs: 100, interference: 0 })
    act(world, { kind: 'crash', replica: 1 }, 5000)
    const { deeds } = world.chronicle
    expect(deeds.map(({ refused }) => refused)).toEqual([undefined, 'R1 is down', undefined, 'R1 is down'])
    expect(deeds[2]?.executedMs).toBeDefined()
  })
})

describe('a message on its way', () => {
  const mail = { kind: 'pre-accept', of: first, from: 0, to: 1 } as const
  const flights = ({ chronicle }: LabWorld): readonly unknown[] =>
    chronicle.flights
      .filter(({ kind, to }) => kind === 'pre-accept' && to === 1)
      .map(({ sentMs, endMs, fate, repeat }) => [sentMs, endMs, fate, repeat])

  /** It is sent at 1002, and due at 1022. */
  const underWay = (action: LabAction): LabWorld => {
    const world = started()
    act(world, propose(0, 'a'), 1010)
    act(world, action, 1200)
    return world
  }

  it('arrives', () => {
    expect(flights(underWay({ kind: 'drop', mail: { ...mail, to: 2 } }))).toEqual([[1002, 1022, 'arrived', false]])
  })

  it('is dropped: the others are enough', () => {
    const world = underWay({ kind: 'drop', mail })
    expect(flights(world)).toEqual([[1002, 1022, 'lost', false]])
    expect(deed(world, 'a').path).toBe('fast')
  })

  it('is delivered at once', () => {
    expect(flights(underWay({ kind: 'deliver', mail }))).toEqual([[1002, 1010, 'arrived', false]])
  })

  it('is delayed', () => {
    expect(flights(underWay({ kind: 'delay', mail, byMs: 100 }))).toEqual([[1002, 1122, 'arrived', false]])
  })

  it('is repeated: the copy is a flight of its own, and changes nothing', () => {
    const world = underWay({ kind: 'repeat', mail, byMs: 5 })
    expect(flights(world)).toEqual([
      [1002, 1022, 'arrived', false],
      [1010, 1027, 'arrived', true],
    ])
    expect(orderAt(world, 1)).toBe('0:0.1')
  })

  it('misses a receiver that is down', () => {
    expect(flights(underWay({ kind: 'crash', replica: 1 }))).toEqual([[1002, 1022, 'missed', false]])
  })

  it('is lost in a cut, and only in a cut', () => {
    expect(flights(underWay({ kind: 'cut', sides: [[0, 2], [1]] }))).toContainEqual([1002, 1022, 'lost', false])
    expect(flights(underWay({ kind: 'cut', sides: [[0, 1]] }))).toEqual([[1002, 1022, 'arrived', false]])
  })
})

describe('a cut', () => {
  it('keeps who is alone from committing, until it is healed', () => {
    const world = started()
    act(world, { kind: 'cut', sides: [[1, 2]] })
    act(world, propose(0, 'a'), 3000)
    expect(deed(world, 'a').committedMs).toBeUndefined()
    act(world, { kind: 'heal' }, 10_000)
    expect(deed(world, 'a').executedMs).toBeDefined()
    expect(world.chronicle.cuts).toEqual([{ fromMs: 1000, untilMs: 3000, sides: [[1, 2]] }])
    expect(world.chronicle.lag(10_000)).toBe(0)
  })
})

describe('a member', () => {
  it('that joins gets a snapshot, follows, and votes in the epoch that a seal makes', () => {
    const world = started()
    act(world, propose(0, 'a'), 1100)
    act(world, { kind: 'join', replica: 3, city: undefined }, 1139)
    expect(stateOf(world, 3)).toBe('up joining 0')
    world.runUntil(4000)
    expect(stateOf(world, 3)).toBe('up observer 0')
    expect(world.chronicle.flights.filter(({ kind }) => kind === 'snapshot')).toMatchObject([
      { from: 0, to: 3, endMs: 1140 },
    ])
    act(world, { kind: 'seal', replica: 1, voters: [0, 1, 3] }, 5000)
    expect(world.chronicle.epochs).toMatchObject([
      { number: 0, voters: [0, 1, 2] },
      { number: 1, voters: [0, 1, 3] },
    ])
    expect([stateOf(world, 2), stateOf(world, 3)]).toEqual(['up observer 1', 'up voter 1'])
    act(world, propose(3, 'b'), 6000)
    expect(deed(world, 'b')).toMatchObject({ epoch: 1, instance: { slot: 2, number: 1 }, path: 'fast' })
    act(world, { kind: 'crash', replica: 1 })
    act(world, propose(0, 'c'), 7000)
    expect(deed(world, 'c').executedMs).toBeDefined()
    expect(happened(world, 'vote').some(({ epoch, from }) => epoch === 1 && from === 3)).toBe(true)
    expect(() => world.act(propose(2, 'd'))).toThrow('R2')
    expect(world.findings).toEqual([])
  })

  it('that misses the whole change of a group is brought back by a snapshot', () => {
    const world = started()
    act(world, { kind: 'crash', replica: 2 }, 1100)
    act(world, propose(0, 'a'), 1500)
    act(world, { kind: 'seal', replica: 0, voters: [0, 1] }, 20_000)
    act(world, propose(0, 'b'), 20_500)
    act(world, { kind: 'restart', replica: 2 }, 25_000)
    expect(happened(world, 'installed', 2)).toHaveLength(1)
    expect(stateOf(world, 2)).toBe('up observer 1')
    expect(world.chronicle.members(25_000).map(({ executed }) => executed)).toEqual([3, 3, 3])
    expect(world.findings).toEqual([])
  })

  it('that votes on, and misses two changes of the group, begins the newest epoch at its start', () => {
    const world = started()
    act(world, { kind: 'crash', replica: 2 }, 1100)
    for (const untilMs of [20_000, 40_000]) act(world, { kind: 'seal', replica: 0, voters: [0, 1, 2] }, untilMs)
    act(world, propose(0, 'a'), 50_000)
    act(world, { kind: 'restart', replica: 2 }, 60_000)
    expect(happened(world, 'installed', 2)).toHaveLength(1)
    expect(orderAt(world, 2)).toBe('2:0.1')
    expect(orderAt(world, 0)).toBe('0:0.1 1:0.1 2:0.1')
    expect(world.findings).toEqual([])
  })

  it('that goes down before it is asked gives no snapshot: the next is asked', () => {
    const world = started()
    act(world, { kind: 'join', replica: 3, city: undefined }, 1010)
    act(world, { kind: 'crash', replica: 0 }, 4000)
    expect(stateOf(world, 3)).toBe('up observer 0')
    expect(world.chronicle.flights.filter(({ kind }) => kind === 'snapshot').map(({ from }) => from)).toEqual([1])
  })

  it.each([
    ['crash', 'down'],
    ['wipe', 'gone'],
  ] as const)('that meets a %s while it waits for a snapshot misses it', (kind, state) => {
    const world = started()
    act(world, { kind: 'join', replica: 3, city: undefined }, 1030)
    act(world, { kind, replica: 3 }, 3000)
    expect(world.chronicle.flights.filter(({ kind }) => kind === 'snapshot').map(({ fate }) => fate)).toEqual([
      'missed',
    ])
    expect(stateOf(world, 3)).toBe(`${state} joining 0`)
    expect(happened(world, 'installed')).toEqual([])
  })

  it('that follows, and misses the end of the epoch, is brought back by another snapshot', () => {
    const world = started()
    act(world, { kind: 'join', replica: 3, city: undefined }, 3000)
    act(world, { kind: 'cut', sides: [[0, 1, 2]] })
    act(world, { kind: 'seal', replica: 0, voters: [0, 1] }, 20_000)
    expect(stateOf(world, 3)).toBe('up observer 0')
    act(world, { kind: 'heal' }, 30_000)
    expect(stateOf(world, 3)).toBe('up observer 1')
    expect(happened(world, 'installed', 3)).toHaveLength(2)
  })

  it('that is hidden still answers, and that is wiped never comes back', () => {
    const world = started()
    act(world, { kind: 'hide', replica: 1 })
    act(world, { kind: 'wipe', replica: 2 }, 4000)
    act(world, propose(0, 'a'), 8000)
    expect(deed(world, 'a').executedMs).toBeDefined()
    expect([stateOf(world, 1), stateOf(world, 2)]).toEqual(['hidden voter 0', 'gone voter 0'])
    expect(() => world.act({ kind: 'restart', replica: 2 })).toThrow('R2 is gone for good')
    act(world, { kind: 'show', replica: 1 })
    expect(stateOf(world, 1)).toBe('up voter 0')
  })

  it('that moves to another city is as far away as that', () => {
    const world = new LabWorld(onMap)
    world.runUntil(1000)
    act(world, propose(0, 'a', 'x'), 2000)
    act(world, { kind: 'move', replica: 1, city: 'eu-west-1' })
    act(world, propose(0, 'b', 'y'), 3000)
    const took = ({ committedMs, proposedMs }: Deed): number => Math.round((committedMs ?? 0) - proposedMs)
    expect([took(deed(world, 'a')), took(deed(world, 'b'))]).toEqual([136 + 6, 0 + 6])
    expect(world.chronicle.members(1500)[1]?.city).toBe('us-west-1')
    expect(world.chronicle.members(2500)[1]?.city).toBe('eu-west-1')
  })

  it('with a broken core is stopped, and the run goes on', () => {
    class Broken extends Replica {
      override step(from: string, message: Message): void {
        if (message.kind === 'pre-accept' && this.id.startsWith('2')) throw new TypeError('no such rule')
        super.step(from, message)
      }
    }
    const world = new LabWorld(setup, { Replica: Broken })
    world.runUntil(1000)
    act(world, propose(0, 'a'), 2000)
    expect(happened(world, 'stopped')).toMatchObject([{ replica: 2, reason: 'no such rule', atMs: 1022 }])
    expect(deed(world, 'a').path).toBe('fast')
    expect(stateOf(world, 2)).toBe('stopped voter 0')
  })
})

describe('a step', () => {
  it('goes on to the next arrival of a message, or to the next of anything', () => {
    const world = started()
    world.act(propose(0, 'a'))
    expect([world.step('event'), world.nowMs]).toEqual([true, 1002])
    expect([world.step('event'), world.nowMs]).toEqual([true, 1022])
    expect([world.step('message'), world.nowMs]).toEqual([true, 1044])
  })

  it('that finds nothing to happen for a minute ends after that minute', () => {
    const world = started()
    expect([world.step('event'), world.nowMs]).toEqual([false, 61_000])
  })
})

describe('a refusal', () => {
  it.each<[LabAction, string]>([
    [propose(5, 'a'), 'there is no R5'],
    [propose(0, 'eightled'), 'one to seven letters or digits'],
    [{ kind: 'restart', replica: 0 }, 'R0 is up'],
    [{ kind: 'show', replica: 0 }, 'R0 is up'],
    [{ kind: 'heal' }, 'nothing is cut'],
    [{ kind: 'cut', sides: [] }, 'somebody on a side'],
    [{ kind: 'cut', sides: [[0], [0, 1]] }, 'two sides'],
    [{ kind: 'move', replica: 0, city: 'eu-west-1' }, 'no cities here'],
    [{ kind: 'join', replica: 4, city: undefined }, 'the next member is R3'],
    [{ kind: 'seal', replica: 0, voters: [0, 3] }, 'there is no R3'],
    [{ kind: 'seal', replica: 0, voters: [] }, '1 to 9 voters'],
    [{ kind: 'drop', mail: { kind: 'commit', from: 0, to: 1 } }, 'a commit from R0 to R1 is not on its way now'],
    [{ kind: 'burst', replicas: [], count: 1, everyMs: 1, interference: 0 }, 'somebody to propose'],
    [{ kind: 'burst', replicas: [0], count: MAX_COMMANDS + 1, everyMs: 1, interference: 0 }, 'at most 5000 commands'],
  ])('of %j says why', (action, why) => {
    const world = started()
    const told = JSON.stringify(world.chronicle.happenings)
    expect(() => world.act(action)).toThrow(LabRefused)
    expect(() => world.act(action)).toThrow(why)
    expect(JSON.stringify(world.chronicle.happenings)).toBe(told)
  })

  it('names members as the visitor does', () => {
    const world = started()
    act(world, { kind: 'join', replica: 3, city: undefined })
    expect(() => world.act({ kind: 'seal', replica: 0, voters: [0, 1, 3] })).toThrow(
      /^the epoch is not sealed: R3, which/,
    )
    expect(() => world.act(propose(3, 'a'))).toThrow('R3 waits for a snapshot')
  })

  it('meets whoever asks for more members, time or voters than there can be', () => {
    const world = started()
    for (let replica = 3; replica < MAX_MEMBERS; replica++) world.act({ kind: 'join', replica, city: undefined })
    expect(() => world.act({ kind: 'join', replica: MAX_MEMBERS, city: undefined })).toThrow('at most 16 members')
    expect(() => world.runUntil(600_001)).toThrow('10 minutes')
    expect(() => new LabWorld({ ...setup, voters: 10 })).toThrow('1 to 9 voters')
    expect(() => new LabWorld({ ...onMap, voters: 4 })).toThrow('4 voters need a city each')
  })
})
