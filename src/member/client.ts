import { type Command, checkCommand, commandBytes, MAX_AFTER } from '../core/index.js'
import { type Outcome, sessionId } from '../state/index.js'
import type { Draft, KeptProposal, Place } from './kept.js'
import { Order } from './order.js'
import { QueueFull } from './queue-full.js'

/** A session born more than eight sweeps ago may be at its end: at half of that a new one begins, and the old one ends in peace. */
const MAX_SESSION_SWEEPS = 4

/** A proposal gets a new session so often, before its proposer is told that it is cut off for too long. */
const MAX_PLACES = 3

export interface ClientOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** How many sweeps the replica has executed. */
  readonly sweeps: () => number
  /** What earlier lives have left, in order. */
  readonly kept: readonly KeptProposal[]
  /** What may wait for an answer: proposals, and their bytes. */
  readonly maxProposals: number
  readonly maxBytes: number
  readonly maxCommandBytes: number
  /** How many may be on their way at once: the rest waits here, in order. */
  readonly window: number
}

/** What there is to do. In this order: `put` and `removed` are written, in one go; `commands` may be proposed at once. */
export interface ClientReady {
  /** 1, 2, 3 … */
  readonly sequence: number
  /** At the end of what is stored, or in place of what is stored under that id. */
  readonly put: readonly KeptProposal[]
  /** Ids. */
  readonly removed: readonly string[]
  /** To be handed to the member, in this order. */
  readonly commands: readonly Command[]
}

/** What became of a draft. `unknown`: it was sent, and too much has been forgotten since to tell more. */
export type Answer = Outcome | { readonly kind: 'unknown'; readonly reason: string }

export interface Settled {
  readonly id: string
  readonly answer: Answer
}

interface Session {
  readonly id: string
  /** Sweeps executed here when it began. */
  readonly bornAt: number
  /** The last sequence used. */
  last: number
  /** By sequence, ascending: what was placed in it and has no answer. */
  readonly open: Map<number, Entry>
  /** One of its commands came too late: so do all. */
  expired: boolean
}

interface Entry extends Draft {
  /** Ascending in the order in which drafts came. */
  readonly order: number
  readonly bytes: number
  /** It may be brought again by somebody who doesn't know whether it was sent: so it is sent only once that is durable. */
  readonly careful: boolean
  at: { readonly session: Session; readonly place: Place } | undefined
  places: number
  state: 'waiting' | 'placed' | 'sent' | 'early'
  /** What the storage says of it, or soon will: nothing, that nobody was sent it, or its place. */
  stored: 'no' | 'unplaced' | 'placed'
  /** From the place where it is: also where it is to be sent again. */
  wasSent: boolean
  /** It may have been executed without this client's having seen it. */
  doubtful: boolean
  committed: boolean
}

const newSession = (id: string, bornAt: number): Session => ({
  id,
  bornAt,
  last: 0,
  open: new Map(),
  expired: false,
})

const UNPLACED: Place = { session: '0'.repeat(32), sequence: 1, acknowledged: 0, after: [] }

const asCommand = (
  { spans, payload }: Pick<Draft, 'spans' | 'payload'>,
  { session, sequence, acknowledged, after }: Place = UNPLACED,
): Command => ({ spans, payload, session, sequence, acknowledged, after })

/**
 * The client of protocol §10: keeps proposals, in order and durably, until they are answered, and gives each its place in a
 * session, under which it is executed once however often it is sent. What interferes is executed in the order in which it
 * was proposed [`Command.after`]. Deterministic, without a clock or I/O: the host carries out what `ready` hands out.
 */
export class Client {
  readonly #options: ClientOptions
  readonly #entries = new Map<string, Entry>()
  /** Not placed yet, in order. */
  #waiting: Entry[] = []
  /** Placed, and free to be sent. */
  #due: Entry[] = []
  readonly #early = new Set<Entry>()
  #present: Session | undefined
  /** The present one, and those before it that wait for answers still. */
  readonly #sessions = new Map<string, Session>()
  readonly #order = new Order<Entry>()
  readonly #put = new Set<Entry>()
  #removed: string[] = []
  /** By ready: what it has written, and may be sent from then on. */
  readonly #outstanding: { readonly sequence: number; readonly held: readonly Entry[] }[] = []
  #sequence = 0
  #orders = 0
  #bytes = 0
  /** Sent, and not answered; early ones are not among them: those that they wait for may still have to be sent. */
  #inFlight = 0
  #online = false

