import { onCommit } from './acceptor.js'
import { fault } from './check.js'
import type { Lone } from './coalescing.js'
import type { Command, Proposed, Seal, Sweep, Value } from './command.js'
import { learn } from './commit.js'
import { type Configuration, configurationFault } from './configuration.js'
import { askAgain } from './coordinator.js'
import { fire } from './deadlines.js'
import { dispatch } from './dispatch.js'
import { forget, moveFloors } from './dropping.js'
import { entryFault } from './entry.js'
import { Epoch } from './epoch.js'
import {
  ForeignState,
  InvalidCommand,
  InvalidMessage,
  NotAVoter,
  Overloaded,
  ReplicaStopped,
  UnsafeSeal,
} from './errors.js'
import { feedDue, feedNow, follow, onFollow, probe } from './follow.js'
import { aboveFloor, onGone } from './gone.js'
import type { Instance } from './instance.js'
import { checkCommand, MAX_PAYLOAD_BYTES, MAX_SWEEP_BYTES } from './limits.js'
import type { Message } from './message.js'
import { Outbox } from './outbox.js'
import { answerSealed, Past } from './past.js'
import { Progress } from './progress.js'
import { Proposals } from './proposals.js'
import type { Ready } from './ready.js'
import type { Deps, ExecutedSet, GroupId, InstanceId, ReplicaId } from './record.js'
import { gossip, onFetch, onSealed, pursueOpen, recoverFor, tellFrontier } from './repair.js'
import type { ReplicaConfig } from './replica-config.js'
import { isClose, unsafe } from './sealing.js'
import { type Status, statusOf, type TraceCell, traceOf } from './status.js'
import { defaultTuning, type Tuning } from './tuning.js'
import { Wakefulness } from './wakefulness.js'

/**
 * When so many instances more are durably executed here than the others were told, they are told before it is time: then what
 * all keep depends on their work, not on the clock.
 */
const UNTOLD_INSTANCES = 64

/**
 * A member of one group, over all its epochs: a deterministic state machine without a clock or I/O (protocol §2–§9). The
 * host feeds it with `propose`, `step` and `tick`, and after each of these carries out what `ready` hands out. The same
 * configuration and the same calls give the same results.
 */
export class Replica {
  readonly id: ReplicaId
  readonly group: GroupId
  readonly #random: () => number
  readonly #tuning: Tuning
  readonly #outbox: Outbox
  #epoch: Epoch
  #past: Past | undefined
  #proposals: Proposals
  #progress: Progress
  /** What was proposed while nothing can be: in the order in which it came. */
  #early: (Command | Sweep)[] = []
  /** Messages to oneself, delivered before the present call returns. */
  readonly #loop: Message[] = []
  #gossipAt = 0
  #gossips = 0
  /** When a member of a later epoch was last told where this replica is. */
  #askedAhead = Number.NEGATIVE_INFINITY
  readonly #wakefulness: Wakefulness
  #stopped: string | undefined

