import { type Ballot, ballotAbove, ballotOf, defaultTuning, quorumsOf, slotOf } from '../../core/index.js'
import { Log, nameOf } from './log.js'
import type { Decided, LogCommand, LogEntry, LogEnvelope, LogMessage, LogValue } from './message.js'
import type { LogConfig, LogReady } from './ready.js'

/** As often as replicas of the leaderless group say that they live, and after as long a silence as there. */
const HEARTBEAT_MS = defaultTuning.gossipMs
const SUSPECT_MS = defaultTuning.suspectMs
/** What is unanswered is said again after this long: above a round trip to far voters. */
const REPEAT_MS = 500
/** It doubles up to this, as in core. */
const MAX_REPEAT_MS = defaultTuning.maxRetransmitMs
/** Who is next in turn goes first, and the one after it so much later: above a round trip, so that one is enough. */
const TURN_MS = 400
/** Commits in one message. Who misses more asks again. */
const MAX_DECIDED = 1000

type Role =
  | { readonly kind: 'following' }
  | { readonly kind: 'canvassing' | 'preparing'; readonly ballot: Ballot; readonly voices: Set<number>; sentMs: number }
  | { readonly kind: 'leading'; readonly ballot: Ballot; readonly rounds: Map<number, Round>; beatMs: number }

/** What is said again as long as it is not answered, each time later than the last. */
interface Repeated {
  sentMs: number
  afterMs: number
}

interface Round extends Repeated {
  readonly voters: Set<number>
}

/** Whether it is to be said again; then that counts as done. */
const isDue = (repeated: Repeated, nowMs: number): boolean => {
  if (nowMs - repeated.sentMs < repeated.afterMs) return false
  repeated.sentMs = nowMs
  repeated.afterMs = Math.min(2 * repeated.afterMs, MAX_REPEAT_MS)
  return true
}

const FOLLOWING: Role = { kind: 'following' }

/**
 * One replica of a log with a stable leader (Multi-Paxos). Phase 1 once per leader, for the whole log; then one round of
 * accepts per command to everybody, committed at a majority. No clock, no I/O: the same calls give the same answers.
 */
export class LogReplica {
  readonly #self: number
  readonly #voters: number
  readonly #log = new Log()
  #nowMs: number
  #promised: Ballot
  /** The highest at which somebody has led, as far as is known here. */
  #led: Ballot | undefined
  #heardMs: number
  #role: Role = FOLLOWING
  /** Own proposals that are not known to be committed, and when they were last sent to a leader. */
  readonly #waiting = new Map<number, Repeated & { readonly command: LogCommand }>()
  #written = new Map<number, LogEntry>()
  #dirty = false
  #messages: LogEnvelope[] = []
  #afterWrite: LogEnvelope[] = []
  #committed: Decided[] = []
  #executed: LogCommand[] = []

  constructor({ self, voters, leader, restored, nowMs }: LogConfig) {
    this.#self = self
    this.#voters = voters
    this.#nowMs = nowMs
    this.#heardMs = nowMs
    this.#promised = restored?.promised ?? ballotOf(0, leader)
    if (restored === undefined) {
      this.#led = this.#promised
      if (self === leader) this.#lead(this.#promised)
      return
    }
    for (const { index, ballot, value, committed } of restored.entries) {
      this.#log.accept(index, ballot, value)
      if (committed) this.#log.commit({ index, value })
    }
    this.#executed.push(...this.#log.execute())
  }

  /** Who leads, as far as is known here. */
  get leader(): number | undefined {
    return this.#led === undefined ? undefined : slotOf(this.#led)
  }

  /** The ballot at which it leads itself. */
  get leadsAt(): Ballot | undefined {
    return this.#role.kind === 'leading' ? this.#role.ballot : undefined
  }

  propose(command: LogCommand): void {
    this.#waiting.set(nameOf(command), { command, sentMs: this.#nowMs, afterMs: REPEAT_MS })
    this.#pass([command])
  }

