import type { Command, Span } from '../../core/index.js'
import { nameOf } from '../checkers/violation.js'
import type { Call, Operation, Outcome } from '../history.js'
import { findUnlinearizable } from '../linearizability.js'
import { nameOfCommand } from './mailed.js'
import type { SpanResult } from './registers.js'

/** What is asked of the search at most: about a second's worth. */
const MAX_CALLS = 1000
const MAX_CONFIGURATIONS = 20_000

/** Virtual nanoseconds from 1 on: at 0 everything is empty. */
const toNs = (ms: number): number => 1 + Math.round(ms * 1e6)

/** A key that nobody has written, and one whose range was emptied. */
const EMPTY = ''

interface Asked {
  readonly command: Command
  readonly calledNs: number
  /** When a replica had executed it first. */
  executedNs: number | undefined
  answer: { readonly returnedNs: number; readonly results: readonly SpanResult[] } | undefined
}

export interface Judgement {
  readonly verdict: 'yes' | 'no' | 'undecided'
  readonly says: string
}

/** What was asked and answered, to be judged as one map would have answered it, one call after the other. */
export class Calls {
  readonly #calls = new Map<string, Asked>()
  /** Until something is asked or answered again. */
  #judgement: Judgement | undefined

  proposed(atMs: number, command: Command): void {
    const name = nameOf(command)
    if (this.#calls.has(name)) return
    this.#judgement = undefined
    this.#calls.set(name, { command, calledNs: toNs(atMs), executedNs: undefined, answer: undefined })
  }

  executed(atMs: number, command: Command): void {
    const call = this.#calls.get(nameOf(command))
    if (call !== undefined) call.executedNs ??= toNs(atMs)
  }

  answered(atMs: number, command: Command, results: readonly SpanResult[]): void {
    const call = this.#calls.get(nameOf(command))
    if (call === undefined || call.answer !== undefined) return
    this.#judgement = undefined
    call.answer = { returnedNs: toNs(atMs), results }
  }

  judge(): Judgement {
    this.#judgement ??= this.#judged()
    return this.#judgement
  }

  #judged(): Judgement {
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
    const judge = (narrowed: boolean): ReturnType<typeof findUnlinearizable> =>
      findUnlinearizable(
        [...empty, ...asked.map((call, client) => told(call, client, keys, narrowed))],
        MAX_CONFIGURATIONS,
      )
    // A call has happened by the time that a replica has executed it. Where that is in order, so are the answers; it is
    // found sooner, since less is concurrent.
    if (judge(true) === undefined) return { verdict: 'yes', says: '' }
    const found = judge(false)
    if (found === undefined) return { verdict: 'yes', says: '' }
    if (found.verdict === 'undecided') return { verdict: 'undecided', says: found.explanation }
    const stuck = found.stuck.flatMap(({ client }) => asked[client] ?? []).map(({ command }) => nameOfCommand(command))
    const says = `no order of the commands on ${found.keys.join(', ')} explains what ${stuck.join(', ')} came to`
    return { verdict: 'no', says }
  }
}

const keyOf = (span: Span): readonly string[] => (span.kind === 'key' ? [span.key] : [])

/** A range is told as each key in it that anybody names: to empty it is to write nothing there. */
const told = (
  { command, calledNs, executedNs, answer }: Asked,
  client: number,
  keys: readonly string[],
  narrowed: boolean,
): Call => {
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
  const returned = (narrowed ? executedNs : undefined) ?? answer?.returnedNs ?? 0
  return { client, operations, outcomes: answer && outcomes, called: calledNs, returned }
}

const within = (span: Extract<Span, { readonly kind: 'range' }>, key: string): boolean =>
  span.from <= key && (span.to === undefined || key < span.to)
