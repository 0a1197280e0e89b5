import type { Agenda } from './agenda.js'
import { type Ask, type Done, toldOf } from './asks.js'
import type { Came } from './checkers/outcomes.js'
import type { Call } from './history.js'

/** The history's unit, so that times are integers. */
const NS_PER_MS = 1_000_000

/** A call without an answer so far. */
export interface OpenCall {
  /** 1, 2, 3 …, over all clients of a run. */
  readonly number: number
  readonly ask: Ask
  readonly calledMs: number
  readonly ended: boolean
  answer(outcome: Done): void
  giveUp(): void
}

/** What a recorder has written down, once it is known what the calls came to. */
export type History = (narrowed: boolean) => readonly Call[]

/** Writes down what clients asked and were answered, and when. */
export class Recorder {
  readonly #agenda: Agenda
  readonly #calls: Recorded[] = []
  #numbers = 0
  #lanes = 0
  #closed = false

  /** @param most calls that clients may make by themselves */
  constructor(
    agenda: Agenda,
    readonly most: number,
  ) {
    this.#agenda = agenda
  }

  /** Whether clients still make calls by themselves. */
  get open(): boolean {
    return this.#calls.length < this.most && !this.#closed
  }

  get length(): number {
    return this.#calls.length
  }

  get unanswered(): number {
    return this.#calls.filter(({ outcome }) => outcome === undefined).length
  }

  /** Clients make no more calls by themselves. */
  close(): void {
    this.#closed = true
  }

  /** For somebody who has one call at a time. */
  newLane(): number {
    return this.#lanes++
  }

  called(lane: number, ask: Ask): OpenCall {
    const call = new Recorded(++this.#numbers, lane, ask, this.#agenda)
    this.#calls.push(call)
    return call
  }

  /** The last call has not been made, after all. */
  withdraw(): void {
    this.#calls.pop()
  }

  /**
   * In the order in which they were called. A lane is one client until a call of it stays without an answer, and then
   * goes on as another: lane, lane + number of lanes, and so on. What a call came to that nobody was answered, the machines
   * know, and it has happened by the time that one of them has executed it. One that was executed nowhere has changed
   * nothing, and is left out.
   * @param came what the call of that number has come to, where it has changed something
   * @param narrowed also an answered call has happened by then, and not only by the time of its answer
   */
  history(came: (number: number) => Came | undefined, narrowed: boolean = false): readonly Call[] {
    const clients = Array.from({ length: this.#lanes }, (_, lane) => lane)
    return this.#calls.flatMap(({ number, lane, ask, outcome, calledMs, returnedMs }) => {
      const client = clients[lane] as number
      if (outcome === undefined) clients[lane] = client + this.#lanes
      const answered = outcome && { done: outcome, atMs: returnedMs }
      const known = narrowed ? (came(number) ?? answered) : (answered ?? came(number))
      if (known === undefined) return []
      const { done, atMs } = known
      return [{ client, ...toldOf(ask, done), called: nanoseconds(calledMs), returned: nanoseconds(atMs) }]
    })
  }
}

const nanoseconds = (ms: number): number => Math.round(ms * NS_PER_MS)

class Recorded implements OpenCall {
  readonly calledMs: number
  returnedMs = 0
  outcome: Done | undefined
  ended = false

  constructor(
    readonly number: number,
    readonly lane: number,
    readonly ask: Ask,
    readonly agenda: Agenda,
  ) {
    this.calledMs = agenda.now
  }

  answer(outcome: Done): void {
    this.returnedMs = this.agenda.now
    this.outcome = outcome
    this.ended = true
  }

  giveUp(): void {
    this.ended = true
  }
}
