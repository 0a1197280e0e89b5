import type { Tuning } from '../core/index.js'
import type { MemberMessage } from '../member/index.js'

export type Kind = MemberMessage['kind']

/**
 * One direction of one path. A message takes `delayMs`, `slowMs` more as long as things go wrong, and up to `jitterMs`
 * on top; it is lost with a probability of `loss`.
 */
export interface Link {
  readonly delayMs: number
  readonly slowMs: number
  readonly jitterMs: number
  readonly loss: number
}

/** What happens to messages of one kind on top. */
export interface KindFault {
  readonly kind: Kind
  readonly loss: number
  /** The probability that a voter never hears of an instance by this kind, however often it is repeated, for seconds. */
  readonly deaf: number
  /** The same for the voter whose row it is. */
  readonly ownerDeaf: number
  /** Voters are on one of two sides, for seconds, and hear of a row only on its owner's side. */
  readonly sides: boolean
  /** The probability that one is held back for `holdMs`. */
  readonly hold: number
  readonly holdMs: readonly [number, number]
}

/** For a while, what happens to messages of some kinds, about one row, on some ways: a schedule rather than a chance. */
export interface MailFault {
  /** Empty: every kind. */
  readonly kinds: readonly Kind[]
  /** Undefined: about anything, and of anybody, to anybody. */
  readonly row: number | undefined
  readonly from: readonly number[] | undefined
  readonly to: readonly number[] | undefined
  readonly fromMs: number
  readonly untilMs: number
  /** So much longer on the way; undefined: lost. */
  readonly takesMs: readonly [number, number] | undefined
}

/** What befalls a host the moment it does something. */
export interface Ambush {
  /** It has sent a message of this kind, to the first of several; or begun a write; or one has just become durable. */
  readonly on: Kind | 'write' | 'written'
  /** Only about instances of its own row. */
  readonly own: boolean
  readonly chance: number
  readonly what: 'crash' | 'pause' | 'isolate'
  readonly forMs: readonly [number, number]
}

/** What goes wrong in a run, and how often. Rates are per virtual second, all else that has no unit is a probability. */
export interface Faults {
  /** From slot to slot. */
  readonly link: (from: number, to: number) => Link
  /** A message arrives a second time, up to `echoMs` later. */
  readonly repetition: number
  readonly echoMs: number
  readonly kinds: readonly KindFault[]
  readonly mail: readonly MailFault[]
  /** One direction between two hosts is silent for `cutMs`. */
  readonly cuts: number
  readonly cutMs: readonly [number, number]
  /** The group falls apart: in two, in two that share a bridge, around a centre; in both directions or one. */
  readonly partitions: number
  readonly partitionMs: readonly [number, number]

  /** Until a write is durable. */
  readonly writeMs: readonly [number, number]
  readonly writeFailure: number
  /** Crashes per host. Who crashes, or can't write, is back after `downMs`. */
  readonly crashes: number
  readonly downMs: readonly [number, number]
  /** At most so many hosts are down at once. */
  readonly maxDown: number
  /** Pauses per host: nothing runs there for `pauseMs`; what arrives meanwhile waits, or is lost. */
  readonly pauses: number
  readonly pauseMs: readonly [number, number]
  /** By how much its own clock is further on when it wakes, as a laptop's is that slept. */
  readonly sleepMs: number
  /** Of a host's clock, against the world's. */
  readonly clockRate: readonly [number, number]
  /** Per run: this many hosts lose their disk for good, and come back as somebody else. */
  readonly amnesia: number
  readonly ambushes: readonly Ambush[]

  /** Between clients and voters. */
  readonly client: Link
  readonly tuning: Partial<Tuning>
}

const faultless = (delayMs: number): Link => ({ delayMs, slowMs: 0, jitterMs: 0, loss: 0 })

/** A world in which everything works. */
export const noFaults: Faults = {
  link: () => faultless(5),
  repetition: 0,
  echoMs: 0,
  kinds: [],
  mail: [],
  cuts: 0,
  cutMs: [0, 0],
  partitions: 0,
  partitionMs: [0, 0],
  writeMs: [1, 1],
  writeFailure: 0,
  crashes: 0,
  downMs: [0, 0],
  maxDown: 0,
  pauses: 0,
  pauseMs: [0, 0],
  sleepMs: 0,
  clockRate: [1, 1],
  amnesia: 0,
  ambushes: [],
  client: faultless(1),
  tuning: {},
}

/** The same world once everything works again: it is as far apart, and as impatient, as before. */
export const healed = ({ link, client, clockRate, tuning }: Faults): Faults => ({
  ...noFaults,
  link: (from, to) => faultless(link(from, to).delayMs),
  client: faultless(client.delayMs),
  clockRate,
  tuning,
})