  constructor(options: ClientOptions) {
    this.#options = options
    for (const { id, spans, payload, place } of options.kept) {
      const draft = { id, spans, payload, lasting: true }
      const entry = this.#enter(draft, commandBytes(asCommand(draft)), false, place ? 'placed' : 'unplaced')
      if (place === undefined) {
        this.#waiting.push(entry)
        continue
      }
      // It may have been sent: so it is sent as it was.
      const session = this.#sessions.get(place.session) ?? newSession(place.session, 0)
      this.#sessions.set(session.id, session)
      this.#settleIn(entry, session, place)
      entry.doubtful = true
      this.#due.push(entry)
    }
  }

  /** Drafts without an answer. */
  get size(): number {
    return this.#entries.size
  }

  /** All that have no answer, in order. */
  get drafts(): readonly Draft[] {
    return [...this.#entries.values()]
  }

  /** Those of them that last, as another client would take them over. */
  get kept(): readonly KeptProposal[] {
    return [...this.#entries.values()].filter(({ lasting }) => lasting).map(asKept)
  }

  /**
   * Takes a draft; by its id, once.
   * @param careful somebody may bring it again, to the next client on this storage
   * @throws QueueFull, InvalidCommand, CommandTooLarge; nothing is taken then
   */
  add(draft: Draft, careful: boolean = false): void {
    if (this.#entries.has(draft.id)) return
    const command = asCommand(draft)
    const { maxProposals, maxBytes, maxCommandBytes } = this.#options
    checkCommand(command, maxCommandBytes)
    const bytes = commandBytes(command)
    if (this.#entries.size >= maxProposals || this.#bytes + bytes > maxBytes) {
      throw new QueueFull(this.#entries.size, this.#bytes)
    }
    const entry = this.#enter(draft, bytes, careful, 'no')
    this.#waiting.push(entry)
    if (draft.lasting) this.#put.add(entry)
  }

  /** Whether what is sent now can be committed: nothing is sent before. @returns whether that is news */
  setOnline(online: boolean): boolean {
    const changed = this.#online !== online
    this.#online = online
    return changed
  }

  /**
   * What there is to do now; undefined: nothing.
   * @param isQuiet also where all that there is are answered ones to be removed: otherwise these wait for others to be
   * written along with, since one that is left is only sent, and answered, once more
   */
  ready(isQuiet: boolean): ClientReady | undefined {
    const held: Entry[] = []
    const commands: Command[] = []
    if (this.#online) {
      this.#place()
      const later: Entry[] = []
      // What was held back, or came early, comes before what came after it.
      for (const entry of this.#due.sort(byOrder)) {
        // It came early, and another instance of it has been executed since.
        if (entry.state !== 'placed') continue
        if (this.#inFlight >= this.#options.window) later.push(entry)
        else if (!mayLeave(entry)) {
          held.push(entry)
          this.#put.add(entry)
        } else if (this.#wouldComeEarly(entry)) later.push(entry)
        else {
          commands.push(this.#send(entry))
          if (entry.lasting && entry.stored === 'no') this.#put.add(entry)
        }
      }
      this.#due = later
    }
    const isIdle = this.#put.size === 0 && commands.length === 0
    if (isIdle && (this.#removed.length === 0 || !isQuiet)) return undefined
    const put = Array.from(this.#put, asKept)
    for (const entry of this.#put) entry.stored = entry.at === undefined ? 'unplaced' : 'placed'
    const removed = this.#removed
    this.#put.clear()
    this.#removed = []
    this.#sequence++
    this.#outstanding.push({ sequence: this.#sequence, held })
    return { sequence: this.#sequence, put, removed, commands }
  }

  /**
   * What this ready was to write is durable.
   * @throws RangeError when it isn't the oldest outstanding one
   */
  written({ sequence }: ClientReady): void {
    const [oldest] = this.#outstanding
    if (oldest?.sequence !== sequence) throw new RangeError(`written(${sequence}), and ${oldest?.sequence} is next`)
    this.#outstanding.shift()
    for (const entry of oldest.held) this.#due.push(entry)
  }

  /** The id of the draft whose command this is, the first time that its commit is seen. */
  committed(command: Command): string | undefined {
    const entry = this.#entryOf(command)
    if (entry === undefined || entry.committed || this.#isBehind(entry)) return undefined
    entry.committed = true
    return entry.id
  }

  /** What came of executing a command at its replica; undefined: it is no open one of this client, or goes on. */
  executed(command: Command, outcome: Outcome): Settled | undefined {
    const entry = this.#entryOf(command)
    if (entry?.at === undefined) return undefined
    const { id, at } = entry
    switch (outcome.kind) {
      case 'done':
      case 'threw':
        this.#answered(entry)
        return { id, answer: outcome }
      case 'acknowledged':
        // An earlier life had the answer, and ended before the storage had forgotten the proposal.
        this.#answered(entry)
        return { id, answer: unknown('it was executed, and answered before this replica was started') }
      case 'expired':
        at.session.expired = true
        return this.#tooLate(entry)
      case 'early':
        if (at.session.expired) return this.#tooLate(entry)
        if (entry.state === 'sent') this.#inFlight--
        entry.state = 'early'
        this.#early.add(entry)
        this.#sendEarly()
        return undefined
    }
  }

  /** The replica won't take this command, for what is wrong with it: an earlier program, or other options, have made it. */
  refused(command: Command, reason: string): Settled | undefined {
    const entry = this.#entryOf(command)
    if (entry === undefined) return undefined
    this.#answered(entry)
    return { id: entry.id, answer: unknown(reason) }
  }

  /** A whole state has taken the place of the one that was here: what was executed on the way to it was not seen. */
  skipped(): void {
    for (const entry of this.#entries.values()) if (entry.wasSent) entry.doubtful = true
  }

  /** Something that it must not overtake has no answer yet. */
  #isBehind({ at }: Entry): boolean {
    return at?.place.after.some((sequence) => at.session.open.has(sequence)) ?? false
  }

  /** Something that it must not overtake is not on its way. */
  #wouldComeEarly({ at }: Entry): boolean {
    return at?.place.after.some((sequence) => isOpenAndNotSent(at.session.open.get(sequence))) ?? false
  }

  #enter({ id, spans, payload, lasting }: Draft, bytes: number, careful: boolean, stored: Entry['stored']): Entry {
    const entry: Entry = {
      id,
      spans,
      payload,
      lasting,
      careful,
      stored,
      order: this.#orders++,
      bytes,
      at: undefined,
      places: 0,
      state: 'waiting',
      wasSent: false,
      doubtful: false,
      committed: false,
    }
    this.#entries.set(id, entry)
    this.#order.add(entry)
    this.#bytes += entry.bytes
    return entry
  }

  /** Gives places to those that wait, as long as there is room for more on their way. */
  #place(): void {
    const room = this.#options.window - this.#inFlight - this.#due.length
    if (room <= 0 || this.#waiting.length === 0) return
    // Nothing is answered meanwhile: neither changes.
    const session = this.#session()
    const [lowestOpen = session.last + 1] = session.open.keys()
    let placed = 0
    for (const entry of this.#waiting) {
      if (placed >= room) break
      const after = this.#afterOf(entry, session)
      // What can't be named is waited for; and what comes later waits as well: so that order is kept.
      if (after === undefined) break
      const sequence = session.last + 1
      this.#settleIn(entry, session, { session: session.id, sequence, acknowledged: lowestOpen - 1, after })
      this.#due.push(entry)
      placed++
    }
    if (placed > 0) this.#waiting = this.#waiting.slice(placed)
  }

  /** The sequences that it must not overtake, ascending; undefined where they can't be named. */
  #afterOf(entry: Entry, session: Session): readonly number[] | undefined {
    const before = this.#order.before(entry)
    if (before.size === 0) return NONE
    if (before.size > MAX_AFTER) return undefined
    const after: number[] = []
    for (const { at } of before) {
      if (at?.session !== session) return undefined
      after.push(at.place.sequence)
    }
    return after.sort((a, b) => a - b)
  }

  #settleIn(entry: Entry, session: Session, place: Place): void {
    entry.at = { session, place }
    entry.places++
    entry.state = 'placed'
    session.last = Math.max(session.last, place.sequence)
    session.open.set(place.sequence, entry)
  }

  #session(): Session {
    const sweeps = this.#options.sweeps()
    const present = this.#present
    if (present !== undefined && !present.expired && sweeps - present.bornAt <= MAX_SESSION_SWEEPS) return present
    if (present?.open.size === 0) this.#sessions.delete(present.id)
    const session = newSession(sessionId(sweeps, this.#options.random), sweeps)
    this.#sessions.set(session.id, session)
    this.#present = session
    return session
  }

  #send(entry: Entry): Command {
    entry.state = 'sent'
    entry.wasSent = true
    this.#inFlight++
    return asCommand(entry, entry.at?.place)
  }

  /** Those that came too early come again once all that they must not overtake have their answers. */
  #sendEarly(): void {
    for (const entry of this.#early) {
      const { session, place } = entry.at as NonNullable<Entry['at']>
      if (place.after.some((sequence) => session.open.has(sequence))) continue
      this.#early.delete(entry)
      entry.state = 'placed'
      this.#due.push(entry)
    }
  }

  /** Its session is over: it is not executed in it any more. Whether it was is known unless something went unseen. */
  #tooLate(entry: Entry): Settled | undefined {
    const { id, doubtful, places } = entry
    if (doubtful || places >= MAX_PLACES) {
      this.#answered(entry)
      const answer = doubtful ? unknown('it was away for so long that its session was ended') : EXPIRED
      return { id, answer }
    }
    this.#leavePlace(entry)
    this.#waiting.push(entry)
    this.#waiting.sort(byOrder)
    return undefined
  }

  #leavePlace(entry: Entry): void {
    const { at } = entry
    if (at === undefined) return
    if (entry.state === 'sent') this.#inFlight--
    entry.at = undefined
    entry.state = 'waiting'
    entry.wasSent = false
    // Its next place is to be durable before it is sent: else a next life would send it from this one.
    if (entry.stored === 'placed') entry.stored = 'unplaced'
    at.session.open.delete(at.place.sequence)
    if (at.session !== this.#present && at.session.open.size === 0) this.#sessions.delete(at.session.id)
    this.#early.delete(entry)
    if (this.#early.size > 0) this.#sendEarly()
  }

  #answered(entry: Entry): void {
    this.#leavePlace(entry)
    this.#entries.delete(entry.id)
    this.#order.delete(entry)
    this.#bytes -= entry.bytes
    if (!entry.lasting) return
    if (entry.stored !== 'no') this.#removed.push(entry.id)
    this.#put.delete(entry)
  }

  #entryOf({ session, sequence }: Command): Entry | undefined {
    return this.#sessions.get(session)?.open.get(sequence)
  }
}

const NONE: readonly number[] = Object.freeze([])

const asKept = ({ id, spans, payload, at }: Entry): KeptProposal => ({ id, spans, payload, place: at?.place })

const byOrder = (a: Entry, b: Entry): number => a.order - b.order

const isOpenAndNotSent = (entry: Entry | undefined): boolean => entry !== undefined && entry.state !== 'sent'

/** Where an unplaced one is stored, the next life would place it anew, and it would be executed twice. */
const mayLeave = ({ lasting, stored, careful }: Entry): boolean =>
  !lasting || stored === 'placed' || (stored === 'no' && !careful)

const EXPIRED: Answer = Object.freeze({ kind: 'expired' })
const unknown = (reason: string): Answer => ({ kind: 'unknown', reason })
