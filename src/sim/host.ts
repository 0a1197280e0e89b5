import {
  type Command,
  type Configuration,
  type CoreEvent,
  defaultTuning,
  type Envelope,
  type Executable,
  type GroupId,
  type InstanceId,
  type InstanceRecord,
  type Message,
  Overloaded,
  type Ready,
  Replica,
  type ReplicaId,
} from '../core/index.js'
import type { Draft, Settled } from '../member/index.js'
import { ExactlyOnce } from '../state/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import type { Applied } from './checkers/exactly-once.js'
import type { Lines } from './checkers/lines.js'
import type { Journal, Order } from './checkers/order.js'
import type { Executed } from './checkers/outcomes.js'
import { type Batch, Disk } from './disk.js'
import type { Faults } from './faults.js'
import { Machine } from './machine.js'
import { Queue } from './queue.js'
import type { Random } from './random.js'
import { Replies, type Reply } from './replies.js'
import type { Errand, Home } from './resident.js'
import { simulatedState } from './state.js'
import { Watched } from './watched.js'
import type { Workload } from './workload.js'

/** What a host tells the world about its replica. The world may crash it before it returns. */
export interface Watcher {
  proposed(host: Host, id: InstanceId): void
  sent(host: Host, envelope: Envelope): void
  event(host: Host, event: CoreEvent): void
  executed(host: Host, executable: Executable, outcomes: readonly Executed[]): void
  /** A write has begun, or has become durable. */
  wrote(host: Host, stage: 'write' | 'written'): void
  /** Whether the write that begins now is to fail. */
  fails(host: Host): boolean
  /** It has failed, and the host's replica has stopped. */
  failed(host: Host): void
  /** A batch is durable, and these records went with it. Nothing else has happened since. */
  kept(host: Host, batch: Batch, gone: readonly InstanceRecord[]): void
  /** A life begins with these drafts in its queue. */
  began(host: Host, drafts: readonly string[]): void
  /** This draft is durable. */
  draftKept(host: Host, id: string): void
  settled(host: Host, settled: Settled): void
  errand(what: Errand): void
}

/** What a host is made for. */
export interface Membership {
  readonly group: GroupId
  readonly configuration: Configuration
}

/** What all hosts of a run share. */
export interface Premises {
  readonly membership: Membership
  readonly agenda: Agenda
  readonly random: Random
  readonly medium: Medium
  readonly order: Order
  readonly lines: Lines
  readonly workload: Workload
  readonly watcher: Watcher
}

/** How often a queue that is empty writes down what could wait. */
const QUIET_SHARE = 0.05

/** How often drafts are sent though there seems to be no quorum. */
const HOPE = 0.1

/** A machine that runs a voter over its disk, loses it in a crash, and starts it again. */
export class Host extends Machine implements Home {
  readonly disk: Disk
  readonly membership: Membership
  readonly #premises: Premises
  readonly #watcher: Watcher
  #running: Running | undefined
  #stopped = false
  /** Readies that the replica was not told of yet. */
  #unwritten = 0
  readonly #replies = new Replies()
  /** Of its queue, in order: to be proposed as soon as there is room for them. */
  #unproposed: Command[] = []

  constructor(slot: number, faults: Faults, premises: Premises) {
    const { membership, agenda, random, medium, watcher } = premises
    super(slot, `R${slot}`, agenda, random, faults)
    this.membership = membership
    this.#premises = premises
    this.#watcher = watcher
    this.disk = new Disk(agenda, random, medium, (batch, gone) => watcher.kept(this, batch, gone))
  }

  get id(): ReplicaId {
    return this.membership.configuration.voters[this.slot] as ReplicaId
  }

  /** Undefined while it is down. */
  get replica(): Replica | undefined {
    return this.#running?.replica
  }

  /** What its machine has applied. */
  get applied(): Applied | undefined {
    return this.#running?.watched.applied
  }

  get running(): boolean {
    return this.#running !== undefined
  }

  get up(): boolean {
    return this.running && !this.#stopped
  }

