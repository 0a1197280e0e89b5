import { Dice } from './dice.js'
import type { Subject, Target } from './target.js'

/** Whatever an input is, it is dealt with in this time. */
export const MOST_MS = 50
/** What took longer is tried so often again: if it was quick once, something else held it up. */
const TRIALS = 3

/** How often the heap is looked at. */
const SAMPLES = 16

export interface Find {
  readonly target: string
  readonly input: Uint8Array
  /** What was thrown, or how long it took. */
  readonly what: string
}

export interface Outcome {
  readonly target: string
  readonly inputs: number
  readonly seconds: number
  /** Of the slowest input, the least of its trials. */
  readonly slowestMs: number
  /** After each part of the inputs, once what is not needed is gone; none without a way to collect it. */
  readonly heapBytes: readonly number[]
  readonly find: Find | undefined
}

/** Gives a target so many inputs; stops with the first that shows a fault. */
export const campaign = async (
  { name, source, subject }: Target,
  inputs: number,
  seed: number,
  gc: (() => void) | undefined,
): Promise<Outcome> => {
  const dice = new Dice(seed, name)
  const make = source()
  const taker = subject()
  const heapBytes: number[] = []
  const { stackTraceLimit } = Error
  // Nearly every input ends in an error, most of the cost of which is its trace.
  Error.stackTraceLimit = 0
  const startMs = performance.now()
  let slowestMs = 0
  let find: Find | undefined
  let done = 0
  for (; done < inputs && find === undefined; done++) {
    const input = make(dice)
    try {
      const ms = await attempt(taker, input, Math.max(slowestMs, 1))
      slowestMs = Math.max(slowestMs, ms)
      if (ms > MOST_MS) find = { target: name, input, what: `it took ${ms.toFixed(0)} ms` }
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit
      find = { target: name, input, what: await faultOf(subject(), input, error) }
    }
    if (gc !== undefined && (done + 1) % Math.ceil(inputs / SAMPLES) === 0) {
      gc()
      heapBytes.push(process.memoryUsage().heapUsed)
    }
  }
  Error.stackTraceLimit = stackTraceLimit
  return { target: name, inputs: done, seconds: (performance.now() - startMs) / 1000, slowestMs, heapBytes, find }
}

/** The same once more, for the trace; where it takes those before it, without. */
const faultOf = async (subject: Subject, input: Uint8Array, first: unknown): Promise<string> => {
  let fault = first
  try {
    await take(subject, input)
  } catch (error) {
    fault = error
  }
  return fault instanceof Error ? (fault.stack ?? String(fault)) : String(fault)
}

/** How long an input takes that shows no other fault, in milliseconds: the least of some trials where it is long. */
export const attempt = async (subject: Subject, input: Uint8Array, longMs: number = MOST_MS): Promise<number> => {
  const startMs = performance.now()
  await take(subject, input)
  let ms = performance.now() - startMs
  for (let trial = 0; trial < TRIALS && ms > longMs; trial++) {
    // Not by the clock: others may need the machine, too.
    const before = process.cpuUsage()
    await take(subject, input)
    const { user, system } = process.cpuUsage(before)
    ms = Math.min(ms, (user + system) / 1000)
  }
  return ms
}

/** What answers at once is not waited for: that takes longer than most of them. */
const take = (subject: Subject, input: Uint8Array): Promise<void> | undefined => subject(input) ?? undefined
