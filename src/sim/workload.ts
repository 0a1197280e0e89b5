import type { Json } from '../state/index.js'
import type { Ask } from './asks.js'
import type { Operation } from './history.js'
import type { Random } from './random.js'

/** How a run's clients behave. */
export interface Workload {
  /** Sessions, and how many calls each of them has open at a time. */
  readonly clients: number
  readonly lanes: number
  /** The voters that they prefer, one client after the other; empty: each draws its own. */
  readonly homes: readonly number[]
  /** For how many virtual milliseconds calls are made, and things go wrong. */
  readonly durationMs: number
  /** Calls of the whole run. */
  readonly calls: number
  /** Fewer keys: more interference. */
  readonly keys: number
  /** Each call takes the next key, instead of any: with as many keys as calls nothing interferes. */
  readonly apart: boolean
  /** The longest pause between an answer and the next call of a lane. */
  readonly thinkMs: number
  /** The probability that such a pause lasts up to `dozeMs` instead: other clients' sweeps may end the session meanwhile. */
  readonly dozing: number
  readonly dozeMs: number
  /** After this long without an answer a call goes out again, by another voter or the same. */
  readonly timeoutMs: number
  /** After this long it is given up. */
  readonly patienceMs: number
  /** Of all calls, as probabilities: those that only read, that take a range of keys, that do several things at once. */
  readonly reads: number
  readonly ranges: number
  readonly several: number
  /** That pass something from one of the accounts to another, share it out, or look at all of them. */
  readonly payments: number
  /** Besides the keys. */
  readonly accounts: number
  /** The probability that somebody works at a voter, and makes calls through its queue. */
  readonly residents: number
  /** The probability that they make several calls at once. */
  readonly bursts: number
  /** What may wait in a queue, and how much of it may be on its way. */
  readonly queue: { readonly proposals: number; readonly bytes: number; readonly window: number }
  /** The probability that a call begins another session. */
  readonly renewal: number
  /** The probability that a call which was answered arrives once more, at any voter, up to `echoMs` later. */
  readonly echoes: number
  readonly echoMs: number
  /** The probability that a call goes to another voter than the client's own. */
  readonly roaming: number
  /** How often a host looks whether a sweep is due, and how many entries make it so. */
  readonly sweepEveryMs: number
  readonly sweepAfter: number
  /** How often a host writes a checkpoint. */
  readonly checkpointEveryMs: number
  /** How often voters choose anew whom to ask first. */
  readonly preferEveryMs: number
}

export const keyOf = (index: number): string => `k${String(index).padStart(3, '0')}`

/** They come before all other keys. */
const accountOf = (index: number): string => `a${String(index).padStart(3, '0')}`

/** All accounts, however many there are. */
export const ACCOUNTS: { readonly from: string; readonly to: string } = { from: accountOf(0), to: keyOf(0) }

/** Keys and accounts, in order. */
export const keysIn = ({ keys, accounts }: Workload): readonly string[] => [
  ...Array.from({ length: accounts }, (_, account) => accountOf(account)),
  ...Array.from({ length: keys }, (_, key) => keyOf(key)),
]

/** Most operations of a call that does several things. */
const MAX_SEVERAL = 3
/** Some transfers are more than what is there. */
const MAX_AMOUNT = 150
/** What is added is more than any value that is set: sums differ from those. */
const LEAST_SUMMAND = 1_000_000

/** Draws what clients ask for. Every value is set once in a run. */
export class Asks {
  #value = 0
  #calls = 0

  constructor(
    readonly workload: Workload,
    readonly random: Random,
  ) {}

  /** @param seen what the client saw last under a key */
  next(seen: ReadonlyMap<string, Json | undefined>): Ask {
    const { random, workload } = this
    this.#calls++
    if (workload.accounts > 1 && random.chance(workload.payments)) return this.#payment()
    const several = random.chance(workload.several)
    if (!several && !random.chance(Math.max(workload.reads, workload.ranges)) && random.chance(0.2)) return this.#own()
    const count = several ? 2 + random.below(MAX_SEVERAL - 1) : 1
    return { kind: 'operations', operations: Array.from({ length: count }, () => this.#one(seen)) }
  }

  #payment(): Ask {
    const { random, workload } = this
    const { accounts, reads } = workload
    if (random.chance(Math.max(reads, 0.2))) return { kind: 'audit', ...ACCOUNTS }
    const [one = 0, other = 1] = random.sample([...Array(accounts).keys()], 2)
    if (random.chance(0.15)) {
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      return { kind: 'level', from: accountOf(low), to: random.chance(0.5) ? ACCOUNTS.to : accountOf(high) }
    }
    return { kind: 'transfer', from: accountOf(one), to: accountOf(other), amount: 1 + random.below(MAX_AMOUNT) }
  }

  /** What only mutators of one's own can do. */
  #own(): Ask {
    const key = this.#key()
    const value = ++this.#value
    return this.random.chance(0.5) ? { kind: 'add', key, by: LEAST_SUMMAND * value } : { kind: 'insist', key, value }
  }

  #key(): string {
    const { keys, apart } = this.workload
    return keyOf(apart ? this.#calls % keys : this.random.below(keys))
  }

  #one(seen: ReadonlyMap<string, Json | undefined>): Operation {
    const { random, workload } = this
    const { keys, reads, ranges, apart } = workload
    const at = apart ? this.#calls % keys : random.below(keys)
    const key = keyOf(at)
    if (random.chance(ranges)) {
      const op = random.chance(Math.max(reads, 0.5)) ? 'scan' : 'clear'
      return { op, from: key, to: random.chance(0.2) ? undefined : keyOf(at + 1 + random.below(keys)) }
    }
    if (random.chance(reads)) return { op: 'get', key }
    const value = ++this.#value
    const dice = random.next()
    if (dice < 0.5) return { op: 'put', key, value }
    if (dice < 0.6) return { op: 'del', key }
    return { op: 'cas', key, expected: seen.get(key), value: random.chance(0.1) ? undefined : value }
  }
}

/** Whether it looks, and changes nothing. */
export const isRead = (ask: Ask): boolean =>
  ask.kind === 'audit' || (ask.kind === 'operations' && ask.operations.every(({ op }) => op === 'get' || op === 'scan'))
