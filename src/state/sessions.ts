import type { Command } from '../core/index.js'
import { inOrder, type Pair } from './in-order.js'
import { isCount, type Json } from './json.js'
import { birthOf, isSessionId } from './session-id.js'
import { InvalidSnapshot } from './snapshot.js'
import { decodeSweep, encodeSweep, MAX_NAMED, type Named } from './sweep.js'

/** What executing a command has come to: its result, or the message of what the state machine threw. */
export type Settled =
  | { readonly kind: 'done'; readonly result: Json | undefined }
  | { readonly kind: 'threw'; readonly message: string }

/**
 * What a command is answered. `expired`: its session has ended, or never was; `acknowledged`: its client has said
 * that it had the answer; `early`: one that it must not overtake has not been executed, so that it is to be proposed
 * again. None of the three was executed this time.
 */
export type Outcome =
  | Settled
  | { readonly kind: 'expired' }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'early' }

const EXPIRED: Outcome = Object.freeze({ kind: 'expired' })
const EARLY: Outcome = Object.freeze({ kind: 'early' })
const ACKNOWLEDGED: Outcome = Object.freeze({ kind: 'acknowledged' })

/** m of protocol §10: a session may be silent for so many sweeps, tens of thousands of the others' commands. */
const SESSION_SWEEPS = 8

/** A sweep has everybody wait for a round: seldom enough to be felt by nobody, often enough for a table of some MB. */
export const SWEEP_AFTER_ENTRIES = 4096

/** The voter of each slot lets the table grow by an eighth more: by then the sweep of the one before it has come, or that one is gone. */
const PATIENCE_PER_SLOT = 1 / 8

/** To find what to sweep, all sessions are gone through: so many of them, at most, for each new entry. */
const SESSIONS_PER_ENTRY = 16

interface Session {
  /** What its commands came to, by sequence: a set, never "all up to here" [H24]. What `mark` covers is gone. */
  readonly entries: Map<number, Settled>
  /** The last sweep that named it has said: all up to here are answered. Never above `acknowledged`. */
  mark: number
  /** The highest that its executed commands have carried. Only sweeps prune: between two, it differs among replicas. */
  acknowledged: number
  /** The number of sweeps executed when its last command came. */
  active: number
}

