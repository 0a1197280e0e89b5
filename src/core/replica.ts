import { onAccept, onCommit, onPreAccept, onRecover, onValidate } from './acceptor.js'
import { fault } from './check.js'
import type { Command, Value } from './command.js'
import { learn } from './commit.js'
import { onAcceptOk, onPreAcceptOk } from './coordinator.js'
import { Covered } from './covered.js'
import { fire } from './deadlines.js'
import { Epoch } from './epoch.js'
import { ForeignState, InvalidMessage, NotAVoter, ReplicaStopped } from './errors.js'
import { Execution } from './execution.js'
import type { Instance } from './instance.js'
import { MAX_PAYLOAD_BYTES } from './limits.js'
import type { Message } from './message.js'
import { Proposals } from './proposals.js'
import { pursue } from './pursue.js'
import { MAX_VOTERS } from './quorum.js'
import type { Ready } from './ready.js'
import type { Deps, ExecutedSet, GroupId, InstanceId, InstanceRecord, ReplicaId } from './record.js'
import { onNack, onRecoverOk, onValidateOk, onWaiting, settleAwaiting } from './recovery.js'
import { gossip, onAdvance, onFetch, onFrontier, pursueOpen, pursueRow } from './repair.js'
import type { Status, TraceCell } from './status.js'
import { defaultTuning, type Tuning } from './tuning.js'

export interface ReplicaConfig {
  readonly id: ReplicaId
  readonly group: GroupId
  readonly epoch: {
    readonly number: number
    /** 1 … 9 different ids, `id` among them. */
    readonly voters: readonly ReplicaId[]
  }
  /** What an earlier life has written, in the order in which it was written: of two records of an instance the later holds. */
  readonly restored?: Iterable<InstanceRecord>
  /** What the state machine, restored from an own checkpoint, contains already: it is not executed again. */
  readonly executed?: ExecutedSet
  /** Uniform in [0, 1). The only source of chance. */
  readonly random: () => number
  readonly tuning?: Partial<Tuning>
}

/**
 * A voter of one group: a deterministic state machine without a clock or I/O (protocol §2–§7). The host feeds
 * it with `propose`, `step` and `tick`, and after each of these carries out what `ready` hands out. The same
 * configuration and the same calls give the same results.
 */
export class Replica {
  readonly id: ReplicaId
  readonly group: GroupId
  readonly #epoch: Epoch
  readonly #execution: Execution
  readonly #proposals: Proposals
  /** What the state machine has applied, and no-ops. */
  readonly #applied: Covered
  /** Messages to oneself, delivered before the present call returns. */
  readonly #loop: Message[] = []
  #positions = 0
  #gossipAt = 0
  #ticked = false
  #sleptAt = 0
  #stopped: string | undefined

  /**
   * @throws NotAVoter when `id` isn't one of the voters; RangeError for a voter list, or tuning, that can't be;
   * ForeignState when `executed` holds what `restored` does not
   */
  constructor(config: ReplicaConfig) {
    const { id, group, random } = config
    const voters = [...config.epoch.voters].sort()
    if (voters.length < 1 || voters.length > MAX_VOTERS || new Set(voters).size < voters.length) {
      throw new RangeError(`a group has 1 to ${MAX_VOTERS} different voters, not [${voters.join(', ')}]`)
    }
    const slot = voters.indexOf(id)
    if (slot < 0) throw new NotAVoter(id)
    this.id = id
    this.group = group
    const tuning = { ...defaultTuning, ...config.tuning }
    if (!(tuning.maxCommandBytes <= MAX_PAYLOAD_BYTES)) {
      throw new RangeError(`maxCommandBytes is at most ${MAX_PAYLOAD_BYTES}, not ${tuning.maxCommandBytes}`)
    }
    this.#epoch = new Epoch(config.epoch.number, voters, slot, random, tuning, (message) => this.#loop.push(message))
    this.#execution = new Execution(voters.length, this.#order, this.#blocked)
    this.#applied = new Covered(voters.length)
    this.#proposals = new Proposals(this.#epoch)
    this.#restore(config.restored ?? [], config.executed)
  }

  /**
   * Proposes a command. It is executed once, here and everywhere, unless this life of the replica ends before;
   * `executable` brings it back.
   * @returns its instance, or undefined when it waits for an own one that it interferes with
   * @throws ReplicaStopped, InvalidCommand, CommandTooLarge, Overloaded; nothing is proposed then
   */
  propose(command: Command): InstanceId | undefined {
    this.#checkAlive()
    const id = this.#proposals.command(command)
    this.#settle()
    return id
  }

  /** Proposes a sweep of the session table (protocol §10), as `propose` does a command. */
  sweep(payload: Uint8Array): InstanceId | undefined {
    this.#checkAlive()
    const id = this.#proposals.sweep(payload)
    this.#settle()
    return id
  }

