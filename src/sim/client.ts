import type { Command } from '../core/index.js'
import { type Json, type Outcome, sessionId } from '../state/index.js'
import type { Agenda } from './agenda.js'
import { Violation } from './checkers/violation.js'
import type { Operation } from './history.js'
import type { Random } from './random.js'
import type { OpenCall, Recorder } from './recorder.js'
import type { Trace } from './trace.js'
import { type Operations, outcomesOf, proposalOf, type Workload } from './workload.js'

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
  readonly operations: Operations
  /** A call was answered, after it was sent `attempts` times. */
  answered(command: Command, outcome: Outcome, attempts: number): void
}

interface Session {
  readonly id: string
  last: number
  /** Sequences without an answer, those given up included. */
  readonly open: Set<number>
}

/** A client of the replicated map: several calls at a time under one session, retried until answered or given up. */
export class Client {
  readonly #around: Surroundings
  readonly #name: string
  /** The voter it prefers. */
  readonly #home: number
  readonly #seen = new Map<string, Json | undefined>()
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
  }

  /** Starts to make calls, one after the other in each lane, until the run is over. */
  start(): void {
    for (let lane = 0; lane < this.#around.workload.lanes; lane++) this.#think(lane)
  }

  #think(lane: number): void {
    const { agenda, random, workload, operations, recorder } = this.#around
    const { thinkMs, dozing, dozeMs } = workload
    agenda.after(random.between(0, random.chance(dozing) ? dozeMs : thinkMs), () => {
      if (!recorder.open) return
      if (random.chance(workload.renewal)) this.#session = this.#newSession()
      const home = random.chance(workload.roaming) ? random.below(this.#around.service.voters) : this.#home
      this.call(this.number * workload.lanes + lane, home, operations.next(this.#seen), () => this.#think(lane))
    })
  }

  /** Makes one call, at this voter first. @param then the call has ended, with an answer or without */
  call(lane: number, home: number, operations: readonly Operation[], then: () => void): void {
    const { agenda, random, workload, service, recorder, trace } = this.#around
    const session = this.#session
    const sequence = ++session.last
    session.open.add(sequence)
    // What was given up is never acknowledged.
    const acknowledged = Math.min(...session.open) - 1
    const command: Command = { ...proposalOf(operations), session: session.id, sequence, acknowledged }
    const call = recorder.called(lane, operations)
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
      case 'done': {
        this.#echo(command)
        session.open.delete(command.sequence)
        const outcomes = outcomesOf(call.operations, outcome.result)
        call.operations.forEach((operation, i) => {
          if (operation.op === 'get') this.#seen.set(operation.key, outcomes[i] as Json | undefined)
          if (operation.op === 'put') this.#seen.set(operation.key, operation.value)
        })
        call.answer(outcomes)
        return
      }
      case 'expired':
        // This attempt was not executed; an earlier one may have been.
        call.giveUp()
        if (session === this.#session) this.#session = this.#newSession()
        return
      case 'acknowledged':
        throw new Violation('sessions', `${this.#name} is told that it had the answer of ${command.sequence} already`)
      case 'threw':
        throw new Violation('sessions', `${this.#name}'s command ${command.sequence} threw: ${outcome.message}`)
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
