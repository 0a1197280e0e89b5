import type { Span } from '../core/index.js'
import { type Json, sameJson } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import type { Reading } from './mutator.js'
import { Asynchronous, InvalidArguments, NotDeterministic, UndeclaredKey, UnknownMutator } from './state-errors.js'
import { messageOf } from './thrown.js'

/** Thrown whatever the state: proposing it would come to nothing. */
const MISTAKES = [UndeclaredKey, InvalidArguments, UnknownMutator, Asynchronous] as const

export interface RehearsalOptions {
  /** Of the mutator, for people. */
  readonly name: string
  /** Runs it another time, and compares the two. */
  readonly twice: boolean
  /**
   * Called between the two: whoever has a clock can let it go on by then. Without it, two looks at a clock may well be the
   * same.
   */
  readonly between?: () => void
}

/**
 * Runs what is to be proposed, without anything coming of it: mistakes of whoever wrote the mutator show where it is called.
 * Whatever else it throws is ignored, since the state may be another one when it is executed.
 *
 * Twice is not always: what is the same at both times here and another one elsewhere, a locale or a setting, say, is found
 * by comparing replicas only (`StateMachine.digest`).
 * @throws UndeclaredKey, InvalidArguments, UnknownMutator, NotDeterministic, TypeError where it is asynchronous
 */
export const rehearse = (machine: StateMachine, proposal: Proposal, options: RehearsalOptions): void => {
  const { name, twice, between } = options
  if (!twice) return tryOut(machine, proposal)
  const first = run(machine.fork(), proposal)
  throwMistake(first.error)
  between?.()
  const second = run(machine.fork(), proposal)
  const difference = differenceOf(first, second, proposal.spans)
  if (difference !== undefined) throw new NotDeterministic(name, difference)
}

const tryOut = (machine: StateMachine, proposal: Proposal): void => {
  try {
    if (machine.tryOut === undefined) machine.fork().apply(proposal)
    else machine.tryOut(proposal)
  } catch (error) {
    throwMistake(error)
  }
}

const throwMistake = (error: unknown): void => {
  if (MISTAKES.some((mistake) => error instanceof mistake)) throw error
}

interface Rehearsed {
  readonly after: StateMachine
  readonly result?: Json | undefined
  readonly error?: unknown
}

const run = (fork: StateMachine, proposal: Proposal): Rehearsed => {
  try {
    return { after: fork, result: fork.apply(proposal) }
  } catch (error) {
    return { after: fork, error }
  }
}

const differenceOf = (first: Rehearsed, second: Rehearsed, spans: readonly Span[]): string | undefined => {
  const thrown = [first, second].map(({ error }) => (error === undefined ? 'nothing' : messageOf(error)))
  if (thrown[0] !== thrown[1]) return `what they throw: ${thrown.join(', and ')}`
  if (!sameJson(first.result, second.result)) return 'their results'
  if (sameDigest(first.after, second.after)) return undefined
  const key = differingKey(first.after.reading(spans), second.after.reading(spans), spans)
  return key === undefined ? undefined : `what they leave under the key "${key}"`
}

/** It saves reading all of a large range, twice. */
const sameDigest = (first: StateMachine, second: StateMachine): boolean => {
  const digest = first.digest?.()
  return digest !== undefined && digest.state === second.digest?.().state
}

const differingKey = (first: Reading, second: Reading, spans: readonly Span[]): string | undefined => {
  for (const span of spans) {
    const [before, after] = [valuesIn(first, span), valuesIn(second, span)]
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      if (!sameJson(before.get(key), after.get(key))) return key
    }
  }
  return undefined
}

const valuesIn = (reading: Reading, span: Span): ReadonlyMap<string, Json | undefined> => {
  if (span.kind === 'key') return new Map([[span.key, reading.get(span.key)]])
  return new Map(reading.scan(span.to === undefined ? { from: span.from } : { from: span.from, to: span.to }))
}
