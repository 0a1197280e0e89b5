import type { Ballot, CommitPath, ExecutedSet, InstanceId, InstanceRecord, TraceCell } from '../../core/index.js'
import { Cells, nothingOf } from './cells.js'
import { contains } from './contains.js'
import type { Chronicle, Deed, EpochView, Flight, Happening, MemberView } from './contract.js'
import type { Words } from './mailed.js'
import { Most } from './most.js'
import { Timeline } from './timeline.js'

/** Of what is changed in place until it is over. */
type Open<T> = { -readonly [K in keyof T]: T[K] }

type Cut = Open<Chronicle['cuts'][number]>

/** What a member is, but for how far it has got. */
export type Standing = Omit<MemberView, 'executed' | 'replica'>

/** What a replica has come to know of an instance. */
export type Known = Pick<
  InstanceRecord,
  'instance' | 'phase' | 'value' | 'deps' | 'initDeps' | 'ballot' | 'votedBallot'
>

/** One member's past. */
interface Past {
  readonly cells: Cells
  readonly standing: Timeline<Standing>
  readonly executed: Timeline<number>
}

/** Writes down what happens, as it happens: it alone knows the past. */
export class Recording implements Chronicle {
  readonly flights: Open<Flight>[] = []
  readonly happenings: Happening[] = []
  readonly deeds: Open<Deed>[] = []
  readonly epochs: EpochView[] = []
  readonly cuts: Cut[] = []
  /** What has happened, or has been sent or ended, but for gossip; and messages that have arrived, but for gossip. */
  stirred = 0
  arrived = 0
  /** Of what was read back: cells, commands and keys. */
  #readBack = 0
  readonly #now: () => number
  readonly #pasts: Past[] = []
  readonly #most = new Most()

  /** @param now virtual milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The newest epoch that anybody is in. */
  get epoch(): number {
    return this.epochs.reduce((newest, { number }) => Math.max(newest, number), 0)
  }

  /** What the run has cost so far, in messages and happenings. */
  get cost(): number {
    return this.flights.length + this.happenings.length + this.#readBack / READ_BACK_AS_ONE
  }

  // What is written.

  /** A life, or an epoch, begins with so many commands and keys. */
  readsBack(count: number): void {
    this.#readBack += count
  }

  sent(from: number, to: number, endMs: number, repeat: boolean, words: Words): Open<Flight> {
    const { kind, epoch, instance, says, background } = words
    const id = this.flights.length
    const sentMs = this.#now()
    const fate = 'under-way'
    const about = { kind, from, to, epoch, instance, says, repeat, background }
    const flight: Open<Flight> = { ...about, id, sentMs, endMs, fate, lostMs: undefined }
    this.flights.push(flight)
    if (!background) this.stirred++
    return flight
  }

