import { type Json, type Proposal, type ReplicatedMap, replicatedMap } from '../state/index.js'
import type { Operation, Outcome } from './history.js'
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

/** Most operations of a call that does several things. */
const MAX_SEVERAL = 3

/** What clients do. Every value is written once in a run. */
export class Operations {
  #value = 0
  #calls = 0

  constructor(
    readonly workload: Workload,
    readonly random: Random,
  ) {}

  /** @param seen what the client saw last under a key */
  next(seen: ReadonlyMap<string, Json | undefined>): readonly Operation[] {
    const { random, workload } = this
    this.#calls++
    const several = random.chance(workload.several)
    const count = several ? 2 + random.below(MAX_SEVERAL - 1) : 1
    return Array.from({ length: count }, () => this.#one(seen))
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

/** The proposal by which a `ReplicatedMap` asks for these operations: it is taken from a real one. */
export const proposalOf = (operations: readonly Operation[]): Proposal => {
  let proposal: Proposal | undefined
  const { api } = replicatedMap().create((made) => {
    proposal = made
    // Whoever waits for it is not there any more.
    return new Promise(() => {})
  })
  const calls = operations.map(callOf)
  const [only] = calls
  if (only !== undefined && calls.length === 1) ask(api, only)
  else void api.atomically(calls)
  return proposal as unknown as Proposal
}

type MapCall = Parameters<ReplicatedMap['atomically']>[0][number]

const callOf = (operation: Operation): MapCall => {
  switch (operation.op) {
    case 'get':
      return ['get', operation.key]
    case 'put':
      return ['set', operation.key, operation.value]
    case 'del':
      return ['delete', operation.key]
    case 'cas':
      return ['compareAndSet', operation.key, operation.expected, operation.value]
    default:
      return operation.to === undefined ? [operation.op, operation.from] : [operation.op, operation.from, operation.to]
  }
}

const ask = (api: ReplicatedMap, [method, ...args]: MapCall): void => {
  const run = api[method] as (...args: readonly unknown[]) => Promise<unknown>
  void run.apply(api, args)
}

/** The outcomes of a command's operations, out of the result that its execution came to. */
export const outcomesOf = (operations: readonly Operation[], result: Json | undefined): readonly Outcome[] =>
  operations.length === 1 ? [result] : (result as readonly (readonly Json[])[]).map(([each]) => each)