/**
 * The replicated session table (protocol §10): executes each writing command once, and answers it again with
 * what it came to the first time. At a sweep, which has one place in the order of all commands, every replica
 * holds the same table; between two, what it answers depends on no order of commands that don't interfere.
 * A read-only command changes nothing: it is executed whenever it comes, whatever became of its session, unless it has
 * to come after others. But it keeps a session alive, as writing ones do.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  /** Sweeps that took effect. */
  #sweeps = 0
  /** Entries and sessions that came since the last of them. */
  #added = 0
  /** As many of them make a sweep worth while. */
  #dueAt: number

  /** @param sweepAfter new entries that make a sweep worth while: every replica may have its own number */
  constructor(readonly sweepAfter: number) {
    this.#dueAt = sweepAfter
  }

  get sweeps(): number {
    return this.#sweeps
  }

  /** What the command comes to, or came to; `run` executes it. Of one session and sequence there is one command. */
  execute({ spans, session: id, sequence, acknowledged, after }: Command, run: () => Settled): Outcome {
    const session = this.#sessions.get(id) ?? this.#born(id)
    const writes = spans.some(({ write }) => write)
    // Of those before it nothing is known any more: it may not run as if they had been executed.
    if (session === undefined) return writes || after.length > 0 ? EXPIRED : run()
    // Whatever comes of it, an early one included: until the next sweep every replica comes across the same commands.
    session.active = this.#sweeps
    session.acknowledged = Math.max(session.acknowledged, acknowledged)
    if (!writes) return isEarly(session, after) ? EARLY : run()
    if (sequence <= session.mark) return ACKNOWLEDGED
    const first = session.entries.get(sequence)
    if (first !== undefined) return first
    // The same everywhere: all that is executed of the one and of the other has one order, since the two interfere.
    if (isEarly(session, after)) return EARLY
    const settled = run()
    session.entries.set(sequence, settled)
    this.#added += weightOf(settled)
    return settled
  }

  /**
   * The payload of a sweep worth proposing now: many entries have come since the last one. Be it that it names
   * nobody, sweeps are the clock by which sessions grow old. Asked for again, it answers again only after as many
   * more: should the first proposal be lost.
   * @param slot of the voter that would propose it: all of them see the table grow, and one sweep is enough
   */
  due(slot: number): Uint8Array | undefined {
    if (this.#added < this.#dueAt + slot * PATIENCE_PER_SLOT * this.#period()) return undefined
    this.#dueAt = this.#added + this.#period()
    const named: Named[] = []
    for (const [id, session] of this.#sessions) {
      if (named.length === MAX_NAMED) break
      if (this.#over(session)) named.push([id, null])
      else if (session.acknowledged > session.mark) named.push([id, session.acknowledged])
    }
    return encodeSweep({ after: this.#sweeps, named })
  }

  /**
   * Executes a sweep. One that another has overtaken changes nothing, nor does one that is malformed: it is not
   * counted, so that voters that sweep at once make their sessions no older than one of them alone would.
   * What it names without right is passed over.
   */
  sweep(payload: Uint8Array): void {
    const content = decodeSweep(payload)
    if (content?.after !== this.#sweeps) return
    for (const [id, acknowledged] of content.named) {
      const session = this.#sessions.get(id)
      if (session === undefined) continue
      if (acknowledged !== null) this.#acknowledge(id, session, acknowledged)
      else if (this.#over(session)) this.#sessions.delete(id)
    }
    this.#sweeps++
    this.#added = 0
    this.#dueAt = this.#period()
  }

  /** All of it as it is now, as rows of JSON that are made as they are asked for; equal tables give equal rows. */
  rows(): Iterable<Json> {
    const frozen = (session: Session): Session => ({ ...session, entries: new Map(session.entries) })
    const sessions = Array.from(this.#sessions, ([id, session]): Pair<Session> => [id, frozen(session)])
    return rowsOf(this.#sweeps, this.#added, sessions)
  }

  /** Takes back what `rows` gave, into a table that has executed nothing. @throws InvalidSnapshot */
  restore([first, ...rows]: readonly unknown[]): void {
    const [sweeps, added] = fields(first, 2)
    if (!isCount(sweeps) || !isCount(added)) throw malformed('a session table counts its sweeps')
    this.#sweeps = sweeps
    this.#added = added
    for (const row of rows) {
      const [id, session] = sessionOf(row)
      const legal = birthOf(id) <= session.active && session.active <= sweeps && !this.#sessions.has(id)
      if (!legal) throw malformed(`session ${id} is no part of this table`)
      this.#sessions.set(id, session)
    }
    this.#dueAt = this.#period()
  }

  /** A session is born with its first command; undefined where that came too late, or its name is none of ours. */
  #born(id: string): Session | undefined {
    // Whoever has executed a sweep proposes what all order after that sweep: nobody is born in the future.
    const age = this.#sweeps - birthOf(id)
    if (age < 0 || age > SESSION_SWEEPS) return undefined
    const session = { entries: new Map(), mark: 0, acknowledged: 0, active: this.#sweeps }
    this.#sessions.set(id, session)
    this.#added++
    return session
  }

  /**
   * Whether a sweep may end it. It was born before it was last active: by now too long ago to be born again, so
   * that its retries are refused.
   */
  #over({ active }: Session): boolean {
    return this.#sweeps - active > SESSION_SWEEPS
  }

  #acknowledge(id: string, session: Session, acknowledged: number): void {
    session.mark = Math.max(session.mark, Math.min(acknowledged, session.acknowledged))
    for (const sequence of session.entries.keys()) if (sequence <= session.mark) session.entries.delete(sequence)
    // To the end: those that a sweep had no room for come first in the next.
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
  }

  #period(): number {
    return Math.max(this.sweepAfter, this.#sessions.size / SESSIONS_PER_ENTRY)
  }
}

/** As much of a result as makes another entry. */
const CODE_UNITS_PER_ENTRY = 1024

/** What an entry adds to the table: large results bring the next sweep nearer. */
const weightOf = (settled: Settled): number =>
  settled.kind === 'threw' || (typeof settled.result !== 'object' && typeof settled.result !== 'string')
    ? 1
    : 1 + Math.floor(JSON.stringify(settled.result).length / CODE_UNITS_PER_ENTRY)

/** An early one leaves no entry, so that what must not overtake it is early as well. */
const isEarly = ({ entries, mark }: Session, after: readonly number[]): boolean =>
  after.some((earlier) => earlier > mark && !entries.has(earlier))

function* rowsOf(sweeps: number, added: number, sessions: readonly Pair<Session>[]): Generator<Json> {
  yield [sweeps, added]
  for (const [id, session] of inOrder(sessions)) yield sessionRow(id, session)
}

const sessionRow = (id: string, { mark, acknowledged, active, entries }: Session): Json => {
  const sorted = [...entries].sort(([a], [b]) => a - b)
  return [id, mark, acknowledged, active, sorted.map(([sequence, settled]) => [sequence, ...settledRow(settled)])]
}

const settledRow = (settled: Settled): readonly Json[] => {
  if (settled.kind === 'threw') return ['threw', settled.message]
  return settled.result === undefined ? ['done'] : ['done', settled.result]
}

const sessionOf = (row: unknown): [string, Session] => {
  const [id, mark, acknowledged, active, rows] = fields(row, 5)
  const legal = isSessionId(id) && isCount(mark) && isCount(acknowledged) && mark <= acknowledged && isCount(active)
  if (!legal || !Array.isArray(rows)) throw malformed('a session has a name, a mark and entries')
  const entries = new Map<number, Settled>()
  for (const entry of rows) {
    const [sequence, settled] = entryOf(entry)
    if (sequence <= mark || entries.has(sequence)) throw malformed(`session ${id} has no entry ${sequence}`)
    entries.set(sequence, settled)
  }
  return [id, { entries, mark, acknowledged, active }]
}

const entryOf = (row: unknown): [number, Settled] => {
  const [sequence, kind, what] = fields(row, 3)
  if (isCount(sequence)) {
    if (kind === 'done') return [sequence, Object.freeze({ kind, result: what as Json | undefined })]
    if (kind === 'threw' && typeof what === 'string') return [sequence, Object.freeze({ kind, message: what })]
  }
  throw malformed('an entry has a sequence and an outcome')
}

const fields = (row: unknown, most: number): readonly unknown[] => {
  if (Array.isArray(row) && row.length <= most) return row
  throw malformed(`a list of up to ${most} was expected`)
}

const malformed = (problem: string): InvalidSnapshot => new InvalidSnapshot('malformed', problem)
