import type { Command, Span } from '../../core/index.js'
import { nameOf } from '../checkers/violation.js'
import type { Call, Operation, Outcome } from '../history.js'
import { findUnlinearizable } from '../linearizability.js'
import { nameOfCommand } from './mailed.js'
import { Registers, type SpanResult } from './registers.js'

/** What is asked of the search at most, which only runs once something is wrong. */
const MAX_CALLS = 1000
const MAX_CONFIGURATIONS = 20_000

/** Virtual nanoseconds from 1 on: at 0 everything is empty. */
const toNs = (ms: number): number => 1 + Math.round(ms * 1e6)

/** A key that nobody has written, and one whose range was emptied. */
const EMPTY = ''

interface Asked {
  readonly command: Command
  readonly calledNs: number
  /** What it should come to in the order in which commands are executed first; undefined before it is executed anywhere. */
  expected: readonly SpanResult[] | undefined
  answer: { readonly returnedNs: number; readonly results: readonly SpanResult[] } | undefined
}

export interface Judgement {
  readonly verdict: 'yes' | 'no' | 'undecided'
  readonly says: string
}

/**
 * What was asked and answered, to be judged as one map would have answered it, one call after the other. A call is executed
 * by some replica after it was asked and before it is answered. So where the order of these first executions explains every
 * answer, it is such an order, and there is nothing to search for.
 */
export class Calls {
  readonly #calls = new Map<string, Asked>()
  /** One map that executes each command when the first replica does. */
  readonly #map = new Registers()
  /** Some answer was another one than that map's. */
  #doubtful = false
  /** Until something is asked or answered again. */
  #judgement: Judgement | undefined

  proposed(atMs: number, command: Command): void {
    const name = nameOf(command)
    if (this.#calls.has(name)) return
    this.#judgement = undefined
    this.#calls.set(name, { command, calledNs: toNs(atMs), expected: undefined, answer: undefined })
  }

  executed(command: Command): void {
    const call = this.#calls.get(nameOf(command))
    if (call !== undefined) call.expected ??= this.#map.apply(command, nameOfCommand(command))
  }

  answered(atMs: number, command: Command, results: readonly SpanResult[]): void {
    const call = this.#calls.get(nameOf(command))
    if (call === undefined || call.answer !== undefined) return
    this.#judgement = undefined
    call.answer = { returnedNs: toNs(atMs), results }
    this.#doubtful ||= call.expected === undefined || JSON.stringify(call.expected) !== JSON.stringify(results)
  }

  judge(): Judgement {
    this.#judgement ??= this.#judged()
    return this.#judgement
  }

  #judged(): Judgement {
    if (!this.#doubtful) return { verdict: 'yes', says: '' }
    const asked = [...this.#calls.values()]
    if (asked.length > MAX_CALLS) return { verdict: 'undecided', says: `${asked.length} calls are too many to judge` }
    const keys = [...new Set(asked.flatMap(({ command }) => command.spans.flatMap(keyOf)))].sort()
    const empty = keys.map(
      (key, index): Call => ({
        client: asked.length + index,
        operations: [{ op: 'put', key, value: EMPTY }],
        outcomes: [undefined],
        called: 0,
        returned: 0,
      }),
    )
    const found = findUnlinearizable(
      [...empty, ...asked.map((call, client) => told(call, client, keys))],
      MAX_CONFIGURATIONS,
    )
    if (found === undefined) return { verdict: 'yes', says: '' }
    if (found.verdict === 'undecided') return { verdict: 'undecided', says: found.explanation }
    const stuck = found.stuck.flatMap(({ client }) => asked[client] ?? []).map(({ command }) => nameOfCommand(command))
    const says = `no order of the commands on ${found.keys.join(', ')} explains what ${stuck.join(', ')} came to`
    return { verdict: 'no', says }
  }
}

const keyOf = (span: Span): readonly string[] => (span.kind === 'key' ? [span.key] : [])

/** A range is told as each key in it that anybody names: to empty it is to write nothing there. */
const told = ({ command, calledNs, answer }: Asked, client: number, keys: readonly string[]): Call => {
  const operations: Operation[] = []
  const outcomes: Outcome[] = []
  command.spans.forEach((span, at) => {
    const result = answer?.results[at]
    const read = new Map(typeof result === 'object' ? result : [])
    for (const key of span.kind === 'key' ? [span.key] : keys.filter((one) => within(span, one))) {
      const value = span.kind === 'key' ? nameOfCommand(command) : EMPTY
      operations.push(span.write ? { op: 'put', key, value } : { op: 'get', key })
      if (span.write) outcomes.push(undefined)
      else outcomes.push((span.kind === 'key' ? (result as string | undefined) : read.get(key)) ?? EMPTY)
    }
  })
  return { client, operations, outcomes: answer && outcomes, called: calledNs, returned: answer?.returnedNs ?? 0 }
}

const within = (span: Extract<Span, { readonly kind: 'range' }>, key: string): boolean =>
  span.from <= key && (span.to === undefined || key < span.to)