  /**
   * @throws RangeError for a configuration, or tuning, that can't be; ForeignState when `executed` holds what a voter's
   * `restored` does not
   */
  constructor(config: ReplicaConfig) {
    const { id, group, configuration, random } = config
    const wrong = configurationFault(configuration)
    if (wrong !== undefined) throw new RangeError(wrong)
    this.id = id
    this.group = group
    this.#random = random
    this.#tuning = { ...defaultTuning, ...config.tuning }
    if (!(this.#tuning.maxCommandBytes <= MAX_PAYLOAD_BYTES)) {
      throw new RangeError(`maxCommandBytes is at most ${MAX_PAYLOAD_BYTES}, not ${this.#tuning.maxCommandBytes}`)
    }
    this.#wakefulness = new Wakefulness(this.#tuning)
    this.#outbox = new Outbox(id, configuration.number, (message) => this.#loop.push(message))
    this.#epoch = new Epoch(configuration, id, random, this.#tuning, this.#outbox)
    this.#proposals = new Proposals(this.#epoch, this.#isSafe)
    this.#progress = new Progress(this.#epoch, this.#proposals)
    this.#epoch.voting = this.#epoch.me >= 0
    if (this.#epoch.voting) this.#epoch.reported.add(this.#epoch.me)
    this.#restore(config)
  }

  /**
   * Proposes a command. It is executed once, here and everywhere, unless this life of the replica ends before;
   * `executable` brings it back.
   * @returns its instance, or undefined when it waits: for an own one that it interferes with, for the end of this turn, to
   * share one, or for the next epoch
   * @throws ReplicaStopped, InvalidCommand, CommandTooLarge, Overloaded; NotAVoter at an observer. Nothing is proposed then
   */
  propose(command: Command): InstanceId | undefined {
    this.#checkAlive()
    checkCommand(command, this.#tuning.maxCommandBytes)
    return this.#take(command)
  }

  /** Proposes a sweep of the session table (protocol §10), as `propose` does a command. */
  sweep(payload: Uint8Array): InstanceId | undefined {
    this.#checkAlive()
    if (payload.length > MAX_SWEEP_BYTES) throw new InvalidCommand(`a sweep of ${payload.length} bytes is too large`)
    return this.#take({ kind: 'sweep', payload })
  }

  /**
   * Proposes to end this epoch; the next one is as `next` says (protocol §9). Should another seal be first, or this one
   * end as a no-op, nothing comes of it: its author decides anew [H26].
   * @throws ReplicaStopped; UnsafeSeal where the next epoch might not come to life. Nothing is proposed then
   */
  seal(next: Omit<Configuration, 'number'>): InstanceId | undefined {
    this.#checkAlive()
    const epoch = this.#epoch
    if (!epoch.voting || epoch.sealed !== undefined) throw new UnsafeSeal('this replica does not vote')
    if (this.#proposals.sealing) throw new UnsafeSeal('another seal is under way here')
    const configuration = { ...next, voters: [...next.voters].sort(), number: epoch.number + 1 }
    const why = unsafe(epoch, configuration, this.#progress.applied.frontier)
    if (why !== undefined) throw new UnsafeSeal(why)
    const id = this.#proposals.lone({ kind: 'seal', next: configuration })
    this.#settle()
    return id
  }

  /**
   * The state machine now holds the state at the start of this epoch: the cut that a seal has made here, or a snapshot;
   * or, for an observer, a snapshot from within it. From now on this replica learns and executes there.
   * @param executed what of that epoch the state contains; default: nothing, it is the start
   * @throws ForeignState where this replica may not go on from there [H18]; nothing has changed then
   */
  enter(configuration: Configuration, executed?: ExecutedSet): void {
    if (this.#stopped !== undefined) return
    const old = this.#epoch
    const foreign = entryFault(old, this.#progress.applied, configuration, executed)
    if (foreign !== undefined) throw new ForeignState(foreign)
    feedNow(old)
    this.#outbox.begin(configuration.number)
    this.#early.unshift(...this.#proposals.abandon())
    this.#epoch = new Epoch(configuration, this.id, this.#random, this.#tuning, this.#outbox)
    const serves = old.sealed?.number === configuration.number && (old.voting || this.#epoch.me >= 0)
    this.#past = serves ? new Past(old, old.now) : undefined
    this.#proposals = new Proposals(this.#epoch, this.#isSafe)
    this.#progress = new Progress(this.#epoch, this.#proposals)
    this.#loop.length = 0
    this.#epoch.now = old.now
    this.#epoch.awakeAt = old.awakeAt
    for (const [slot, id] of configuration.voters.entries()) this.#epoch.heard[slot] = old.heardMs(id) ?? old.now
    if (executed !== undefined) this.#progress.contains(executed)
    // Who does not vote any more can't propose either.
    if (this.#epoch.me < 0 && this.#early.length > 0) {
      this.#outbox.emit({ kind: 'unproposed', values: this.#early.splice(0).map(proposed) })
    }
    // At once: others wait to hear that it is there.
    this.#gossipAt = old.now
    this.#settle()
  }

  /** The state at the start of this epoch is durable here: from now on a voter votes and proposes in it. Idempotent. */
  entered(): void {
    const epoch = this.#epoch
    if (this.#stopped !== undefined || epoch.me < 0 || epoch.voting) return
    epoch.voting = true
    epoch.reported.add(epoch.me)
    for (const instance of epoch.rows.all()) if (instance.touched) this.#outbox.touch(instance)
    for (const it of this.#early.splice(0)) this.#propose(it)
    gossip(epoch, this.#proposals.last)
    this.#settle()
  }

  /** State, executed set, session table and epoch are durable, in one batch, with all of this executed. */
  checkpointed({ frontier }: ExecutedSet): void {
    const epoch = this.#epoch
    if (epoch.me < 0) return
    epoch.floors.executed(epoch.me, frontier)
    const tells = this.#stopped === undefined && epoch.voting && epoch.sealed === undefined
    if (tells && epoch.floors.untold(epoch.me) >= UNTOLD_INSTANCES) this.#gossip(epoch)
  }

  /** Asks a member that seems to be further on where it is: it answers with Sealed. */
  probe(member: ReplicaId): void {
    const epoch = this.#epoch
    if (this.#stopped !== undefined || epoch.sealed !== undefined) return
    probe(epoch, member, this.#progress.applied.frontier)
  }

  /** A member can be reached from now on: a voter is asked at once what it was asked in vain so far. */
  reached(member: ReplicaId): void {
    const epoch = this.#epoch
    const slot = epoch.voters.indexOf(member)
    if (this.#stopped !== undefined || !epoch.voting || epoch.sealed !== undefined || slot < 0) return
    askAgain(epoch, this.#proposals.onTheirWay(), slot)
  }

  /** From now on the voters are asked in this order, the nearest first, where not all are (protocol §11). Those not named come last. */
  prefer(order: readonly ReplicaId[]): void {
    this.#epoch.prefer(order)
  }

  /**
   * Takes a message that `from` has sent.
   * @throws InvalidMessage when no member can have sent it; nothing has changed then
   */
  step(from: ReplicaId, message: Message): void {
    if (this.#stopped !== undefined) return
    if (from === this.id) throw new InvalidMessage(from, 'it is this replica')
    const epoch = this.#epoch
    if (message.epoch !== epoch.number) return this.#onOtherEpoch(from, message)
    const slot = epoch.voters.indexOf(from)
    const wrong = fault(epoch, slot, message)
    if (wrong !== undefined) throw new InvalidMessage(from, wrong)
    if (slot >= 0) epoch.heard[slot] = epoch.now
    if (epoch.sealed !== undefined) return answerSealed(epoch, epoch, epoch.sealed, from, message)
    const rest = aboveFloor(epoch, from, message)
    if (rest === undefined) return
    if (message.kind === 'sealed') onSealed(epoch, from, message)
    else if (message.kind === 'gone')
      onGone(epoch, from, message, this.#progress.applied.frontier[message.slot] as number)
    else if (rest.kind === 'commit' && slot < 0) onCommit(epoch, from, rest)
    else if (epoch.voting && rest.kind === 'follow') onFollow(epoch, from, rest, this.#proposals.last)
    else if (epoch.voting && rest.kind === 'fetch') this.#onFetch(from, rest, slot)
    else if (slot >= 0 && (epoch.voting || rest.kind === 'commit' || rest.kind === 'frontier'))
      dispatch(epoch, slot, rest)
    if (epoch.doubt !== undefined) this.stop(epoch.doubt)
    this.#settle()
  }

  /** The time, in milliseconds, never decreasing, sleep included. Call it every 10 … 100 ms while there is work. */
  tick(nowMs: number): void {
    if (this.#stopped !== undefined) return
    const epoch = this.#epoch
    if (nowMs < epoch.now) throw new RangeError(`time went back from ${epoch.now} to ${nowMs}`)
    if (this.#wakefulness.slept(epoch.now, nowMs)) {
      // Nobody is suspected, and nothing recovered, for what was missed meanwhile.
      epoch.heard.fill(nowMs)
      epoch.awakeAt = nowMs + epoch.tuning.gossipMs
    }
    epoch.now = nowMs
    for (const each of [epoch, this.#past?.epoch]) each?.answered.clear()
    for (let due = epoch.timers.due(nowMs); due !== undefined; due = epoch.timers.due(nowMs)) {
      // Once the epoch is sealed nothing of it is led any more.
      if (epoch.sealed === undefined) fire(epoch, due)
      this.#settle()
    }
    feedDue(epoch)
    if (nowMs < this.#gossipAt) return
    if (epoch.sealed === undefined) this.#gossip(epoch)
    if (this.#past?.isOver(epoch)) this.#past = undefined
  }

  /** What there is to do; undefined for nothing. It ends a turn: what was proposed in it, to share an instance, is proposed now. */
  ready(): Ready | undefined {
    if (this.#stopped !== undefined) return undefined
    if (this.#epoch.sealed === undefined) this.#proposals.leave()
    return this.#outbox.take()
  }

  /**
   * The records of this ready are durable: its own votes count, its held messages may leave.
   * @throws RangeError when it isn't the oldest outstanding one
   */
  written(ready: Ready): void {
    if (this.#stopped !== undefined) return
    for (const instance of this.#outbox.written(ready.sequence)) learn(this.#epoch, instance)
    this.#settle()
  }

  /** The state machine has applied these instances of the present epoch. */
  applied(instances: Iterable<InstanceId>): void {
    if (this.#stopped !== undefined) return
    for (const id of instances) this.#progress.executed(this.#epoch.rows.at(id))
    // What still waits belongs to the next epoch, once this one is over.
    if (this.#epoch.sealed === undefined) this.#proposals.release()
    this.#settle()
  }

  /** All of this epoch that was told with `applied`, in this life and those it continues. */
  executedSet(): ExecutedSet {
    return this.#progress.applied.toSet()
  }

  /** Ends this life: it votes, proposes and answers no more. What it knows stays readable. Idempotent. */
  stop(reason: string): void {
    this.#stopped ??= reason
  }

  status(): Status {
    const { pending, waiting } = this.#proposals
    const early = this.#early.length
    return statusOf(
      this.#epoch,
      this.#progress.ordered,
      { pending: pending + early, waiting: waiting + early },
      this.#stopped,
    )
  }

  /** Whether a member has said within the last seconds that it is nearly as far as this one (protocol §9). */
  acknowledged(id: ReplicaId): boolean {
    return isClose(this.#epoch, id, this.#progress.applied.frontier)
  }

  /** When a member was last heard of, in the milliseconds of `tick`; undefined: not in this epoch. */
  heardMs(id: ReplicaId): number | undefined {
    return this.#epoch.heardMs(id)
  }

  /** The voter that it follows while it doesn't vote. */
  get following(): ReplicaId | undefined {
    return this.#epoch.voting ? undefined : this.#epoch.voters[this.#epoch.following]
  }

  /** The newest `length` instances of each row, oldest first, for drawing. Those never heard of are left out. */
  trace(length: number): TraceCell[][] {
    return traceOf(this.#epoch, length)
  }

  /** As what an instance of this epoch is committed here; undefined when it isn't, or is dropped. For checkers. */
  commitOf({ slot, number }: InstanceId): { readonly value: Value; readonly deps: Deps } | undefined {
    const { committed, value, deps } = this.#epoch.rows.find(slot, number) ?? {}
    return committed && value !== undefined && deps !== undefined ? { value, deps } : undefined
  }

  #restore({ restored = [], floor, executed }: ReplicaConfig): void {
    const epoch = this.#epoch
    const { rows, voters } = epoch
    if (floor !== undefined) {
      epoch.floors.restore(floor)
      epoch.floors.marked(epoch.me, epoch.floors.mark)
      rows.drop(floor.drop)
    }
    for (const record of restored) {
      const { slot, number } = record.instance
      if (number <= (rows.dropped[slot] as number)) continue
      const instance = rows.at(record.instance)
      instance.restore(record)
      if (record.value !== undefined && epoch.me >= 0) epoch.conflicts.add(record.instance, record.value)
      epoch.known(instance)
    }
    if (executed !== undefined) {
      this.#progress.contains(executed)
      // It was durable, or it could not be restored.
      if (epoch.me >= 0) epoch.floors.executed(epoch.me, executed.frontier)
    }
    this.#proposals.restore(this.#progress.applied)
    for (let slot = 0; slot < voters.length; slot++) {
      for (const instance of rows.between(slot, 1, rows.last[slot] as number)) {
        if (instance.committed) learn(epoch, instance)
      }
    }
    this.#settle()
  }

  readonly #isSafe = ({ next }: Seal): boolean =>
    unsafe(this.#epoch, next, this.#progress.applied.frontier) === undefined

  #checkAlive(): void {
    if (this.#stopped !== undefined) throw new ReplicaStopped(this.#stopped)
  }

  /** Proposes it now, or as soon as this replica may. */
  #take(it: Command | Sweep): InstanceId | undefined {
    const { me, sealed } = this.#epoch
    if (me < 0 && !sealed?.voters.includes(this.id)) throw new NotAVoter(this.id)
    const pending = this.#proposals.pending + this.#early.length
    if (pending >= this.#tuning.maxPending) throw new Overloaded(pending)
    if (!this.#epoch.voting || sealed !== undefined) {
      this.#early.push(it)
      return undefined
    }
    const id = this.#propose(it)
    this.#settle()
    return id
  }

  #propose(it: Command | Lone): InstanceId | undefined {
    return 'kind' in it ? this.#proposals.lone(it) : this.#proposals.command(it)
  }

  #gossip(epoch: Epoch): void {
    this.#gossipAt = epoch.now + epoch.tuning.gossipMs
    if (!epoch.voting) {
      const { frontier } = this.#progress.applied
      follow(epoch, frontier, this.#gossips++)
      if (epoch.me < 0) forget(epoch, frontier)
      return
    }
    moveFloors(epoch, this.#proposals.last)
    epoch.forgetSilent()
    gossip(epoch, this.#proposals.last)
    pursueOpen(epoch, this.#proposals.lastBefore)
  }

  /** Of an epoch that is over here; or of one that this replica has yet to hear of: then it asks for the way there. */
  #onOtherEpoch(from: ReplicaId, message: Message): void {
    const epoch = this.#epoch
    if (message.epoch < epoch.number) {
      const past = this.#past?.epoch.number === message.epoch ? this.#past.epoch : undefined
      answerSealed(epoch, past, epoch.configuration, from, message)
    } else if (epoch.now - this.#askedAhead >= epoch.tuning.gossipMs) {
      this.#askedAhead = epoch.now
      this.probe(from)
    }
  }

  #onFetch(from: ReplicaId, message: Extract<Message, { kind: 'fetch' }>, slot: number): void {
    const { last } = this.#proposals
    onFetch(this.#epoch, from, message, () => tellFrontier(this.#epoch, from, last))
    if (slot < 0) recoverFor(this.#epoch, message)
  }

  /** Delivers what was said to oneself, and passes on what has become known, until nothing is left. */
  #settle(): void {
    const epoch = this.#epoch
    const { learned } = epoch
    const loop = this.#loop
    while (loop.length > 0 || learned.length > 0) {
      // Both grow while they are gone through.
      for (let i = 0; i < loop.length; i++) {
        if (epoch.sealed === undefined) dispatch(epoch, epoch.me, loop[i] as Message)
      }
      loop.length = 0
      for (let i = 0; i < learned.length; i++) this.#progress.learned(learned[i] as Instance)
      learned.length = 0
    }
  }
}

const proposed = (it: Command | Sweep): Exclude<Proposed, Seal> =>
  'kind' in it ? it : { kind: 'commands', commands: [it] }
