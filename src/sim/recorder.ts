import type { Agenda } from './agenda.js'
import type { Call, Operation, Outcome } from './history.js'

/** The history's unit, so that times are integers. */
const NS_PER_MS = 1_000_000

/** A call without an answer so far. */
export interface OpenCall {
  readonly operations: readonly Operation[]
  readonly calledMs: number
  readonly ended: boolean
  answer(outcomes: readonly Outcome[]): void
  giveUp(): void
}

/** Writes down what clients asked and were answered, and when. */
export class Recorder {
  readonly #agenda: Agenda
  readonly #calls: Recorded[] = []
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

  /** Clients make no more calls by themselves. */
  close(): void {
    this.#closed = true
  }

  /** @param lane has one call at a time */
  called(lane: number, operations: readonly Operation[]): OpenCall {
    const call = new Recorded(lane, operations, this.#agenda)
    this.#calls.push(call)
    return call
  }

  /**
   * In the order in which they were called. A lane is one client until a call of it stays without outcomes, and then
   * goes on as another: lane, lane + number of lanes, and so on.
   */
  get history(): readonly Call[] {
    const lanes = 1 + this.#calls.reduce((most, { lane }) => Math.max(most, lane), 0)
    const clients = Array.from({ length: lanes }, (_, lane) => lane)
    return this.#calls.map(({ lane, operations, outcomes, calledMs, returnedMs }) => {
      const client = clients[lane] as number
      if (outcomes === undefined) clients[lane] = client + lanes
      return {
        client,
        operations,
        outcomes,
        called: Math.round(calledMs * NS_PER_MS),
        returned: Math.round(returnedMs * NS_PER_MS),
      }
    })
  }
}

class Recorded implements OpenCall {
  readonly calledMs: number
  returnedMs = 0
  outcomes: readonly Outcome[] | undefined
  ended = false

  constructor(
    readonly lane: number,
    readonly operations: readonly Operation[],
    readonly agenda: Agenda,
  ) {
    this.calledMs = agenda.now
  }

  answer(outcomes: readonly Outcome[]): void {
    this.returnedMs = this.agenda.now
    this.outcomes = outcomes
    this.ended = true
  }

  giveUp(): void {
    this.ended = true
  }
}
