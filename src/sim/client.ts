import type { Command } from '../core/index.js'
import { type Json, type Outcome, sessionId } from '../state/index.js'
import type { Agenda } from './agenda.js'
import { type Ask, proposalOf, type Told, toldOf } from './asks.js'
import { Violation } from './checkers/violation.js'
import type { Random } from './random.js'
import type { OpenCall, Recorder } from './recorder.js'
import type { Trace } from './trace.js'
import type { Asks, Workload } from './workload.js'

/** What clients talk to. */
export interface Service {
  readonly voters: number
  /** Sends a command to a voter; the answer may come late, several times, or never. */
  submit(voter: number, command: Command, answered: (outcome: Outcome) => void): void
  /** Sweeps executed there, as far as a client can know. */
  sweeps(voter: number): number
}

/** What all clients of a run share. */
export interface Surroundings {
  readonly agenda: Agenda
  readonly random: Random
  readonly service: Service
  readonly recorder: Recorder
  readonly trace: Trace
  readonly workload: Workload
  readonly asks: Asks
  /** A call was answered, after it was sent `attempts` times. */
  answered(command: Command, outcome: Outcome, attempts: number): void
}

interface Session {
  readonly id: string
  last: number
  /** Sequences without an answer, those given up included. */
  readonly open: Set<number>
}

/** A client that keeps nothing, and asks any voter: several calls at a time under one session, retried until answered or given up. */
export class Client {
  readonly #around: Surroundings
  readonly #name: string
  /** The voter it prefers. */
  readonly #home: number
  readonly #seen = new Map<string, Json | undefined>()
  readonly #lanes: readonly number[]
  #session: Session

  constructor(
    readonly number: number,
    around: Surroundings,
  ) {
    this.#around = around
    this.#name = `C${number}`
    const { homes } = around.workload
    this.#home = homes[number % homes.length] ?? around.random.below(around.service.voters)
    this.#session = this.#newSession()
    this.#lanes = Array.from({ length: around.workload.lanes }, () => around.recorder.newLane())
  }

  /** Starts to make calls, one after the other in each lane, until the run is over. */
  start(): void {
    for (const lane of this.#lanes) this.#think(lane)
  }

  #think(lane: number): void {
    const { agenda, random, workload, asks, recorder } = this.#around
    const { thinkMs, dozing, dozeMs } = workload
    agenda.after(random.between(0, random.chance(dozing) ? dozeMs : thinkMs), () => {
      if (!recorder.open) return
      if (random.chance(workload.renewal)) this.#session = this.#newSession()
      const home = random.chance(workload.roaming) ? random.below(this.#around.service.voters) : this.#home
      this.#call(lane, home, asks.next(this.#seen), () => this.#think(lane))
    })
  }

  /** Makes one call, beside those that it makes by itself. @param then the call has ended, with an answer or without */
  call(home: number, ask: Ask, then: () => void): void {
    this.#call(this.#around.recorder.newLane(), home, ask, then)
  }

  /** At this voter first. */
  #call(lane: number, home: number, ask: Ask, then: () => void): void {
    const { agenda, random, workload, service, recorder, trace } = this.#around
    const session = this.#session
    const sequence = ++session.last
    session.open.add(sequence)
    // What was given up is never acknowledged.
    const acknowledged = Math.min(...session.open) - 1
    const call = recorder.called(lane, ask)
    const proposal = proposalOf(ask, call.number, agenda.now)
    const command: Command = { ...proposal, session: session.id, sequence, acknowledged, after: [] }
    trace.add(agenda.now, this.#name, 'calls', lane, sequence)
    let attempts = 0
    const attempt = (voter: number): void => {
      attempts++
      service.submit(voter, command, (outcome) => {
        if (call.ended) return
        this.#answered(session, command, outcome, attempts, call)
        then()
      })
      agenda.after(workload.timeoutMs * (1 + random.next()), () => {
        if (call.ended) return
        if (agenda.now - call.calledMs < workload.patienceMs) {
          attempt(random.chance(0.3) ? voter : random.below(service.voters))
          return
        }
        trace.add(agenda.now, this.#name, 'gives up', lane, sequence)
        call.giveUp()
        // Its number stays open under this session: some go on under another.
        if (random.chance(0.5) && session === this.#session) this.#session = this.#newSession()
        then()
      })
    }
    attempt(home)
  }

  #answered(session: Session, command: Command, outcome: Outcome, attempts: number, call: OpenCall): void {
    const { agenda, trace } = this.#around
    trace.add(agenda.now, this.#name, outcome.kind, command.sequence)
    this.#around.answered(command, outcome, attempts)
    switch (outcome.kind) {
      case 'done':
      case 'threw':
        this.#echo(command)
        session.open.delete(command.sequence)
        noteSeen(this.#seen, toldOf(call.ask, outcome))
        call.answer(outcome)
        return
      case 'expired':
        // This attempt was not executed; an earlier one may have been.
        call.giveUp()
        if (session === this.#session) this.#session = this.#newSession()
        return
      case 'acknowledged':
        throw new Violation('sessions', `${this.#name} is told that it had the answer of ${command.sequence} already`)
      case 'early':
        throw new Violation('sessions', `${this.#name}'s command ${command.sequence} is early, and comes after nothing`)
    }
  }

  /** The network has kept an attempt for long; nobody waits for what comes of it. */
  #echo(command: Command): void {
    const { agenda, random, workload, service } = this.#around
    if (!random.chance(workload.echoes)) return
    const voter = random.below(service.voters)
    agenda.after(random.between(0, workload.echoMs), () => service.submit(voter, command, () => {}))
  }

  #newSession(): Session {
    const { random, service } = this.#around
    return { id: sessionId(service.sweeps(this.#home), random.next), last: 0, open: new Set() }
  }
}

/** What a client knows to be under a key, or to have been. */
export const noteSeen = (seen: Map<string, Json | undefined>, { operations, outcomes }: Told): void =>
  operations.forEach((operation, at) => {
    if (operation.op === 'get') seen.set(operation.key, outcomes[at] as Json | undefined)
    if (operation.op === 'put') seen.set(operation.key, operation.value)
  })