  ended(flight: Open<Flight>, fate: 'arrived' | 'lost' | 'missed'): void {
    flight.fate = fate
    if (fate === 'lost' && this.#now() < flight.endMs) flight.lostMs = this.#now()
    if (flight.background) return
    this.stirred++
    if (fate === 'arrived') this.arrived++
  }

  happened(happening: Happening): void {
    this.happenings.push(happening)
    this.stirred++
  }

  /** Somebody wants this done. @param refused why it is not */
  asked(deed: Pick<Deed, 'name' | 'replica' | 'spans' | 'epoch'>, refused?: string): void {
    this.deeds.push({ ...deed, ...OPEN, proposedMs: this.#now(), refused })
    this.stirred++
  }

  /** It is on its way as part of this instance; not as part of another any more. */
  proposed(deed: number, epoch: number, instance: InstanceId): void {
    this.#change(deed, { epoch, instance, committedMs: undefined, path: undefined })
  }

  /** Nothing will come of it. */
  refused(deed: number, refused: string): void {
    this.#change(deed, { refused })
  }

  /** Where it was proposed that is known now. */
  decided(deed: number, epoch: number, instance: InstanceId, path: CommitPath): void {
    const { committedMs } = this.#deed(deed)
    if (committedMs === undefined) this.#change(deed, { epoch, instance, committedMs: this.#now(), path })
  }

  /** It was executed where it was proposed. Says whether for the first time. */
  finished(deed: number, epoch: number, instance: InstanceId): boolean {
    if (this.#deed(deed).executedMs !== undefined) return false
    // A replica that begins again is not told of the commits on its disk.
    this.decided(deed, epoch, instance, this.#most.cells.last(epoch, instance)?.path ?? 'told')
    this.#change(deed, { executedMs: this.#now() })
    return true
  }

  cut(sides: readonly (readonly number[])[]): void {
    this.heal()
    this.cuts.push({ fromMs: this.#now(), untilMs: undefined, sides })
    this.stirred++
  }

  heal(): void {
    const last = this.cuts[this.cuts.length - 1]
    if (last !== undefined) last.untilMs ??= this.#now()
    this.stirred++
  }

  /** Somebody is in this epoch. @param voters by slot */
  began(number: number, voters: readonly number[]): void {
    if (this.epochs.some((epoch) => epoch.number === number)) return
    this.epochs.push({ number, fromMs: this.#now(), voters })
  }

  /** A member is like this now. The first time, it is new. @param executed instances, over all epochs */
  stands(replica: number, standing: Standing, executed: number): void {
    this.#pasts[replica] ??= { cells: new Cells(), standing: new Timeline(), executed: new Timeline() }
    const past = this.#past(replica)
    past.standing.push(this.#now(), standing)
    if (past.executed.last !== executed) past.executed.push(this.#now(), executed)
  }

  /** What this replica knows now. */
  last(replica: number, epoch: number, instance: InstanceId): TraceCell | undefined {
    return this.#past(replica).cells.last(epoch, instance)
  }

  knows(replica: number, epoch: number, known: Known): void {
    const { instance, phase, value, deps, initDeps, ballot, votedBallot } = known
    const before = this.last(replica, epoch, instance)
    const same =
      before !== undefined &&
      before.phase === phase &&
      before.ballot === ballot &&
      before.value === value &&
      before.deps === deps &&
      before.initDeps === initDeps
    if (same) return
    this.#put(replica, epoch, { ...(before ?? nothingOf(instance)), phase, value, deps, initDeps, ballot }, votedBallot)
  }

  /** @param commit what it is committed as */
  committed(
    replica: number,
    epoch: number,
    instance: InstanceId,
    path: CommitPath,
    commit: Pick<TraceCell, 'value' | 'deps'>,
  ): void {
    const before = this.last(replica, epoch, instance) ?? nothingOf(instance)
    this.#put(replica, epoch, { ...before, ...commit, phase: 'committed', path: before.path ?? path })
  }

  /** @param position its place in this replica's order; 0 for a no-op @param executed instances so far, over all epochs */
  executed(replica: number, epoch: number, instance: InstanceId, position: number, executed: number): void {
    const before = this.last(replica, epoch, instance) ?? nothingOf(instance)
    this.#put(replica, epoch, { ...before, executed: true, position })
    if (position > 0) this.#past(replica).executed.push(this.#now(), executed)
  }

  /** The seal was executed there: what it has not executed of the epoch, it never will. */
  sealed(replica: number, epoch: number): void {
    for (const cell of this.#past(replica).cells.all(epoch))
      if (!cell.executed) this.#put(replica, epoch, { ...cell, void: true })
    this.#most.seal(this.#now(), epoch)
  }

  /**
   * A life begins, and knows this and no more.
   * @param contained what the state that it begins with contains: that stays in the picture, though it may be dropped
   */
  remembers(replica: number, epoch: number, trace: readonly (readonly TraceCell[])[], contained: ExecutedSet): void {
    const { cells } = this.#past(replica)
    const known = new Set(trace.flat().map(({ instance }) => keyOf(instance)))
    for (const of of cells.epochs()) {
      if (of < epoch) continue
      for (const { instance } of [...cells.all(of)]) {
        const kept = of === epoch && (known.has(keyOf(instance)) || contains(contained, instance))
        if (kept) continue
        cells.forget(this.#now(), of, instance)
        this.#lost(replica, of, instance)
      }
    }
    for (const cell of trace.flat()) {
      const { path, position = 0 } = cells.last(epoch, cell.instance) ?? {}
      cells.put(this.#now(), epoch, { ...cell, path, position })
    }
  }

  // What is read.

  members(atMs: number): readonly MemberView[] {
    return this.#pasts.flatMap(({ standing, executed }, replica) => {
      const then = standing.at(atMs)
      return then === undefined ? [] : [{ replica, ...then, executed: executed.at(atMs) ?? 0 }]
    })
  }

  rows(of: number | 'all', epoch: number, atMs: number, columns: number): readonly (readonly TraceCell[])[] {
    const voters = this.epochs.find(({ number }) => number === epoch)?.voters ?? []
    const cells = this.#cellsOf(of)
    return voters.map((_, slot) => cells?.row(epoch, slot, atMs, columns) ?? [])
  }

  cell(of: number | 'all', epoch: number, instance: InstanceId, atMs: number): TraceCell | undefined {
    return this.#cellsOf(of)?.at(epoch, instance, atMs)
  }

  lag(atMs: number): number {
    const due = this.#most.due.at(atMs) ?? 0
    let most = 0
    for (const { state, role, executed } of this.members(atMs)) {
      if (role === 'voter' && (state === 'up' || state === 'hidden')) most = Math.max(most, due - executed)
    }
    return most
  }

  #cellsOf(of: number | 'all'): Cells | undefined {
    return of === 'all' ? this.#most.cells : this.#pasts[of]?.cells
  }

  #past(replica: number): Past {
    const past = this.#pasts[replica]
    if (past === undefined) throw new RangeError(`there is no R${replica}`)
    return past
  }

  /** Nobody has heard of what its proposer had not written down. */
  #lost(replica: number, epoch: number, { slot, number }: InstanceId): void {
    for (const [deed, { replica: proposer, epoch: of, instance, committedMs, refused }] of this.deeds.entries()) {
      if (proposer !== replica || of !== epoch || committedMs !== undefined || refused !== undefined) continue
      if (instance?.slot !== slot || instance.number !== number) continue
      this.refused(deed, `R${replica} went down before it had written it`)
    }
  }

  #deed(deed: number): Open<Deed> {
    const known = this.deeds[deed]
    if (known === undefined) throw new RangeError(`there is no deed ${deed}`)
    return known
  }

  #change(deed: number, change: Partial<Deed>): void {
    Object.assign(this.#deed(deed), change)
  }

  #put(replica: number, epoch: number, cell: TraceCell, votedBallot: Ballot = 0): void {
    this.#past(replica).cells.put(this.#now(), epoch, cell)
    this.#most.compare(this.#now(), epoch, cell, votedBallot)
  }
}

/** So many things that are read back take as long as a message. */
const READ_BACK_AS_ONE = 10

/** Of what has just been asked for. */
const OPEN = {
  instance: undefined,
  committedMs: undefined,
  executedMs: undefined,
  path: undefined,
} as const

const keyOf = ({ slot, number }: InstanceId): string => `${slot}.${number}`
