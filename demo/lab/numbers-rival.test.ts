import { write } from 'epaxos/core'
import { LabSession, LeaderWorld } from 'epaxos/sim'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Rival } from './numbers-rival.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // Every look at the clock finds a slice over.
  let ms = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (ms += 100))
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const begun = (): LabSession => {
  const net = { kind: 'even', delayMs: 20 } as const
  const session = LabSession.begin({ seed: 1, voters: 3, net, jitter: 0, writeMs: 1, thrifty: false })
  session.act({ kind: 'burst', replicas: [0, 1, 2], count: 10, everyMs: 10, interference: 0.5 })
  session.seek(100)
  session.act({ kind: 'propose', replica: 1, name: 'a', spans: [write('k')] })
  session.seek(400)
  return session
}

/** The current branch, run in one go. */
const atOnce = (session: LabSession, leader?: number): LeaderWorld => {
  const world = new LeaderWorld(session.world.setup, leader)
  for (const { atMs, action } of session.current.script.steps) {
    world.runUntil(atMs)
    world.act(action)
  }
  world.runUntil(session.positionMs)
  return world
}

it('in slices comes what comes at once, and then it is told', () => {
  const session = begun()
  const caughtUp = vi.fn()
  const rival = new Rival(session, caughtUp)
  rival.follow(session, undefined)
  expect(rival.isBehind).toBe(true)
  vi.runAllTimers()
  expect(rival.isBehind).toBe(false)
  expect(caughtUp).toHaveBeenCalledTimes(1)
  expect(rival.world.deeds).toEqual(atOnce(session).deeds)
  expect(rival.world.deeds).toHaveLength(11)
})

it('another branch, or another leader, is run from its beginning', () => {
  const session = begun()
  const rival = new Rival(session, () => {})
  rival.follow(session, undefined)
  vi.runAllTimers()
  session.seek(50)
  session.act({ kind: 'crash', replica: 0 })
  session.seek(3000)
  rival.follow(session, undefined)
  vi.runAllTimers()
  expect(rival.world.deeds).toEqual(atOnce(session).deeds)
  rival.follow(session, 2)
  vi.runAllTimers()
  expect(rival.world.leader).toBe(2)
  expect(rival.world.deeds).toEqual(atOnce(session, 2).deeds)
})

it('goes on no more once it is destroyed', () => {
  const session = begun()
  const rival = new Rival(session, () => {})
  rival.follow(session, undefined)
  rival.destroy()
  expect(vi.getTimerCount()).toBe(0)
})

it('goes on where it was when it is told to follow the same again, and begins anew with another run', () => {
  const session = begun()
  const rival = new Rival(session, () => {})
  rival.follow(session, 2)
  rival.follow(session, 2)
  expect(vi.getTimerCount()).toBe(1)
  const { world } = rival
  vi.runAllTimers()
  rival.follow(session, 2)
  expect(rival.world).toBe(world)
  rival.follow(begun(), 2)
  expect(rival.world).not.toBe(world)
})

it('comes no further than the moment that is looked at', () => {
  const session = begun()
  session.seek(413)
  const rival = new Rival(session, () => {})
  rival.follow(session, undefined)
  vi.runAllTimers()
  expect(rival.world.nowMs).toBe(413)
})
