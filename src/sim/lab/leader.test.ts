import { describe, expect, it } from 'vitest'
import { write } from '../../core/index.js'
import { awsRegions, awsRoundTripMs } from '../aws.js'
import type { LabAction, LabSetup } from './contract.js'
import { LeaderWorld } from './leader.js'
import { bestLeader, fastPathMs, throughLeaderMs } from './optimum.js'
import { LabWorld } from './world.js'

const onMap: LabSetup = {
  seed: 7,
  voters: 5,
  net: { kind: 'map', cities: awsRegions },
  jitter: 0,
  writeMs: 2,
  thrifty: false,
}

const even: LabSetup = { ...onMap, voters: 3, net: { kind: 'even', delayMs: 20 } }

const propose = (replica: number, key = 'k'): LabAction => {
  return { kind: 'propose', replica, name: 'x', spans: [write(key)] }
}

const tookMs = (world: LeaderWorld): readonly (number | undefined)[] =>
  world.deeds.map(({ committedMs, proposedMs }) => committedMs && committedMs - proposedMs)

describe('a log with a leader', () => {
  it('takes the way to the leader, its way to a majority, and a write, as measured', () => {
    const world = new LeaderWorld(onMap, awsRegions.indexOf('eu-west-1'))
    for (const replica of awsRegions.keys()) world.act(propose(replica))
    world.runUntil(1000)
    const { 'ca-central-1': Montreal, 'us-west-1': California, ...others } = awsRoundTripMs['eu-west-1']
    // Of five, three are a majority, and it is one of them.
    const agreedMs = Math.max(Montreal, California) + onMap.writeMs
    const expected = awsRegions.map((city) => (city === 'eu-west-1' ? 0 : awsRoundTripMs[city]['eu-west-1']) + agreedMs)
    for (const [replica, ms] of tookMs(world).entries()) expect(ms).toBeCloseTo(expected[replica] ?? Number.NaN, 9)
    expect(Math.min(...Object.values(others).filter((ms) => ms > 1))).toBeGreaterThan(agreedMs - onMap.writeMs)
  })

  it.each(awsRegions.map((city, leader) => [city, leader] as const))(
    'led from %s takes as long as is said',
    (_, leader) => {
      const world = new LeaderWorld(onMap, leader)
      for (const replica of awsRegions.keys()) world.act(propose(replica))
      world.runUntil(1000)
      for (const [replica, ms] of tookMs(world).entries()) {
        expect(ms).toBeCloseTo(throughLeaderMs(replica, leader, world.around), 9)
      }
    },
  )

  it('is led from where the mean is least, and of equals by the lowest', () => {
    const { around, leader } = new LeaderWorld(onMap)
    const meanOf = (led: number): number =>
      awsRegions.reduce((sum, _, replica) => sum + throughLeaderMs(replica, led, around), 0) / awsRegions.length
    for (const other of awsRegions.keys()) expect(meanOf(leader)).toBeLessThanOrEqual(meanOf(other))
    expect(awsRegions[leader]).toBe('ca-central-1')
    expect(bestLeader(new LeaderWorld(even).around)).toBe(0)
  })

  it('executes in one order everywhere, and each command where it was proposed', () => {
    const world = new LeaderWorld({ ...onMap, jitter: 1 })
    world.act({ kind: 'burst', replicas: [0, 1, 2, 3, 4], count: 200, everyMs: 5, interference: 0.3 })
    world.runUntil(5000)
    const indices = world.deeds.map(({ instance }) => instance?.number)
    expect(new Set(indices)).toEqual(new Set(Array.from({ length: 200 }, (_, i) => i + 1)))
    for (const { committedMs = 0, executedMs = 0, path } of world.deeds) {
      expect(executedMs).toBeGreaterThanOrEqual(committedMs)
      expect(committedMs).toBeGreaterThan(0)
      expect(path).toBe('told')
    }
  })

  it('goes on after the leader has crashed, and loses nothing that was proposed elsewhere', () => {
    const world = new LeaderWorld(even, 1)
    world.act(propose(0))
    world.runUntil(25)
    world.act({ kind: 'crash', replica: 1 })
    world.act(propose(2))
    world.runUntil(100)
    expect(world.leads).toBeUndefined()
    world.act(propose(1))
    world.runUntil(4000)
    // Next in turn.
    expect(world.leads).toBe(2)
    expect(world.deeds[2]?.refused).toBe('it is down')
    for (const deed of [world.deeds[0], world.deeds[1]]) {
      expect(deed?.executedMs).toBeGreaterThan(2000)
      expect(deed?.executedMs).toBeLessThan(2500)
      expect(deed?.instance?.slot).toBe(2)
    }
    world.act({ kind: 'restart', replica: 1 })
    world.act(propose(1))
    world.runUntil(6000)
    expect(world.leads).toBe(2)
    expect(world.deeds[3]?.executedMs).toBeDefined()
  })

  it('keeps its leader when one that was cut off comes back', () => {
    const world = new LeaderWorld(even, 0)
    world.act({ kind: 'cut', sides: [[0, 1], [2]] })
    world.runUntil(1000)
    world.act(propose(2))
    world.runUntil(10_000)
    expect(world.deeds[0]?.committedMs).toBeUndefined()
    world.act({ kind: 'heal' })
    // What was not answered is said again after four seconds, at the latest.
    world.runUntil(14_000 + 4 * 20)
    expect(world.leads).toBe(0)
    expect(world.deeds[0]?.executedMs).toBeGreaterThan(10_000)
  })

  it('is led by the newest leader where one that is cut off still takes itself for it', () => {
    const world = new LeaderWorld(even, 0)
    world.act({ kind: 'cut', sides: [[0], [1, 2]] })
    world.runUntil(5000)
    expect(world.leads).toBe(1)
  })

  it('knows of what is learnt once more after a crash since when it was known first', () => {
    const world = new LeaderWorld(even, 0)
    world.act(propose(0))
    // Known at 42, and durable at 44.
    world.runUntil(43)
    expect(world.deeds[0]).toMatchObject({ committedMs: 42, executedMs: 42 })
    world.act({ kind: 'crash', replica: 0 })
    world.act({ kind: 'restart', replica: 0 })
    world.runUntil(10_000)
    expect(world.leads).toBe(1)
    expect(world.deeds[0]).toMatchObject({ committedMs: 42, executedMs: 42 })
  })

  it('loses nothing where somebody is to restart who is up, and leaves out who joined later', () => {
    const world = new LeaderWorld(even, 0)
    world.act({ kind: 'restart', replica: 0 })
    expect(world.leads).toBe(0)
    world.act(propose(3))
    expect(world.deeds[0]?.refused).toBe('it has no part in this log')
  })

  it('misses its leader later where all others are hidden, and at once when they are shown', () => {
    const world = new LeaderWorld(even, 0)
    const others = (kind: 'hide' | 'show'): void => {
      for (const replica of [1, 2]) world.act({ kind, replica })
    }
    world.act({ kind: 'crash', replica: 0 })
    world.runUntil(990)
    others('hide')
    world.runUntil(2300)
    expect(world.leads).toBeUndefined()
    others('show')
    world.runUntil(2395)
    expect(world.leads).toBe(1)
  })

  it('is shown whoever restarts', () => {
    const world = new LeaderWorld(even, 0)
    world.act({ kind: 'hide', replica: 2 })
    for (const replica of [0, 1, 2]) world.act({ kind: 'crash', replica })
    world.runUntil(1010)
    for (const replica of [0, 2]) world.act({ kind: 'restart', replica })
    // After 2400 ms it is the turn of R2.
    world.runUntil(3600)
    expect(world.leads).toBe(2)
  })

  it('follows who moves', () => {
    const world = new LeaderWorld(onMap, 1)
    world.act({ kind: 'move', replica: 0, city: 'ca-central-1' })
    world.act(propose(0))
    world.runUntil(1000)
    expect(tookMs(world)[0]).toBeCloseTo(throughLeaderMs(0, 1, world.around), 9)
    expect(world.around.roundTrip(0, 1)).toBeCloseTo(0.1, 9)
  })

  it('stands still without a majority, and with a disk gone goes on where there is one', () => {
    const world = new LeaderWorld(even, 0)
    world.act({ kind: 'wipe', replica: 0 })
    world.act({ kind: 'restart', replica: 0 })
    world.act(propose(1))
    world.runUntil(5000)
    expect(world.deeds[0]?.executedMs).toBeDefined()
    world.act({ kind: 'crash', replica: 2 })
    world.act(propose(1))
    world.runUntil(20_000)
    expect(world.deeds[1]?.committedMs).toBeUndefined()
  })

  it('gets the same commands at the same places and times as the leaderless group', () => {
    const leaderless = new LabWorld(onMap)
    const led = new LeaderWorld(onMap)
    for (const world of [leaderless, led]) {
      world.act({ kind: 'burst', replicas: [0, 3], count: 20, everyMs: 7, interference: 0.5 })
      world.runUntil(70)
      world.act(propose(2))
      world.act({ kind: 'burst', replicas: [1], count: 3, everyMs: 50, interference: 0.5 })
      world.act(propose(4))
      world.runUntil(2000)
    }
    const asked = ({ deeds }: Pick<LeaderWorld, 'deeds'>) =>
      deeds.map(({ name, replica, spans, proposedMs }) => ({ name, replica, spans, proposedMs }))
    expect(asked(led)).toEqual(asked(leaderless.chronicle))
  })
})

it('without a leader, what meets nothing else takes as long as is said', () => {
  const world = new LabWorld(onMap)
  const { around } = new LeaderWorld(onMap)
  for (const replica of awsRegions.keys()) world.act(propose(replica, `k${replica}`))
  world.runUntil(1000)
  for (const { replica, committedMs = 0, executedMs = 0, path } of world.chronicle.deeds) {
    expect(path).toBe('fast')
    expect(committedMs).toBeCloseTo(fastPathMs(replica, around), 9)
    expect(executedMs).toBe(committedMs)
  }
})