  get durable(): boolean {
    return true
  }

  /** Commands of clients that it has taken in this life and not answered. */
  get owed(): number {
    return this.#replies.size
  }

  get sweeps(): number {
    return this.#running?.machine.sweeps ?? 0
  }

  get open(): boolean {
    return this.up && !this.asleep
  }

  get online(): boolean {
    return this.up && this.replica?.status().quorum !== 'none'
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

  start(): boolean {
    this.life++
    this.#stopped = false
    this.#unwritten = 0
    const owner = `${this.name} in life ${this.life}`
    const { checkpoint, records, floor } = this.disk
    const { order, lines, workload } = this.#premises
    const watched = new Watched(owner, lines, simulatedState)
    const machine = new ExactlyOnce(watched, { sweepAfter: workload.sweepAfter })
    if (checkpoint !== undefined) machine.restore(checkpoint.chunks, checkpoint.configuration.stateVersion)
    const replica = new Replica({
      id: this.id,
      ...this.membership,
      restored: records,
      ...(floor && { floor }),
      ...(checkpoint && { executed: checkpoint.executed }),
      random: this.random.next,
      tuning: this.faults.tuning,
    })
    const journal = order.journal(owner, 0, checkpoint?.executed)
    const queue = this.#newQueue(machine)
    this.#unproposed = []
    this.#running = { replica, machine, watched, journal, queue }
    this.#watcher.began(
      this,
      queue.drafts.map(({ id }) => id),
    )
    this.startTicking()
    return checkpoint !== undefined
  }