  /** @param nowMs never less than before */
  tick(nowMs: number): void {
    this.#nowMs = nowMs
    const role = this.#role
    if (role.kind === 'leading') this.#beat(role)
    else if (role.kind === 'following') this.#mayCanvass()
    else if (nowMs - role.sentMs >= REPEAT_MS) this.#repeat(role)
    if (this.#waiting.size === 0) return
    const late = [...this.#waiting.values()].filter((waiting) => isDue(waiting, nowMs))
    this.#pass(late.map(({ command }) => command))
  }

  step(from: number, message: LogMessage): void {
    switch (message.kind) {
      case 'forward':
        return this.#place(from, message.commands)
      case 'canvass':
        return this.#canvassed(from, message.ballot)
      case 'consent':
        return this.#consented(from, message.ballot)
      case 'prepare':
        return this.#prepared(from, message.ballot, message.from)
      case 'promise':
        return this.#promisedBy(from, message.ballot, message.entries)
      case 'accept':
        return this.#accept(from, message.ballot, message.index, message.value)
      case 'accepted':
        return this.#accepted(from, message.ballot, message.index)
      case 'refused':
        return this.#refused(message.ballot)
      case 'commit':
        return this.#decided(from, message.decided)
      case 'heartbeat':
        return this.#heard(from, message.ballot, message.open)
      case 'behind':
        return this.#tell(from, message.from)
    }
  }

  /** Undefined where there is nothing to do. */
  ready(): LogReady | undefined {
    const written = [...this.#written.values()]
    const ready = {
      record: this.#dirty || written.length > 0 ? { promised: this.#promised, entries: written } : undefined,
      messages: this.#messages,
      messagesAfterWrite: this.#afterWrite,
      committed: this.#committed,
      executed: this.#executed,
    }
    const { record, ...lists } = ready
    if (record === undefined && Object.values(lists).every((list) => list.length === 0)) return undefined
    this.#written = new Map()
    this.#dirty = false
    this.#messages = []
    this.#afterWrite = []
    this.#committed = []
    this.#executed = []
    return ready
  }

  /** To the leader, where there is one. */
  #pass(commands: readonly LogCommand[]): void {
    if (commands.length > 0 && this.leader !== undefined) this.#say(this.leader, { kind: 'forward', commands })
  }

  /** Leader: each command gets an index, unless it has one. */
  #place(from: number, commands: readonly LogCommand[]): void {
    if (this.#role.kind !== 'leading') return
    for (const command of commands) {
      const known = this.#log.placeOf(command)
      if (known === undefined) this.#ask(this.#log.end, command)
      else if (known.committed) this.#say(from, { kind: 'commit', decided: [known] })
    }
  }

  /** Leader, phase 2. */
  #ask(index: number, value: LogValue): void {
    if (this.#role.kind !== 'leading') return
    const { ballot, rounds } = this.#role
    rounds.set(index, { voters: new Set(), sentMs: this.#nowMs, afterMs: REPEAT_MS })
    this.#sayToAll({ kind: 'accept', ballot, index, value })
  }

  #accept(from: number, ballot: Ballot, index: number, value: LogValue): void {
    if (!this.#follow(from, ballot)) return
    this.#log.accept(index, ballot, value)
    this.#keep(index)
    this.#afterWrite.push({ to: from, message: { kind: 'accepted', ballot, index } })
  }

  #accepted(from: number, ballot: Ballot, index: number): void {
    if (this.#role.kind !== 'leading' || this.#role.ballot !== ballot) return
    const round = this.#role.rounds.get(index)
    const value = this.#log.at(index)?.value
    if (round === undefined || value === undefined) return
    round.voters.add(from)
    if (round.voters.size < quorumsOf(this.#voters).slow) return
    this.#role.rounds.delete(index)
    this.#sayToAll({ kind: 'commit', decided: [{ index, value }] })
  }

  #decided(from: number, decided: readonly Decided[]): void {
    for (const each of decided) this.#learn(each)
    this.#executed.push(...this.#log.execute())
    if (decided.length === MAX_DECIDED) this.#say(from, { kind: 'behind', from: this.#log.open })
  }

  #learn({ index, value }: Decided): void {
    if (!this.#log.commit({ index, value })) return
    this.#keep(index)
    this.#committed.push({ index, value })
    if (value !== 'no-op') this.#waiting.delete(nameOf(value))
  }

  #beat(role: Role & { kind: 'leading' }): void {
    if (this.#nowMs - role.beatMs < HEARTBEAT_MS) return
    role.beatMs = this.#nowMs
    const { ballot, rounds } = role
    this.#sayToAll({ kind: 'heartbeat', ballot, open: this.#log.open })
    for (const [index, round] of rounds) {
      const value = this.#log.at(index)?.value
      if (value === undefined || !isDue(round, this.#nowMs)) continue
      for (let to = 0; to < this.#voters; to++) {
        if (!round.voters.has(to)) this.#say(to, { kind: 'accept', ballot, index, value })
      }
    }
  }

  #heard(from: number, ballot: Ballot, open: number): void {
    if (this.#follow(from, ballot) && open > this.#log.open) {
      this.#say(from, { kind: 'behind', from: this.#log.open })
    }
  }

  #tell(to: number, from: number): void {
    const decided = this.#log.from(from, MAX_DECIDED).filter(({ committed }) => committed)
    if (decided.length > 0) this.#say(to, { kind: 'commit', decided })
  }

  /** Who leads at this ballot has spoken. Says whether that counts: a higher ballot may have been promised. */
  #follow(from: number, ballot: Ballot): boolean {
    if (!this.#raise(from, ballot)) return false
    if (this.#led === undefined || ballot > this.#led) {
      this.#led = ballot
      for (const waiting of this.#waiting.values()) Object.assign(waiting, { sentMs: this.#nowMs, afterMs: REPEAT_MS })
      this.#pass([...this.#waiting.values()].map(({ command }) => command))
    }
    return true
  }

  /** Promises to listen to no lower ballot, unless that was done for a higher one. */
  #raise(from: number, ballot: Ballot): boolean {
    if (ballot < this.#promised) {
      this.#say(from, { kind: 'refused', ballot: this.#promised })
      return false
    }
    this.#heardMs = this.#nowMs
    if (ballot > this.#promised) {
      this.#promised = ballot
      this.#dirty = true
    }
    if (from !== this.#self) this.#role = FOLLOWING
    return true
  }

  #refused(ballot: Ballot): void {
    if (ballot <= this.#promised) return
    this.#promised = ballot
    this.#dirty = true
    // Who canvasses does so anew above it.
    if (this.#role.kind === 'canvassing') return
    this.#role = FOLLOWING
    this.#heardMs = this.#nowMs
  }

  #mayCanvass(): void {
    const turn = (this.#self - (this.leader ?? 0) - 1 + this.#voters) % this.#voters
    if (this.#nowMs - this.#heardMs >= SUSPECT_MS + turn * TURN_MS) this.#canvass()
  }

  #canvass(): void {
    const ballot = ballotAbove(this.#promised, this.#self)
    this.#role = { kind: 'canvassing', ballot, voices: new Set(), sentMs: this.#nowMs }
    this.#sayToAll({ kind: 'canvass', ballot })
  }

  #canvassed(from: number, ballot: Ballot): void {
    if (ballot <= this.#promised) this.#say(from, { kind: 'refused', ballot: this.#promised })
    else if (this.#role.kind !== 'leading' && this.#nowMs - this.#heardMs >= SUSPECT_MS) {
      this.#say(from, { kind: 'consent', ballot })
    }
  }

  #consented(from: number, ballot: Ballot): void {
    if (this.#role.kind !== 'canvassing' || !this.#isQuorum(this.#role, from, ballot)) return
    if (ballot <= this.#promised) return
    this.#role = { kind: 'preparing', ballot, voices: new Set(), sentMs: this.#nowMs }
    this.#prepare(ballot)
  }

  /** A ballot belongs to one life of its owner: nobody is asked at one that a crash could still make it forget. */
  #prepare(ballot: Ballot): void {
    this.#raise(this.#self, ballot)
    const message = { kind: 'prepare', ballot, from: this.#log.open } as const
    for (let to = 0; to < this.#voters; to++) this.#afterWrite.push({ to, message })
  }

  #repeat(role: Role & { kind: 'canvassing' | 'preparing' }): void {
    role.sentMs = this.#nowMs
    if (role.kind === 'canvassing') this.#canvass()
    else this.#prepare(role.ballot)
  }

  #prepared(from: number, ballot: Ballot, index: number): void {
    if (!this.#raise(from, ballot)) return
    const entries = this.#log.from(index, Number.POSITIVE_INFINITY)
    this.#afterWrite.push({ to: from, message: { kind: 'promise', ballot, entries } })
  }

  /** What was accepted at the highest ballot may have been chosen: that it will be, if anything. */
  #promisedBy(from: number, ballot: Ballot, entries: readonly LogEntry[]): void {
    if (this.#role.kind !== 'preparing' || ballot !== this.#role.ballot) return
    for (const { index, ballot: at, value, committed } of entries) {
      if (committed) this.#learn({ index, value })
      else if (at > (this.#log.at(index)?.ballot ?? -1)) this.#log.accept(index, at, value)
    }
    this.#executed.push(...this.#log.execute())
    if (this.#isQuorum(this.#role, from, ballot)) this.#lead(ballot)
  }

  #isQuorum(role: Role & { kind: 'canvassing' | 'preparing' }, from: number, ballot: Ballot): boolean {
    if (ballot !== role.ballot) return false
    role.voices.add(from)
    return role.voices.size >= quorumsOf(this.#voters).slow
  }

  /** What earlier leaders began is finished, gaps are filled, and everybody hears of it. */
  #lead(ballot: Ballot): void {
    const { open, end } = this.#log
    this.#role = { kind: 'leading', ballot, rounds: new Map(), beatMs: this.#nowMs }
    this.#sayToAll({ kind: 'heartbeat', ballot, open })
    for (let index = open; index < end; index++) {
      const entry = this.#log.at(index)
      if (entry?.committed !== true) this.#ask(index, entry?.value ?? 'no-op')
    }
  }

  #keep(index: number): void {
    const entry = this.#log.at(index)
    if (entry !== undefined) this.#written.set(index, entry)
  }

  /** What it says to itself it hears at once. */
  #say(to: number, message: LogMessage): void {
    if (to === this.#self) this.step(to, message)
    else this.#messages.push({ to, message })
  }

  #sayToAll(message: LogMessage): void {
    for (let to = 0; to < this.#voters; to++) this.#say(to, message)
  }
}
