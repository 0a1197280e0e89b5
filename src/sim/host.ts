import {
  type Command,
  type CoreEvent,
  type Envelope,
  type Executable,
  type GroupId,
  type InstanceId,
  type Message,
  Overloaded,
  type Ready,
  Replica,
  type ReplicaId,
} from '../core/index.js'
import { ExactlyOnce, type Outcome } from '../state/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import type { Order } from './checkers/order.js'
import type { Executed } from './checkers/outcomes.js'
import { nameOf } from './checkers/violation.js'
import { Disk } from './disk.js'
import type { Faults } from './faults.js'
import { type Known, knownFrom, watched } from './known.js'
import type { Random } from './random.js'

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
}

/** What a host is made for. */
export interface Membership {
  readonly group: GroupId
  readonly voters: readonly ReplicaId[]
}

export type Reply = (outcome: Outcome) => void

/** The nearest and the farthest that two ticks are apart: timers are uneven. */
const TICK_MS = [10, 40] as const

/** One simulated machine: runs a voter over its disk and clock, loses it in a crash, and starts it again. */
export class Host {
  readonly slot: number
  readonly name: string
  readonly disk: Disk<Known>
  /** Counts the lives; a message or a write of an earlier one finds it changed. */
  life = 0
  /** Its disk is gone, and it will not be back. */
  lost = false
  readonly membership: Membership
  readonly #agenda: Agenda
  readonly #random: Random
  readonly #order: Order
  readonly #sweepAfter: number
  readonly #watcher: Watcher
  #running: Running | undefined
  #stopped = false
  /** Readies that the replica was not told of yet. */
  #unwritten = 0
  readonly #replies = new Map<string, Reply[]>()
  /** What has to wait until it wakes. */
  #waking: { readonly action: () => void; readonly mail: boolean }[] | undefined
  readonly #clockRate: number
  #sleptMs = 0
  /** Names the chain of ticks that goes on: a sleep or a crash breaks it. */
  #ticks = 0

  constructor(
    slot: number,
    membership: Membership,
    agenda: Agenda,
    random: Random,
    public faults: Faults,
    medium: Medium,
    order: Order,
    sweepAfter: number,
    watcher: Watcher,
  ) {
    this.slot = slot
    this.name = `R${slot}`
    this.membership = membership
    this.#agenda = agenda
    this.#random = random
    this.#order = order
    this.#sweepAfter = sweepAfter
    this.#watcher = watcher
    this.#clockRate = random.between(...faults.clockRate)
    this.disk = new Disk(membership.voters.length, agenda, random, medium)
  }

  get id(): ReplicaId {
    return this.membership.voters[this.slot] as ReplicaId
  }

  /** Undefined while it is down. */
  get replica(): Replica | undefined {
    return this.#running?.replica
  }

  get known(): Known | undefined {
    return this.#running?.known
  }

  /** Its replica runs, and has not stopped. */
  get up(): boolean {
    return this.#running !== undefined && !this.#stopped
  }

  get asleep(): boolean {
    return this.#waking !== undefined
  }

  /** Commands of clients that it has taken in this life and not answered. */
  get owed(): number {
    return this.#replies.size
  }

  get sweeps(): number {
    return this.#running?.machine.sweeps ?? 0
  }

