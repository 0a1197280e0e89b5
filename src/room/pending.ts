import type { Command } from '../core/index.js'
import { type Outcome, type Proposal, sessionId } from '../state/index.js'
import { ExecutionThrew, OutcomeUnknown, SessionExpired } from './errors.js'
import { randomUnit } from './ids.js'

/** A session born more than eight sweeps ago may be at its end: at half of that a new one begins, and the old one ends in peace. */
const MAX_SESSION_SWEEPS = 4

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  /** Proposes the same again, as another command; undefined where this is that second attempt. */
  readonly again: (() => void) | undefined
  /** A whole state has come meanwhile, and it may have been executed in that. */
  unseen: boolean
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

  /** The promise of a proposal's result; `launch` proposes the command that it becomes, and may throw. */
  open(proposal: Proposal, launch: (command: Command) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const attempt = (again: (() => void) | undefined): void =>
        this.#attempt(proposal, launch, { resolve, reject, again, unseen: false })
      attempt(() => attempt(undefined))
    })
  }

  /** What came of executing the command: the first time counts. */
  settle(command: Command, outcome: Outcome): void {
    // Who waits for it has long had its answer: that is what the client has acknowledged.
    if (outcome.kind === 'acknowledged') return
    const waiter = this.#take(command)
    if (waiter === undefined) return
    if (outcome.kind === 'done') waiter.resolve(outcome.result)
    else if (outcome.kind === 'threw') waiter.reject(new ExecutionThrew(outcome.message))
    else if (waiter.unseen) waiter.reject(new OutcomeUnknown('it was away for so long that it took over a whole state'))
    // It was proposed in this life, and this is the first time that it comes to be executed: so nobody has executed it,
    // nor will. Its session was born before this replica had caught up; the next one will not be.
    else if (waiter.again !== undefined) waiter.again()
    else waiter.reject(new SessionExpired())
  }

  /** A whole state has taken the place of the one that was here: what was executed on the way to it was not seen. */
  skipped(): void {
    for (const { waiters } of this.#sessions.values()) for (const waiter of waiters.values()) waiter.unseen = true
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

  #attempt({ spans, payload }: Proposal, launch: (command: Command) => void, waiter: Waiter): void {
    const session = this.#session()
    const sequence = ++session.last
    const [lowestOpen = sequence] = session.waiters.keys()
    const command = { spans, payload, session: session.id, sequence, acknowledged: lowestOpen - 1 }
    session.waiters.set(sequence, waiter)
    try {
      launch(command)
    } catch (error) {
      this.refused(command, error)
    }
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
