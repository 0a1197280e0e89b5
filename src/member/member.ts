import {
  type Command,
  type Configuration,
  defaultTuning,
  type ExecutedSet,
  quorumsOf,
  type Ready,
  Replica,
  type ReplicaConfig,
  type ReplicaId,
  ReplicaStopped,
  type Seal,
  type Status,
  type Tuning,
  valueBytes,
} from '../core/index.js'
import { Arrival } from './arrival.js'
import { Census } from './census.js'
import type { Applied, MemberCheckpoint, MemberOptions, MemberReady, MemberStatus } from './contract.js'
import { Divergence, type Position } from './divergence.js'
import type { MemberMessage, Standing } from './message.js'
import { Notice } from './notice.js'
import type { Candidate } from './policy.js'
import { Proposing } from './proposing.js'
import { Self } from './self.js'
import type { Fetched } from './snapshot-fetch.js'
import { Snapshots } from './snapshots.js'
import { Steering } from './steering.js'
import { Sweeping } from './sweeping.js'

/** What is not urgent is looked at this often. */
const LOOK_MS = 1000

/** What a record takes beside its values, about. */
const RECORD_BYTES = 64

/** What was handed out, until it is written. */
interface Outstanding {
  readonly sequence: number
  readonly core: Ready | undefined
  readonly cut: MemberCheckpoint | undefined
}

/**
 * One member of a group, from the day it joins to the day it leaves: its replica, the state machine that this feeds, its
 * own commands, the snapshots that it gets and gives, and, where it votes, the choice of who votes next. A deterministic
 * state machine without a clock or I/O, as `Replica` is: the host calls `step`, `tick` and the rest, and after each of
 * these carries out what `ready` hands out. The first call is `tick`.
 */
export class Member {
  readonly #options: Omit<MemberOptions, 'records'>
  readonly #self: Self
  readonly #tuning: Tuning
  readonly #census: Census = new Census()
  readonly #notice: Notice
  readonly #proposing: Proposing
  readonly #snapshots: Snapshots
  readonly #arrival: Arrival
  readonly #steering: Steering
  readonly #sweeping: Sweeping = new Sweeping()
  readonly #divergence: Divergence
  #sequence = 0
  readonly #outstanding: Outstanding[] = []
  #startedAtMs: number | undefined
  #lookAtMs = 0
  /** Since it was cut off, or was started, it has met a quorum and is about as far as they are. */
  #hasCaughtUp = false

