import { defaultTuning, quorumsOf, type Tuning } from '../core/index.js'
import type { Ambush, Faults, Kind, KindFault } from './faults.js'
import { drawLinks } from './links.js'
import type { Random } from './random.js'
import type { Workload } from './workload.js'

/** What can be drawn of a run. */
export interface Scene {
  readonly faults: Faults
  readonly workload: Workload
}

/** A little of everything. */
export const drawFaults = (random: Random, n: number): Faults => {
  const { f } = quorumsOf(n)
  const sometimes = (rate: number): number => (random.chance(0.5) ? random.next() * rate : 0)
  const loss = sometimes(random.chance(0.2) ? 0.6 : 0.3)
  return {
    link: drawLinks(random, n, sometimes(300), loss),
    repetition: sometimes(0.3),
    echoMs: random.chance(0.7) ? 2000 : 6000,
    kinds: random.chance(0.3) ? drawKinds(random) : [],
    mail: [],
    cuts: sometimes(1),
    cutMs: [100, 3000],
    partitions: random.chance(0.2) ? random.next() : 0,
    partitionMs: [100, 2000],
    writeMs: [0, sometimes(60)],
    writeFailure: random.chance(0.2) ? random.next() * 0.01 : 0,
    crashes: sometimes(0.8),
    downMs: [10, random.between(50, 4000)],
    maxDown: random.chance(0.8) ? f : f + 1,
    pauses: random.chance(0.3) ? random.next() * 0.5 : 0,
    pauseMs: [100, 3000],
    sleepMs: random.chance(0.3) ? 600_000 : 0,
    clockRate: random.chance(0.3) ? [0.8, 1.25] : [1, 1],
    amnesia: f > 0 && random.chance(0.08) ? 1 + random.below(f) : 0,
    ambushes: random.chance(0.4) ? drawAmbushes(random) : [],
    client: { delayMs: random.next() * 5, slowMs: 0, jitterMs: sometimes(100), loss: sometimes(0.2) },
    tuning: {
      ...(random.chance(0.8) ? impatient(random) : {}),
      thrifty: random.chance(0.2),
      ...(random.chance(0.1) ? { maxPending: 1 + random.below(8) } : {}),
    },
  }
}

/**
 * Timers that fire long before anything is really late make replicas recover, and outbid each other, all the time.
 * But the waiting is longer than a round trip: an attempt that never gets an answer never ends.
 */
export const impatient = (random: Random): Partial<Tuning> => ({
  slowPathDelayMs: random.between(1, 100),
  retransmitMs: random.between(30, defaultTuning.retransmitMs),
  gossipMs: random.between(50, 250),
  suspectMs: random.between(1, 400),
  fetchDelayMs: random.between(0, 10),
  recoverSuspectedMs: random.between(1, 20),
  recoverAliveMs: random.between(1, 40),
  waitingMs: random.between(350, 1500),
})

export const drawWorkload = (random: Random): Workload => ({
  clients: 3 + random.below(5),
  homes: [],
  lanes: 1 + random.below(4),
  calls: 60 + random.below(140),
  durationMs: 4000,
  keys: 1 + random.below(random.chance(0.5) ? 3 : 20),
  apart: false,
  thinkMs: random.between(20, 600),
  dozing: 0,
  dozeMs: 3000,
  timeoutMs: random.between(100, 1000),
  patienceMs: random.between(1000, 6000),
  reads: random.next() * 0.6,
  ranges: random.chance(0.4) ? random.next() * 0.3 : 0,
  several: random.chance(0.5) ? random.next() * 0.4 : 0,
  payments: random.chance(0.5) ? random.next() * 0.5 : 0,
  accounts: 2 + random.below(3),
  residents: random.chance(0.6) ? random.next() : 0,
  bursts: random.chance(0.5) ? random.next() * 0.3 : 0,
  queue: drawQueue(random),
  echoes: random.chance(0.5) ? random.next() * 0.3 : 0,
  echoMs: 4000,
  renewal: random.chance(0.5) ? random.next() * 0.2 : 0,
  roaming: random.chance(0.5) ? random.next() : 0,
  sweepEveryMs: random.between(200, 1500),
  sweepAfter: random.chance(0.2) ? 1 + random.below(4) : 5 + random.below(60),
  checkpointEveryMs: random.between(100, 2000),
  preferEveryMs: random.between(300, 3000),
})

const drawQueue = (random: Random): Workload['queue'] => ({
  proposals: random.chance(0.4) ? 1 + random.below(4) : 1000,
  bytes: random.chance(0.1) ? 400 + random.below(400) : 1 << 20,
  window: random.chance(0.5) ? 1 + random.below(4) : 64,
})

export const KINDS: readonly Kind[] = [
  'pre-accept',
  'pre-accept-ok',
  'accept',
  'accept-ok',
  'commit',
  'recover',
  'recover-ok',
  'validate',
  'validate-ok',
  'waiting',
  'fetch',
  'frontier',
]

export const kindFault = (kind: Kind, fault: Partial<KindFault>): KindFault => ({
  kind,
  loss: 0,
  deaf: 0,
  ownerDeaf: 0,
  sides: false,
  hold: 0,
  holdMs: [500, 5000],
  ...fault,
})

/** One to four kinds of messages that have it hard. */
export const drawKinds = (random: Random): readonly KindFault[] =>
  random.sample(KINDS, 1 + random.below(4)).map((kind) =>
    kindFault(kind, {
      loss: random.chance(0.4) ? random.between(0.3, 0.98) : 0,
      deaf: random.chance(0.4) ? random.between(0.2, 0.9) : 0,
      hold: random.chance(0.5) ? random.next() * 0.5 : 0,
      holdMs: [random.between(20, 500), random.between(500, 5000)],
    }),
  )

export const AMBUSHED: readonly Ambush['on'][] = [
  'pre-accept',
  'accept',
  'commit',
  'recover',
  'validate',
  'waiting',
  'accept-ok',
  'pre-accept-ok',
  'recover-ok',
  'write',
  'written',
]

const drawAmbushes = (random: Random): readonly Ambush[] =>
  random.sample(AMBUSHED, 1 + random.below(3)).map((on) => ({
    on,
    own: random.chance(0.5),
    // Mostly small: what happens every time happens once.
    chance: random.next() * random.next() * random.next(),
    what: random.pick(['crash', 'crash', 'pause', 'isolate'] as const),
    forMs: [random.between(1, 100), random.between(100, 4000)],
  }))
