import { defaultTuning, type Tuning } from '../core/index.js'
import type { Random } from './random.js'

/** What goes wrong in a run, and how often. Every rate is a probability. */
export interface Faults {
  /** One-way delay of a message, uniform between these, in virtual milliseconds: wider means more reordering. */
  readonly delayMs: readonly [number, number]
  /** A message is lost. */
  readonly loss: number
  /** A message arrives a second time, up to `echoMs` later. */
  readonly repetition: number
  readonly echoMs: number
  /** Time until a write is durable, uniform between these, in virtual milliseconds. */
  readonly writeMs: readonly [number, number]
  /** Crashes per replica and virtual second; who crashes is back after `downMs`. */
  readonly crashes: number
  readonly downMs: readonly [number, number]
  /** At most this many replicas are down at once. */
  readonly maxDown: number
  /** Cuts per virtual second: one pair of replicas hears nothing of each other for `cutMs`. */
  readonly cuts: number
  readonly cutMs: readonly [number, number]
  /** Impatient replicas suspect and recover what is merely late: safety must not depend on any of it. */
  readonly tuning: Partial<Tuning>
}

/** A different mixture for every seed ("swarm"): runs in which much of one fault happens find more than an average of all. */
export const drawFaults = (random: Random, f: number): Faults => {
  const sometimes = (rate: number): number => (random.chance(0.5) ? random.next() * rate : 0)
  const fastest = random.between(1, 30)
  return {
    delayMs: [fastest, fastest + sometimes(300)],
    loss: sometimes(random.chance(0.2) ? 0.6 : 0.3),
    repetition: sometimes(0.3),
    echoMs: 2000,
    writeMs: [0, sometimes(60)],
    crashes: sometimes(0.8),
    downMs: [10, random.between(50, 4000)],
    maxDown: random.chance(0.8) ? f : f + 1,
    cuts: sometimes(1),
    cutMs: [100, 3000],
    tuning: random.chance(0.8) ? impatient(random) : {},
  }
}

/** Timers that fire long before anything is really late make replicas recover, and outbid each other, all the time. */
const impatient = (random: Random): Partial<Tuning> => ({
  slowPathDelayMs: random.between(1, 100),
  retransmitMs: random.between(30, defaultTuning.retransmitMs),
  gossipMs: random.between(20, 200),
  suspectMs: random.between(1, 400),
  fetchDelayMs: random.between(0, 10),
  recoverSuspectedMs: random.between(0, 10),
  recoverAliveMs: random.between(0, 30),
  waitingMs: random.between(50, 1000),
})

/** A world in which everything works. */
export const noFaults: Faults = {
  delayMs: [5, 5],
  loss: 0,
  repetition: 0,
  echoMs: 0,
  writeMs: [1, 1],
  crashes: 0,
  downMs: [0, 0],
  maxDown: 0,
  cuts: 0,
  cutMs: [0, 0],
  tuning: {},
}