  /** Starts a life from what is on the disk. Says whether from a checkpoint. */
  start(): boolean {
    this.life++
    this.#stopped = false
    this.#unwritten = 0
    const owner = `${this.name} in life ${this.life}`
    const { checkpoint, records } = this.disk
    const known = knownFrom(owner, this.#order, checkpoint?.known)
    const machine = new ExactlyOnce(watched(known.applied), this.#sweepAfter)
    if (checkpoint !== undefined) machine.restore(checkpoint.chunks)
    const { group, voters } = this.membership
    const replica = new Replica({
      id: this.id,
      group,
      epoch: { number: 0, voters },
      restored: records,
      ...(checkpoint && { executed: checkpoint.executed }),
      random: this.#random.next,
      tuning: this.faults.tuning,
    })
    this.#running = { replica, machine, known }
    this.#tick(++this.#ticks)
    return checkpoint !== undefined
  }

  /** The power goes. */
  crash(): void {
    this.life++
    this.#running = undefined
    this.#waking = undefined
    this.#replies.clear()
    this.disk.crash()
  }

  /** Nothing runs here until `wake`. */
  sleep(): void {
    this.#waking ??= []
  }

  /**
   * @param sleptMs by how much its clock is further on than it would be without the sleep
   * @param mailLost what was sent to it meanwhile does not arrive any more
   */
  wake(sleptMs: number, mailLost: boolean): void {
    const waking = this.#waking
    if (waking === undefined) return
    this.#waking = undefined
    this.#sleptMs += sleptMs
    const { life } = this
    // The timers are late; what has arrived comes before or after them.
    const early = this.#random.chance(0.5)
    if (early) this.#tick(++this.#ticks)
    for (const { action, mail } of waking) if (life === this.life && !(mail && mailLost)) action()
    if (!early) this.#tick(++this.#ticks)
  }

  /** A client asks, possibly not for the first time. */
  submit(command: Command, reply: Reply): void {
    this.#run(() => {
      if (!this.up) return
      const name = nameOf(command)
      const waiting = this.#replies.get(name)
      if (waiting !== undefined) {
        waiting.push(reply)
        return
      }
      this.#replies.set(name, [reply])
      // Where it is overloaded nothing was proposed: the client will ask again, or another voter.
      if (!this.#propose((replica) => replica.propose(command))) this.#replies.delete(name)
    }, true)
  }

  receive(from: ReplicaId, message: Message): void {
    this.#run(() => this.#running?.replica.step(from, message), true)
  }

  /** Proposes a sweep where that is worth while. Says whether it was. */
  sweep(): boolean {
    const payload = this.#stopped || this.asleep ? undefined : this.#running?.machine.sweepDue(this.slot)
    if (payload === undefined) return false
    this.#run(() => this.#propose((replica) => replica.sweep(payload)))
    return true
  }

  /** Writes down the state, and how far it goes, after all that is being written. */
  checkpoint(): boolean {
    if (this.#running === undefined || this.#stopped || this.asleep) return false
    const { replica, machine, known } = this.#running
    const checkpoint = {
      executed: replica.executedSet(),
      chunks: machine.snapshot(),
      known: knownFrom(this.name, this.#order, known),
    }
    const delayMs = this.#random.between(...this.faults.writeMs)
    this.disk.write({ records: [], checkpoint, failing: false, done: () => {} }, delayMs)
    return true
  }

  /** State and session table, as bytes. */
  snapshot(): readonly Uint8Array[] {
    return this.#running?.machine.snapshot() ?? []
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

  /** Does it now, or when it wakes; never in another life. @param mail it may be lost in a sleep */
  #run(action: () => void, mail = false): void {
    const { life } = this
    if (this.#waking !== undefined) {
      this.#waking.push({ action: () => this.#run(action), mail })
      return
    }
    action()
    if (life === this.life) this.#pump()
  }

  #tick(chain: number): void {
    if (chain !== this.#ticks || this.#running === undefined || this.asleep) return
    this.#running.replica.tick(this.#agenda.now * this.#clockRate + this.#sleptMs)
    this.#pump()
    this.#agenda.after(this.#random.between(...TICK_MS), () => this.#tick(chain))
  }

  #pump(): void {
    const { life } = this
    while (life === this.life) {
      const ready = this.#running?.replica.ready()
      if (ready === undefined) return
      this.#carryOut(ready)
    }
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
    const { life, disk } = this
    const { records } = ready
    if (records.length === 0 && this.#unwritten === 0) return this.#written(ready)
    this.#unwritten++
    const done = (failed: boolean): void => {
      if (life !== this.life) return
      this.#run(() => {
        this.#unwritten--
        if (failed) this.#fail()
        else this.#written(ready)
      })
    }
    const failing = this.#watcher.fails(this)
    disk.write({ records, checkpoint: undefined, failing, done }, this.#random.between(...this.faults.writeMs))
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
    const { machine, known } = this.#running as Running
    known.journal.executed(executable)
    const outcomes = machine.execute(executable.value)
    this.#watcher.executed(this, executable, outcomes)
    for (const { command, outcome } of outcomes) {
      const name = nameOf(command)
      const replies = this.#replies.get(name)
      this.#replies.delete(name)
      for (const reply of replies ?? []) reply(outcome)
    }
  }
}

interface Running {
  readonly replica: Replica
  readonly machine: ExactlyOnce
  readonly known: Known
}
