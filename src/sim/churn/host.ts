import {
  type Command,
  defaultTuning,
  type GroupId,
  type InstanceRecord,
  Overloaded,
  type ReplicaId,
  ReplicaStopped,
} from '../../core/index.js'
import {
  type ClientReady,
  type Draft,
  Encoding,
  type Applied as Execution,
  type KeptSnapshot,
  Member,
  type MemberEnvelope,
  type MemberReady,
  type MemberStatus,
  type Policy,
  type Settled,
  type Standing,
} from '../../member/index.js'
import { ExactlyOnce } from '../../state/index.js'
import type { Agenda } from '../agenda.js'
import type { Medium } from '../bytes.js'
import type { Applied } from '../checkers/exactly-once.js'
import type { Lines } from '../checkers/lines.js'
import type { Journal, Order } from '../checkers/order.js'
import { type Batch, Disk, type Stored } from '../disk.js'
import type { Faults } from '../faults.js'
import { Machine } from '../machine.js'
import { Queue } from '../queue.js'
import type { Random } from '../random.js'
import { Replies, type Reply } from '../replies.js'
import type { Errand, Home } from '../resident.js'
import type { Workload } from '../workload.js'
import type { Mail } from './mail.js'
import { plain, Versioned } from './versioned.js'

/** What a member tells its world. The world may crash it before it returns. */
export interface MemberWatcher {
  sent(host: MemberHost, to: ReplicaId, mail: Mail): void
  /** @param epoch that the replica was in */
  event(host: MemberHost, epoch: number, event: MemberReady['events'][number], ready: MemberReady): void
  executed(host: MemberHost, execution: Execution): void
  wrote(host: MemberHost, stage: 'write' | 'written'): void
  fails(host: MemberHost): boolean
  failed(host: MemberHost): void
  kept(host: MemberHost, batch: Batch, gone: readonly InstanceRecord[]): void
  /** The power goes there. */
  falls(host: MemberHost): void
  /** A life begins with these drafts in its queue. */
  began(host: MemberHost, drafts: readonly string[]): void
  /** This draft is durable. */
  draftKept(host: MemberHost, id: string): void
  settled(host: MemberHost, settled: Settled): void
  errand(what: Errand): void
}

/** Who a member is, for all its lives. */
export interface Identity {
  readonly id: ReplicaId
  /** Index of the computer that it is on, one after the other of several. */
  readonly place: number
  readonly durable: boolean
  readonly bornMs: number
}

/** What all members of a run share. */
export interface Premises {
  readonly group: GroupId
  readonly agenda: Agenda
  readonly random: Random
  readonly medium: Medium
  readonly order: Order
  readonly lines: Lines
  readonly policy: Policy
  readonly workload: Workload
  readonly checkpointCommands: number
  readonly fillerBytes: number
  readonly watcher: MemberWatcher
}

/** How often, of the times that it is told the time, a queue writes down what could wait. */
const QUIET_SHARE = 0.05

/** A machine that runs one member over its disk: joins, crashes, starts again. */
export class MemberHost extends Machine implements Home {
  readonly disk: Disk
  /** The versions of the state that the code on it can execute: an update changes them with the next start. */
  versions: readonly [number, number]
  /** It has joined the group: it has had a state. */
  joined = false
  /** When its power went last; virtual milliseconds. */
  #fellAtMs = 0
  #running: Running | undefined
  #unwritten = 0
  readonly #replies = new Replies()
  /** Who has introduced itself in this life. */
  readonly #met = new Set<ReplicaId>()

  constructor(
    slot: number,
    readonly identity: Identity,
    versions: readonly [number, number],
    faults: Faults,
    readonly premises: Premises,
  ) {
    const { agenda, random, medium, watcher } = premises
    super(slot, `M${slot}`, agenda, random, faults)
    this.versions = versions
    this.disk = new Disk(agenda, random, medium, (batch, gone) => watcher.kept(this, batch, gone))
  }

  get id(): ReplicaId {
    return this.identity.id
  }

  get running(): boolean {
    return this.#running !== undefined
  }

  get up(): boolean {
    return this.#running !== undefined && this.status?.role !== 'stopped'
  }

  /** Its power has been off for so long. */
  isAbsent(ms: number): boolean {
    return !this.running && this.premises.agenda.now - this.#fellAtMs > ms
  }

  get durable(): boolean {
    return this.identity.durable
  }

  get member(): Member | undefined {
    return this.#running?.member
  }

  get status(): MemberStatus | undefined {
    return this.#running?.member.status()
  }

  /** That it is in; 0 while it has no state. */
  get epoch(): number {
    return this.#running?.journal?.epoch ?? 0
  }