  /** A client asks, possibly not for the first time. */
  submit(command: Command, reply: Reply): void {
    this.run(() => {
      if (!this.up || !this.#replies.wait(command, reply)) return
      // Where it is overloaded nothing was proposed: the client will ask again, or another voter.
      if (!this.#propose((replica) => replica.propose(command))) this.#replies.drop(command)
    }, true)
  }

  receive(from: ReplicaId, message: Message): void {
    this.run(() => this.#running?.replica.step(from, message), true)
  }

  /** Proposes a sweep where that is worth while. Says whether it was. */
  sweep(): boolean {
    const payload = this.#stopped || this.asleep ? undefined : this.#running?.machine.sweepDue(this.slot)
    if (payload === undefined) return false
    this.run(() => this.#propose((replica) => replica.sweep(payload)), false)
    return true
  }

  /** Writes down the state, and how far it goes, after all that is being written. */
  checkpoint(): boolean {
    if (this.#running === undefined || this.#stopped || this.asleep) return false
    const { replica, machine } = this.#running
    const { configuration } = this.membership
    const executed = replica.executedSet()
    const { life } = this
    this.disk.write(
      { records: [], checkpoint: { configuration, executed, chunks: [...machine.snapshot()] } },
      this.random.between(...this.faults.writeMs),
      false,
      () => {
        if (life === this.life) this.run(() => replica.checkpointed(executed), false)
      },
    )
    return true
  }

  /** State and session table, as bytes. */
  snapshot(): readonly Uint8Array[] {
    return [...(this.#running?.machine.snapshot() ?? [])]
  }

  prefer(order: readonly ReplicaId[]): void {
    this.#running?.replica.prefer(order)
  }

  /** Says whether there was room for it. */
  #propose(propose: (replica: Replica) => InstanceId | undefined): boolean {
    if (this.#running === undefined) return false
    try {
      const id = propose(this.#running.replica)
      if (id !== undefined) this.#watcher.proposed(this, id)
      return true
    } catch (error) {
      if (error instanceof Overloaded) return false
      throw error
    }
  }

  protected tick(nowMs: number): void {
    if (this.#running === undefined) return
    const { replica, queue } = this.#running
    replica.tick(nowMs)
    if (queue.size === 0 && !this.random.chance(QUIET_SHARE)) return
    // Where voters suspect each other all the time, it is worth a try now and then.
    queue.setOnline(this.online || this.random.chance(HOPE))
    queue.quiet()
    this.#proposeDrafts()
  }

  protected pump(): void {
    const { life } = this
    while (life === this.life) {
      const ready = this.#running?.replica.ready()
      if (ready !== undefined) this.#carryOut(ready)
      else if (!this.up || !this.#running?.queue.run()) return
    }
  }

  #newQueue(machine: ExactlyOnce): Queue {
    const { proposals, bytes, window } = this.#premises.workload.queue
    return new Queue(
      {
        random: this.random.next,
        sweeps: () => machine.sweeps,
        kept: this.disk.proposals,
        maxProposals: proposals,
        maxBytes: bytes,
        maxCommandBytes: defaultTuning.maxCommandBytes,
        window,
      },
      {
        write: ({ put, removed }, written) => this.#writeBatch({ records: [], put, removed }, written),
        propose: (command) => {
          this.#unproposed.push(command)
          this.#proposeDrafts()
        },
        kept: (id) => this.#watcher.draftKept(this, id),
        settled: (settled) => this.#watcher.settled(this, settled),
        counted: (what) => this.#watcher.errand(what),
      },
    )
  }

  #proposeDrafts(): void {
    while (this.up) {
      const [command] = this.#unproposed
      if (command === undefined || !this.#propose((replica) => replica.propose(command))) return
      this.#unproposed.shift()
    }
  }

  protected lose(): void {
    this.#running = undefined
    this.#replies.clear()
    this.disk.crash()
  }

  /** In the order of protocol §6. The world may end this life at any point of it. */
  #carryOut(ready: Ready): void {
    const { life } = this
    for (const event of ready.events) this.#watcher.event(this, event)
    this.#send(ready.messages)
    if (life === this.life) this.#write(ready)
    for (const executable of ready.executable) if (life === this.life) this.#execute(executable)
    if (life === this.life) this.#running?.replica.applied(ready.executable.map(({ instance }) => instance))
  }

  #write(ready: Ready): void {
    const { records, floor, compacted } = ready
    this.#writeBatch({ records, floor, compacted }, () => this.#written(ready))
  }

  /** @param then it is durable, and all before it; at once where there is nothing to wait for */
  #writeBatch(batch: Batch, then: () => void): void {
    const { life, disk } = this
    if (isEmpty(batch) && this.#unwritten === 0) return then()
    this.#unwritten++
    const done = (failed: boolean): void => {
      if (life !== this.life) return
      this.run(() => {
        this.#unwritten--
        if (failed) this.#fail()
        else then()
      }, false)
    }
    disk.write(batch, this.random.between(...this.faults.writeMs), this.#watcher.fails(this), done)
    this.#watcher.wrote(this, 'write')
  }

  #written(ready: Ready): void {
    const { life } = this
    this.#watcher.wrote(this, 'written')
    if (life !== this.life) return
    this.#running?.replica.written(ready)
    this.#send(ready.messagesAfterWrite)
  }

  /** Nothing that it says may count from now on. */
  #fail(): void {
    this.#stopped = true
    this.#running?.replica.stop('a write has failed')
    this.#watcher.failed(this)
  }

  #send(envelopes: readonly Envelope[]): void {
    const { life } = this
    for (const envelope of envelopes) if (life === this.life) this.#watcher.sent(this, envelope)
  }

  #execute(executable: Executable): void {
    const { life } = this
    const { machine, watched, journal, queue } = this.#running as Running
    journal.execute(executable)
    const outcomes = machine.execute(executable.value)
    watched.check()
    this.#watcher.executed(this, executable, outcomes)
    for (const { command, outcome } of outcomes) {
      if (life !== this.life) return
      this.#replies.answer(command, outcome)
      queue.executed(command, outcome)
    }
  }
}

const isEmpty = ({ records, floor, compacted, put = [], removed = [] }: Batch): boolean =>
  records.length === 0 && floor === undefined && !compacted && put.length === 0 && removed.length === 0

interface Running {
  readonly replica: Replica
  readonly machine: ExactlyOnce
  readonly watched: Watched
  readonly journal: Journal
  readonly queue: Queue
}