  /** From now on the voters are asked in this order, the nearest first, where not all are (protocol §11). Those not named come last. */
  prefer(order: readonly ReplicaId[]): void {
    const epoch = this.#epoch
    const place = (slot: number): number => {
      const at = order.indexOf(epoch.voter(slot))
      return at < 0 ? order.length : at
    }
    epoch.nearest = [...epoch.nearest].sort((a, b) => place(a) - place(b))
  }

  /**
   * Takes a message that `from` has sent.
   * @throws InvalidMessage when no voter of this epoch can have sent it; nothing has changed then
   */
  step(from: ReplicaId, message: Message): void {
    if (this.#stopped !== undefined) return
    const slot = this.#epoch.voters.indexOf(from)
    if (slot < 0 || slot === this.#epoch.me) throw new InvalidMessage(from, 'not another voter of this epoch')
    const wrong = fault(this.#epoch, slot, message)
    if (wrong !== undefined) throw new InvalidMessage(from, wrong)
    this.#epoch.heard[slot] = this.#epoch.now
    this.#deliver(slot, message)
    this.#settle()
  }

  /** The time, in milliseconds, never decreasing, sleep included. Call it every 10 … 100 ms while there is work. */
  tick(nowMs: number): void {
    if (this.#stopped !== undefined) return
    const epoch = this.#epoch
    if (nowMs < epoch.now) throw new RangeError(`time went back from ${epoch.now} to ${nowMs}`)
    if (this.#slept(nowMs)) {
      // Nobody is suspected, and nothing recovered, for what was missed meanwhile.
      epoch.heard.fill(nowMs)
      epoch.awakeAt = nowMs + epoch.tuning.gossipMs
    }
    epoch.now = nowMs
    for (let due = epoch.timers.due(nowMs); due !== undefined; due = epoch.timers.due(nowMs)) {
      fire(epoch, due)
      this.#settle()
    }
    if (nowMs >= this.#gossipAt) {
      this.#gossipAt = nowMs + epoch.tuning.gossipMs
      gossip(epoch, this.#proposals.last)
      pursueOpen(epoch, this.#proposals.lastBefore)
    }
  }

  /** What there is to do; undefined for nothing. */
  ready(): Ready | undefined {
    return this.#stopped === undefined ? this.#epoch.outbox.take() : undefined
  }

  /**
   * The records of this ready are durable: its own votes count, its held messages may leave.
   * @throws RangeError when it isn't the oldest outstanding one
   */
  written(ready: Ready): void {
    if (this.#stopped !== undefined) return
    for (const instance of this.#epoch.outbox.written(ready.sequence)) learn(this.#epoch, instance)
    this.#settle()
  }

  /** The state machine has applied these instances. */
  applied(instances: Iterable<InstanceId>): void {
    if (this.#stopped !== undefined) return
    for (const id of instances) this.#executed(this.#epoch.rows.at(id))
    this.#proposals.release()
    this.#settle()
  }

  /** All that was told with `applied`, in this life and those it continues. */
  executedSet(): ExecutedSet {
    return this.#applied.toSet()
  }

  /** Ends this life: it votes, proposes and answers no more. What it knows stays readable. Idempotent. */
  stop(reason: string): void {
    this.#stopped ??= reason
  }

  status(): Status {
    const epoch = this.#epoch
    const { fast, slow, n } = epoch.quorums
    const suspected = epoch.voters.filter((_, slot) => epoch.suspects(slot))
    const alive = n - suspected.length
    const { committed } = epoch.rows
    return {
      id: this.id,
      epoch: epoch.number,
      voters: epoch.voters,
      slot: epoch.me,
      suspected,
      quorum: alive >= fast ? 'fast' : alive >= slow ? 'slow' : 'none',
      committed: [...committed],
      executed: [...this.#execution.ordered.frontier],
      pending: this.#proposals.pending,
      waiting: this.#proposals.waiting,
      behind: committed.reduce((sum, number, slot) => sum + Math.max(0, epoch.rows.horizon(slot) - number), 0),
      stopped: this.#stopped,
    }
  }

  /** The newest `length` instances of each row, oldest first, for drawing. Those never heard of are left out. */
  trace(length: number): TraceCell[][] {
    const { rows, voters } = this.#epoch
    return voters.map((_, slot) => {
      const last = rows.horizon(slot)
      const cells: TraceCell[] = []
      for (const instance of rows.between(slot, Math.max(1, last - length + 1), last)) cells.push(cellOf(instance))
      return cells
    })
  }

  /** As what an instance is committed here; undefined when it isn't. For checkers. */
  commitOf({ slot, number }: InstanceId): { readonly value: Value; readonly deps: Deps } | undefined {
    const { committed, value, deps } = this.#epoch.rows.find(slot, number) ?? {}
    return committed && value !== undefined && deps !== undefined ? { value, deps } : undefined
  }

  #restore(records: Iterable<InstanceRecord>, executed: ExecutedSet | undefined): void {
    const { rows, voters } = this.#epoch
    for (const record of records) {
      const instance = rows.at(record.instance)
      instance.restore(record)
      this.#epoch.index(instance)
    }
    if (executed !== undefined) this.#contains(executed)
    this.#proposals.restore(this.#applied)
    for (let slot = 0; slot < voters.length; slot++) {
      for (const instance of rows.between(slot, 1, rows.last[slot] as number)) {
        if (instance.committed) learn(this.#epoch, instance)
      }
    }
    this.#settle()
  }

  /** The state machine has these instances already. */
  #contains({ frontier, beyond }: ExecutedSet): void {
    const contains = (slot: number, number: number): void => {
      const instance = this.#epoch.rows.at({ slot, number })
      if (!instance.committed) throw new ForeignState(instance.id)
      instance.executed = true
      this.#execution.ordered.add(slot, number)
      this.#applied.add(slot, number)
      this.#positions++
    }
    for (let slot = 0; slot < this.#epoch.voters.length; slot++) {
      for (let number = 1; number <= (frontier[slot] ?? 0); number++) contains(slot, number)
      for (const number of beyond[slot] ?? []) contains(slot, number)
    }
  }

  #checkAlive(): void {
    if (this.#stopped !== undefined) throw new ReplicaStopped(this.#stopped)
  }

  /**
   * Whether this tick is the first one, or comes after a gap: a machine has slept, a tab was hidden. Where gaps
   * are the rule, as in a tab that stays hidden, not two in a row count, or it would never suspect anybody.
   */
  #slept(nowMs: number): boolean {
    const { now, tuning } = this.#epoch
    const awakeForMs = now - this.#sleptAt
    const gap = nowMs - now > tuning.suspectMs / 2 && awakeForMs > Math.max(tuning.suspectMs, tuning.gossipMs)
    if (!gap && this.#ticked) return false
    this.#ticked = true
    this.#sleptAt = nowMs
    return true
  }

  #deliver(from: number, message: Message): void {
    const epoch = this.#epoch
    switch (message.kind) {
      case 'pre-accept':
        return onPreAccept(epoch, from, message)
      case 'pre-accept-ok':
        return onPreAcceptOk(epoch, from, message)
      case 'accept':
        return onAccept(epoch, from, message)
      case 'accept-ok':
        return onAcceptOk(epoch, from, message)
      case 'nack':
        return onNack(epoch, message)
      case 'commit':
        return onCommit(epoch, from, message)
      case 'recover':
        return onRecover(epoch, from, message)
      case 'recover-ok':
        return onRecoverOk(epoch, from, message)
      case 'validate':
        return onValidate(epoch, from, message)
      case 'validate-ok':
        return onValidateOk(epoch, from, message)
      case 'waiting':
        return onWaiting(epoch, message)
      case 'fetch':
        return onFetch(epoch, from, message, this.#proposals.last)
      case 'frontier':
        return onFrontier(epoch, from, message)
    }
  }

  /** Delivers what was said to oneself, and passes on what has become known, until nothing is left. */
  #settle(): void {
    const epoch = this.#epoch
    while (this.#loop.length > 0 || epoch.learned.length > 0) {
      // Both grow while they are gone through.
      for (const message of this.#loop) this.#deliver(epoch.me, message)
      this.#loop.length = 0
      for (const instance of epoch.learned) this.#learned(instance)
      epoch.learned.length = 0
    }
  }

  #learned(instance: Instance): void {
    const { id, value, deps, path } = instance
    if (value === undefined || deps === undefined) return
    if (path !== undefined) this.#epoch.outbox.emit({ kind: 'committed', instance: id, path, value })
    onAdvance(this.#epoch, id.slot)
    settleAwaiting(this.#epoch, instance)
    if (this.#execution.ordered.has(id.slot, id.number)) return
    this.#execution.committed(id, deps)
    if (value.kind === 'noop' && id.slot === this.#epoch.me) this.#proposals.lost(id.number)
  }

  readonly #order = (slot: number, number: number): void => {
    const instance = this.#epoch.rows.at({ slot, number })
    instance.position = ++this.#positions
    const { value } = instance
    if (value !== undefined && value.kind !== 'noop') this.#epoch.outbox.execute({ instance: instance.id, value })
    else {
      instance.executed = true
      this.#applied.add(slot, number)
    }
  }

  readonly #blocked = ({ slot, number }: InstanceId): void => {
    pursue(this.#epoch, this.#epoch.rows.at({ slot, number }))
    // Whatever else of that row some dependency names is, or will be, waited for too.
    pursueRow(this.#epoch, slot, this.#epoch.rows.named[slot] as number)
  }

  #executed(instance: Instance): void {
    if (instance.position === 0 || instance.executed) return
    const { slot, number } = instance.id
    instance.executed = true
    this.#applied.add(slot, number)
    if (slot === this.#epoch.me) this.#proposals.executed(number)
  }
}

const cellOf = (instance: Instance): TraceCell => {
  const { id, phase, value, deps, initDeps, ballot, path, position } = instance
  const executed = instance.executed || position > 0
  return { instance: id, phase, value, deps, initDeps, ballot, path, executed, position }
}