  /** What its machine has applied. */
  get applied(): Applied | undefined {
    return this.#running?.machine.applied
  }

  get sweeps(): number {
    return this.#running?.state.sweeps ?? 0
  }

  get owed(): number {
    return this.#replies.size
  }

  get open(): boolean {
    return this.up && !this.asleep
  }

  get online(): boolean {
    return this.member?.online ?? false
  }

  /** Drafts in its queue. */
  get drafts(): number {
    return this.#running?.queue.size ?? 0
  }

  take(draft: Draft, careful: boolean): void {
    this.#running?.queue.add(draft, careful)
  }

  work(): void {
    this.run(() => {}, false)
  }

  get standing(): Standing {
    const { place, durable, bornMs } = this.identity
    return {
      durable,
      place: String(place).padStart(32, '0'),
      ageMs: this.agenda.now - bornMs,
      stateVersions: this.versions,
      wireVersions: [1, 1],
    }
  }

  /** State and session table, as bytes. */
  snapshot(): readonly Uint8Array[] {
    return [...(this.#running?.state.snapshot() ?? [])]
  }

  start(): boolean {
    this.life++
    this.#unwritten = 0
    this.#met.clear()
    const { group, random, order, lines, policy, workload, fillerBytes, checkpointCommands, watcher } = this.premises
    const owner = `${this.name} in life ${this.life}`
    const { checkpoint, records, floor, cut } = this.disk
    const machine = new Versioned(owner, lines, this.versions[1], fillerBytes)
    const state = new ExactlyOnce(machine, { versions: this.versions, sweepAfter: workload.sweepAfter })
    if (checkpoint !== undefined) state.restore(checkpoint.chunks, checkpoint.configuration.stateVersion)
    const member = new Member({
      id: this.id,
      group,
      standing: this.standing,
      configuration: checkpoint?.configuration,
      records,
      ...(floor && { floor }),
      ...(checkpoint && { executed: checkpoint.executed }),
      ...(cut && { cut: keptOf(cut) }),
      machine: state,
      durable: this.durable,
      random: random.next,
      tuning: this.faults.tuning,
      policy,
      checkpointAfter: checkpointCommands,
    })
    const journal = checkpoint && order.journal(owner, checkpoint.configuration.number, checkpoint.executed)
    const queue = this.#newQueue(state)
    this.#running = { member, state, machine, owner, journal, queue }
    watcher.began(
      this,
      queue.drafts.map(({ id }) => id),
    )
    this.startTicking()
    return checkpoint !== undefined
  }

  override crash(): void {
    this.premises.watcher.falls(this)
    // It may be down already, and never come back.
    if (this.running) this.#fellAtMs = this.premises.agenda.now
    super.crash()
  }

  /** A client asks, possibly not for the first time. */
  submit(command: Command, reply: Reply): void {
    this.run(() => {
      if (!this.up || !this.#replies.wait(command, reply)) return
      try {
        this.member?.propose(command)
      } catch (error) {
        if (!(error instanceof Overloaded || error instanceof ReplicaStopped)) throw error
        this.#replies.drop(command)
      }
    }, true)
  }

  receive(from: ReplicaId, mail: Mail): void {
    this.run(() => {
      const member = this.member
      if (member === undefined) return
      if (mail.kind !== 'greeting') {
        // A link is there for both ends once each has introduced itself.
        if (this.#met.has(from)) member.step(from, mail)
        return
      }
      this.#met.add(from)
      member.met(from, mail.standing, mail.configuration)
      if (!mail.answer) this.greet(from, true)
    }, true)
  }

  greet(to: ReplicaId, answer: boolean): void {
    const { configuration } = this.member?.status() ?? {}
    this.premises.watcher.sent(this, to, { kind: 'greeting', standing: this.standing, configuration, answer })
  }

  /** The link to this member is gone. */
  went(id: ReplicaId): void {
    this.run(() => {
      this.#met.delete(id)
      this.member?.went(id)
    }, false)
  }

  leave(): void {
    this.run(() => this.member?.leave(), false)
  }

  /** Its last words, before it is switched off. */
  goodbye(): void {
    this.run(() => this.member?.goodbye(), false)
  }

  protected tick(nowMs: number): void {
    if (this.#running === undefined) return
    const { member, queue } = this.#running
    member.tick(nowMs)
    queue.setOnline(member.online)
    if (this.random.chance(QUIET_SHARE)) queue.quiet()
  }

  protected pump(): void {
    const { life } = this
    while (life === this.life) {
      const { epoch } = this
      const ready = this.member?.ready()
      if (ready !== undefined) this.#carryOut(ready, epoch)
      else if (!this.up || !this.#running?.queue.run()) return
    }
  }

  #newQueue(state: ExactlyOnce): Queue {
    const { random, watcher, workload } = this.premises
    const { proposals, bytes, window } = workload.queue
    return new Queue(
      {
        random: random.next,
        sweeps: () => state.sweeps,
        kept: this.disk.proposals,
        maxProposals: proposals,
        maxBytes: bytes,
        maxCommandBytes: defaultTuning.maxCommandBytes,
        window,
      },
      {
        write: (ready, written) => this.#writeDrafts(ready, written),
        propose: (command) => this.member?.propose(command),
        kept: (id) => watcher.draftKept(this, id),
        settled: ({ id, answer }) =>
          watcher.settled(this, { id, answer: answer.kind === 'unknown' ? answer : plain(answer) }),
        counted: (what) => watcher.errand(what),
      },
    )
  }

  protected lose(): void {
    this.#running = undefined
    this.#replies.clear()
    this.disk.crash()
  }

  /** In the order that `MemberReady` asks for. The world may end this life at any point of it. */
  #carryOut(ready: MemberReady, epochBefore: number): void {
    const { life } = this
    const running = this.#running as Running
    running.machine.check()
    const installed = ready.events.find((event) => event.kind === 'installed')
    if (installed !== undefined) {
      const { configuration, executed } = installed
      running.journal = this.premises.order.journal(running.owner, configuration.number, executed)
    }
    // It is executed already: what follows may take it for granted.
    for (const { executable } of ready.executed) running.journal?.execute(executable)
    for (const execution of ready.executed) this.premises.watcher.executed(this, execution)
    const epoch = installed?.configuration.number ?? epochBefore
    for (const event of ready.events) if (life === this.life) this.premises.watcher.event(this, epoch, event, ready)
    this.#send(ready.messages)
    if (life === this.life) this.#write(ready)
    if (life !== this.life) return
    if (installed !== undefined) running.queue.skipped()
    for (const { outcomes } of ready.executed) {
      for (const { command, outcome } of outcomes) {
        if (life !== this.life) return
        this.#replies.answer(command, outcome)
        running.queue.executed(command, outcome)
      }
    }
  }

  #writeDrafts({ put, removed }: ClientReady, written: () => void): void {
    const empty = put.length === 0 && removed.length === 0
    if (!this.durable) this.disk.keep({ records: [], put, removed })
    if (!this.durable || (empty && this.#unwritten === 0)) written()
    else this.#writeBatch({ records: [], put, removed }, written)
  }

  #write(ready: MemberReady): void {
    const { records, floor, compacted, cut, dropCut } = ready
    const batch: Batch = { records, floor, compacted, checkpoint: cut, cut: cut !== undefined, dropCut }
    const empty = records.length === 0 && floor === undefined && !compacted && cut === undefined && !dropCut
    if (!this.durable) {
      if (!empty) this.disk.keep(batch)
      this.#written(ready)
      return
    }
    const { life } = this
    if (empty && this.#unwritten === 0) this.#written(ready)
    else this.#writeBatch(batch, () => this.#written(ready))
    const { checkpoint } = ready
    if (checkpoint !== undefined && life === this.life) {
      this.#writeBatch({ records: [], checkpoint }, () => this.member?.checkpointWritten(checkpoint))
    }
  }

  #writeBatch(batch: Batch, then: () => void): void {
    const { life } = this
    const { watcher, random } = this.premises
    this.#unwritten++
    const done = (failed: boolean): void => {
      if (life !== this.life) return
      this.run(() => {
        this.#unwritten--
        if (failed) this.#fail()
        else then()
      }, false)
    }
    this.disk.write(batch, random.between(...this.faults.writeMs), watcher.fails(this), done)
    watcher.wrote(this, 'write')
  }

  #written(ready: MemberReady): void {
    const { life } = this
    this.premises.watcher.wrote(this, 'written')
    if (life !== this.life) return
    this.member?.written(ready)
    this.#send(ready.messagesAfterWrite)
  }

  #fail(): void {
    this.member?.stop('a write has failed')
    this.premises.watcher.failed(this)
  }

  #send(envelopes: readonly MemberEnvelope[]): void {
    const { life } = this
    for (const { to, message } of envelopes) if (life === this.life) this.premises.watcher.sent(this, to, message)
  }
}

interface Running {
  readonly member: Member
  readonly state: ExactlyOnce
  readonly machine: Versioned
  readonly owner: string
  /** Undefined while it has no state. */
  journal: Journal | undefined
  readonly queue: Queue
}

/** The stored start of an epoch, as others get it. */
const keptOf = ({ configuration, executed, chunks }: Stored): KeptSnapshot => {
  const kept = new Encoding(configuration, executed, chunks)
  kept.advance(Number.POSITIVE_INFINITY)
  return kept
}
