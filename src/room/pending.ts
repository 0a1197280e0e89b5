import type { Command } from '../core/index.js'
import { type Outcome, type Proposal, sessionId } from '../state/index.js'
import { ExecutionThrew, SessionExpired } from './errors.js'
import { randomUnit } from './ids.js'

/** A session born more than eight sweeps ago may be at its end: at half of that a new one begins, and the old one ends in peace. */
const MAX_SESSION_SWEEPS = 4

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Session {
  readonly id: string
  /** Sweeps executed here when it began. */
  readonly bornAt: number
  /** The last sequence used. */
  last: number
  /** By sequence, ascending. */
  readonly waiters: Map<number, Waiter>
}

/** The own proposals of one life that were not answered yet, under the sessions they are proposed with. */
export class Pending {
  /** How many sweeps were executed here. */
  readonly #sweeps: () => number
  /** The present one, and those before it that wait for answers still. */
  readonly #sessions = new Map<string, Session>()
  #present: Session | undefined

  constructor(sweeps: () => number) {
    this.#sweeps = sweeps
  }

  get size(): number {
    let size = 0
    for (const { waiters } of this.#sessions.values()) size += waiters.size
    return size
  }

  /** The command of a proposal, and the promise of its result; `launch` proposes it, and may throw. */
  open({ spans, payload }: Proposal, launch: (command: Command) => void): Promise<unknown> {
    const session = this.#session()
    const sequence = ++session.last
    const [lowestOpen = sequence] = session.waiters.keys()
    const command = { spans, payload, session: session.id, sequence, acknowledged: lowestOpen - 1 }
    return new Promise((resolve, reject) => {
      session.waiters.set(sequence, { resolve, reject })
      try {
        launch(command)
      } catch (error) {
        this.refused(command, error)
      }
    })
  }

  /** What came of executing the command: the first time counts. */
  settle(command: Command, outcome: Outcome): void {
    // Who waits for it has long had its answer: that is what the client has acknowledged.
    if (outcome.kind === 'acknowledged') return
    const waiter = this.#take(command)
    if (outcome.kind === 'done') waiter?.resolve(outcome.result)
    else waiter?.reject(outcome.kind === 'threw' ? new ExecutionThrew(outcome.message) : new SessionExpired())
  }

  /** The command could not be proposed. */
  refused(command: Command, error: unknown): void {
    this.#take(command)?.reject(error)
  }

  /** Nothing can be told of any of them any more. */
  failed(error: Error): void {
    for (const { waiters } of this.#sessions.values()) for (const { reject } of waiters.values()) reject(error)
    this.#sessions.clear()
    this.#present = undefined
  }

  #session(): Session {
    const sweeps = this.#sweeps()
    const present = this.#present
    if (present !== undefined && sweeps - present.bornAt <= MAX_SESSION_SWEEPS) return present
    if (present?.waiters.size === 0) this.#sessions.delete(present.id)
    const session = { id: sessionId(sweeps, randomUnit), bornAt: sweeps, last: 0, waiters: new Map<number, Waiter>() }
    this.#sessions.set(session.id, session)
    this.#present = session
    return session
  }

  #take({ session: id, sequence }: Command): Waiter | undefined {
    const session = this.#sessions.get(id)
    const waiter = session?.waiters.get(sequence)
    session?.waiters.delete(sequence)
    if (session !== this.#present && session?.waiters.size === 0) this.#sessions.delete(id)
    return waiter
  }
}
