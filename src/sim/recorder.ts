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

  called(client: number, operations: readonly Operation[]): OpenCall {
    const call = new Recorded(client, operations, this.#agenda)
    this.#calls.push(call)
    return call
  }

  /** In the order in which they were called. */
  get history(): readonly Call[] {
    return this.#calls.map(({ client, operations, outcomes, calledMs, returnedMs }) => ({
      client,
      operations,
      outcomes,
      called: Math.round(calledMs * NS_PER_MS),
      returned: Math.round(returnedMs * NS_PER_MS),
    }))
  }
}

class Recorded implements OpenCall {
  readonly calledMs: number
  returnedMs = 0
  outcomes: readonly Outcome[] | undefined
  ended = false

  constructor(
    readonly client: number,
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