  /** @throws what the constructor of `Replica` throws */
  constructor(options: MemberOptions) {
    // Records are as large as the log: they are not kept.
    const { records, ...kept } = options
    const { id, configuration, floor, executed, standing, machine, durable } = kept
    this.#options = kept
    this.#self = new Self(id, machine, durable)
    this.#tuning = { ...defaultTuning, ...options.tuning }
    this.#notice = new Notice(this.#self, this.#census)
    this.#proposing = new Proposing(this.#self, this.#tuning)
    this.#snapshots = new Snapshots(this.#self, options)
    this.#arrival = new Arrival(this.#self, this.#census, standing.stateVersions)
    this.#steering = new Steering(options.policy, machine)
    this.#divergence = new Divergence({
      position: () => this.#position(),
      send: (to, message) => this.#self.send(to, message),
      found: (diverged) => this.#self.events.push({ kind: 'diverged', ...diverged }),
    })
    if (configuration === undefined) return
    if (isStart(executed)) machine.begins(configuration.number)
    this.#self.configuration = configuration
    this.#self.replica = this.#newReplica({
      configuration,
      ...(records && { restored: records }),
      ...(floor && { floor }),
      ...(executed && { executed }),
    })
  }

  get id(): ReplicaId {
    return this.#self.id
  }

  /** Whether what is proposed now can be committed, as far as it was known at the last tick. */
  get online(): boolean {
    const { status, stopped } = this.#self
    return stopped === undefined && status !== undefined && status.quorum !== 'none' && this.#hasCaughtUp
  }

  /** Undefined while it has no state. */
  get replica(): Replica | undefined {
    return this.#self.replica
  }

  /** A peer has introduced itself, for the first time or again. */
  met(peer: ReplicaId, standing: Standing, configuration: Configuration | undefined): void {
    this.#census.met(peer, standing, configuration)
    this.#notice.met(peer)
    this.#self.replica?.reached(peer)
  }

  /** The link says that it is gone. */
  went(peer: ReplicaId): void {
    this.#census.went(peer)
  }

  /**
   * Takes a command, in any role: it is proposed, by this member or through others, until it is executed here. It may be
   * proposed more than once: its session has it executed once.
   * @throws InvalidCommand, CommandTooLarge, Overloaded, ReplicaStopped; nothing is taken then
   */
  propose(command: Command): void {
    const { stopped } = this.#self
    if (stopped !== undefined) throw new ReplicaStopped(stopped)
    this.#proposing.take(command)
  }

  /**
   * Takes a message of a peer that has introduced itself.
   * @throws InvalidMessage when no member can have sent it; nothing has changed then
   */
  step(from: ReplicaId, message: MemberMessage): void {
    if (this.#self.stopped !== undefined) return
    this.#census.heard(from)
    switch (message.kind) {
      case 'propose':
        return this.#proposing.asked(from, message)
      case 'want-snapshot':
      case 'want-chunks':
        return this.#snapshots.step(from, message)
      case 'offer':
      case 'chunk':
      case 'no-snapshot':
        return this.#arrival.step(from, message)
      case 'notice':
        return this.#onNotice(from)
      case 'noted':
        return this.#notice.noted(from, message.inEpoch)
      case 'goodbye':
        return this.#census.saidGoodbye(from)
      case 'digest':
        return this.#divergence.step(from, message)
      default:
        return this.#self.replica?.step(from, message)
    }
  }

  /** The time, in milliseconds, never decreasing, sleep included; as often as `Replica.tick` wants it. */
  tick(nowMs: number): void {
    const self = this.#self
    if (self.stopped !== undefined) return
    self.now = nowMs
    this.#startedAtMs ??= nowMs
    this.#census.tick(nowMs)
    self.replica?.tick(nowMs)
    self.status = self.replica?.status()
    if (self.status?.stopped !== undefined) return self.stop(self.status.stopped)
    this.#hasCaughtUp = self.status !== undefined && this.#catchesUp(self.status)
    this.#notice.tick()
    this.#proposing.tick()
    this.#snapshots.tick()
    this.#arrival.tick()
    if (nowMs < this.#lookAtMs || self.replica === undefined || self.status === undefined) return
    this.#lookAtMs = nowMs + LOOK_MS
    this.#lookAround(self.replica)
    this.#divergence.look(nowMs, this.#census.present)
    if (self.status.voting) {
      this.#steering.look(nowMs, self.replica, self.status, this.#candidates(self.replica), this.#notice.given)
    }
  }

  /** What there is to do; undefined for nothing. What is executable was applied to the machine by then. */
  ready(): MemberReady | undefined {
    const self = this.#self
    if (self.stopped !== undefined) return undefined
    const cut = this.#snapshots.takeCut()
    if (cut !== undefined) return this.#handOut({ cut })
    const core = self.replica?.ready()
    if (core !== undefined) return this.#handOut({ core, executed: this.#apply(core) })
    const arrived = this.#arrival.take()
    if (arrived === undefined) return this.#handOut({})
    this.#install(arrived)
    return this.ready()
  }

  /**
   * All of this ready that was to be written is durable, but for its checkpoint.
   * @throws RangeError when it isn't the oldest outstanding one
   */
  written({ sequence }: MemberReady): void {
    const { stopped, replica, configuration } = this.#self
    if (stopped !== undefined) return
    const [oldest] = this.#outstanding
    if (oldest?.sequence !== sequence) throw new RangeError(`written(${sequence}), and ${oldest?.sequence} is next`)
    this.#outstanding.shift()
    const { core, cut } = oldest
    if (core !== undefined) replica?.written(core)
    if (cut === undefined) return
    if (replica === undefined) this.#join(cut)
    // Not where the next epoch has begun meanwhile.
    else if (cut.configuration.number === configuration?.number) replica.entered()
  }

  /** This checkpoint is durable. */
  checkpointWritten(checkpoint: MemberCheckpoint): void {
    this.#snapshots.checkpointWritten(checkpoint)
  }

  /**
   * It wants to go: another member takes its place, if it votes, and all are told, so that it takes nobody's. `status` says
   * when it may, or what stands against it.
   */
  leave(): void {
    this.#notice.give()
    this.#lookAtMs = 0
  }

  /** Tells all who are there that it is silent from now on. */
  goodbye(): void {
    for (const to of this.#census.present) {
      // Some may have missed it until now.
      if (this.#notice.given) this.#self.send(to, { kind: 'notice' })
      this.#self.send(to, { kind: 'goodbye' })
    }
  }

  /** Ends this life: nothing is handed out any more. What it knows stays readable. Idempotent. */
  stop(reason: string): void {
    this.#self.stop(reason)
  }

  status(): MemberStatus {
    const { replica, configuration, stopped } = this.#self
    const status = replica?.status()
    const left = this.#hasLeft
    const waits =
      replica === undefined ? this.#arrival.reason : this.#notice.given && !left ? this.#steering.reason : undefined
    const voters = configuration?.voters.length ?? 0
    const spare = status ? voters - status.suspected.length - quorumsOf(voters).slow : 0
    return {
      role: this.#role(left),
      reason: stopped ?? waits,
      configuration,
      replica: status,
      following: replica?.following,
      survives: Math.max(0, spare),
      quorum: status?.quorum ?? 'none',
      pending: this.#proposing.pending,
      snapshot: this.#arrival.progress,
      decision: this.#steering.reason,
      diverged: this.#divergence.found,
      left,
    }
  }

  /**
   * At its start nobody is suspected, and nothing heard of what it has missed: what is placed then may be in a session too
   * old to be born, and its answer lost in the snapshot that comes.
   */
  #catchesUp({ quorum, lost, behind, configuration: { voters } }: Status): boolean {
    if (quorum === 'none') return false
    if (this.#hasCaughtUp) return true
    const { id, replica, isVoter } = this.#self
    const present = new Set(this.#census.present)
    const there = voters.filter((voter) => voter === id || present.has(voter)).length
    if (there < quorumsOf(voters.length).slow || lost !== undefined) return false
    const { following } = replica ?? {}
    const heardMs = following === undefined ? undefined : replica?.heardMs(following)
    const told = isVoter || (heardMs ?? 0) > (this.#startedAtMs ?? 0)
    return told && behind <= this.#tuning.closeInstances
  }

  /** One without a state makes nobody a voter. */
  #onNotice(from: ReplicaId): void {
    this.#census.gaveNotice(from)
    const { configuration } = this.#self
    if (configuration !== undefined) this.#self.send(from, { kind: 'noted', inEpoch: configuration.number })
  }

  /** Where states are compared. */
  #position(): Position | undefined {
    const { replica, configuration, machine } = this.#self
    if (replica === undefined || configuration === undefined) return undefined
    return { epoch: configuration.number, executed: replica.executedSet(), digest: () => machine.digest() }
  }

  get #hasLeft(): boolean {
    return this.#notice.given && !this.#self.isVoter && !this.#snapshots.needed && this.#notice.isKnown
  }

  #role(left: boolean): MemberStatus['role'] {
    const { stopped, replica, isVoter } = this.#self
    if (stopped !== undefined) return 'stopped'
    if (left) return 'retired'
    if (replica === undefined) return 'joining'
    return isVoter ? 'voter' : 'observer'
  }

  #newReplica(from: Omit<ReplicaConfig, 'id' | 'group' | 'random' | 'tuning'>): Replica {
    const { id, group, random } = this.#options
    return new Replica({ id, group, random, tuning: this.#tuning, ...from })
  }

  /** Applies what is executable, and goes on to the next epoch where that ends with a seal. */
  #apply({ executable, records, events }: Ready): readonly Applied[] {
    const { machine, replica, configuration, status, durable } = this.#self
    if (replica === undefined || configuration === undefined) return []
    if (events.some(({ kind }) => kind === 'unproposed')) this.#proposing.unproposed()
    const slot = configuration.voters.indexOf(this.id)
    const applied: Applied[] = []
    let commands = 0
    for (const one of executable) {
      const outcomes = machine.execute(one.value)
      applied.push({ epoch: configuration.number, executable: one, outcomes })
      commands += outcomes.length
      for (const { command } of outcomes) this.#proposing.executed(command)
      this.#sweeping.executed(one, slot)
    }
    const bytes = durable ? records.reduce((sum, { value }) => sum + RECORD_BYTES + valueBytes(value), 0) : 0
    this.#snapshots.progressed(bytes, commands)
    replica.applied(executable.map(({ instance }) => instance))
    const last = executable.at(-1)?.value
    if (last?.kind === 'seal') this.#goOn(replica, last)
    else if (executable.length > 0 && status?.voting) this.#sweeping.look(replica, machine, slot)
    return applied
  }

  /** The seal was executed: what the machine holds is the start of the next epoch. */
  #goOn(replica: Replica, { next }: Seal): void {
    const { machine, isVoter } = this.#self
    try {
      machine.migrate(next.stateVersion)
    } catch (error) {
      return this.stop(error instanceof Error ? error.message : String(error))
    }
    replica.enter(next)
    // Who voted until now is asked for the way, and so is who votes from now on.
    this.#snapshots.begin(next, isVoter || next.voters.includes(this.id))
    this.#begin(replica, next)
  }

  /** The machine was restored from it. */
  #install(fetched: Fetched): void {
    const { replica, durable, id } = this.#self
    const { configuration, executed, bytes } = fetched.header
    if (isStart(executed)) this.#self.machine.begins(configuration.number)
    this.#self.events.push({
      kind: 'installed',
      from: fetched.from,
      configuration,
      executed,
      bytes,
      resumed: fetched.resumed,
    })
    this.#snapshots.installed(fetched, configuration.voters.includes(id))
    this.#divergence.forget()
    if (replica !== undefined) {
      replica.enter(configuration, executed)
      this.#begin(replica, configuration)
    } else if (!durable) this.#join(fetched.header)
  }

  /** Only who can't lose its state any more says how far it is, and may be made a voter [H14]. */
  #join(from: Pick<MemberCheckpoint, 'configuration' | 'executed'>): void {
    const { configuration, executed } = from
    this.#self.replica = this.#newReplica({ configuration, executed })
    this.#begin(this.#self.replica, configuration)
  }

  #begin(replica: Replica, configuration: Configuration): void {
    const self = this.#self
    self.configuration = configuration
    self.status = replica.status()
    self.events.push({ kind: 'epoch', configuration })
    this.#sweeping.begin()
    this.#steering.begin()
    // Else once it is written.
    if (!self.durable) replica.entered()
  }

  /** Who has said that it is in a later epoch is asked for the way there. */
  #lookAround(replica: Replica): void {
    const { configuration } = this.#self
    if (configuration === undefined) return
    this.#census.forget(configuration.voters)
    // Not always the same one: it may not answer.
    const ahead = this.#census.ahead(configuration.number)
    const asked = ahead[Math.floor(this.#options.random() * ahead.length)]
    if (asked !== undefined) replica.probe(asked)
  }

  #candidates(replica: Replica): readonly Candidate[] {
    const { id, now, configuration } = this.#self
    if (configuration === undefined) return []
    const { standing } = this.#options
    const ageMs = standing.ageMs + now - (this.#startedAtMs ?? now)
    const own = { ...standing, ageMs, id, self: true, silentMs: 0, close: true, leaving: this.#notice.given }
    const { expelled } = this.#options.machine.roster
    const all = [own, ...this.#census.candidates(configuration, replica)]
    return expelled.size === 0 ? all : all.map((one) => (expelled.has(one.id) ? { ...one, leaving: true } : one))
  }

  #handOut({ core, cut, executed = [] }: Handed): MemberReady | undefined {
    const { messages, events } = this.#self
    const dropCut = this.#snapshots.takeDropCut()
    const checkpoint = cut === undefined ? this.#snapshots.takeCheckpoint() : undefined
    const something = core ?? cut ?? checkpoint
    if (something === undefined && !dropCut && messages.length === 0 && events.length === 0) return undefined
    this.#self.messages = []
    this.#self.events = []
    const sequence = ++this.#sequence
    this.#outstanding.push({ sequence, core, cut })
    return {
      sequence,
      records: core?.records ?? [],
      floor: core?.floor,
      compacted: core?.compacted ?? false,
      cut,
      dropCut,
      checkpoint,
      messages: together(core?.messages, messages),
      messagesAfterWrite: core?.messagesAfterWrite ?? [],
      awaited: core?.awaited ?? cut !== undefined,
      executed,
      events: together<MemberReady['events'][number]>(core?.events, events),
    }
  }
}

/** Whether the state is that at the start of its epoch. */
const isStart = (executed: ExecutedSet | undefined): boolean =>
  executed === undefined ||
  (executed.frontier.every((number) => number === 0) && executed.beyond.every((numbers) => numbers.length === 0))

/** Mostly one of the two is empty. */
const together = <T>(first: readonly T[] = [], second: readonly T[]): readonly T[] =>
  second.length === 0 ? first : first.length === 0 ? second : [...first, ...second]

/** What goes into a ready, beside messages and events. */
interface Handed {
  readonly core?: Ready
  readonly cut?: MemberCheckpoint
  readonly executed?: readonly Applied[]
}
