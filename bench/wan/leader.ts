import { type LabSetup, LeaderWorld } from 'epaxos/sim'
import type { Load, Taken } from './load.js'
import { type SiteSummary, sitesOf } from './summary.js'

/** So often it is looked whether a client has its answer: it may ask for the next command that much late, no figure is late. */
const LOOK_MS = 0.5
/** After clients have stopped. */
const DRAIN_MS = 5000

/** What a log with a leader does with a load. */
export interface Led {
  /** The slot of who leads. */
  readonly leader: number
  /** By slot. */
  readonly sites: readonly SiteSummary[]
  readonly failures: readonly string[]
}

/** The same load for Multi-Paxos, led from where that serves all best. Interference is nothing to it. */
export const ledCourse = ({ seed, places, clients, writeMs, runMs, warmMs }: Load): Led => {
  const setup: LabSetup = {
    seed,
    voters: places.length,
    net: { kind: 'map', cities: places },
    jitter: 0,
    writeMs,
    thrifty: false,
  }
  const world = new LeaderWorld(setup)
  /** By client: its last command. */
  const last = Array.from({ length: clients * places.length }, (_, client) => ask(world, client % places.length))
  while (world.nowMs < runMs) {
    world.runUntil(world.nowMs + LOOK_MS)
    for (const [client, deed] of last.entries()) {
      if (world.deeds[deed]?.executedMs !== undefined) last[client] = ask(world, client % places.length)
    }
  }
  world.runUntil(runMs + DRAIN_MS)
  const taken: Taken[] = []
  let unanswered = 0
  for (const { replica, proposedMs, committedMs, executedMs } of world.deeds) {
    if (committedMs === undefined || executedMs === undefined) unanswered++
    else if (proposedMs >= warmMs) {
      const [commitMs, executeMs] = [committedMs - proposedMs, executedMs - proposedMs]
      taken.push({ slot: replica, commitMs, executeMs, fast: false })
    }
  }
  const failures = unanswered === 0 ? [] : [`Multi-Paxos had no answer for ${unanswered} commands`]
  return { leader: world.leader, sites: sitesOf(taken, places.length), failures }
}

/** @returns its place among the deeds */
const ask = (world: LeaderWorld, replica: number): number => {
  const place = world.deeds.length
  world.act({ kind: 'propose', replica, name: `c${place}`, spans: [] })
  return place
}
