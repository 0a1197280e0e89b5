import type { Ballot } from './ballot.js'
import type { Instance } from './instance.js'
import { MAX_RECOVER } from './limits.js'
import type { Envelope, Message, Recover } from './message.js'
import type { CoreEvent, Executable, Ready } from './ready.js'
import type { FloorRecord, InstanceRecord, ReplicaId } from './record.js'

/** What is written says in which ready its newest state is. */
interface Written {
  readonly writtenIn: number
}

/**
 * Collects what the next `Ready` hands out, and knows what is durable. Messages to oneself take the same
 * way as all others, so that an own vote counts exactly when its write is durable; the host never sees them.
 */
export class Outbox {
  /** Of all that is touched. */
  #epoch: number
  /** The ready being filled. */
  #sequence = 1
  /** The last ready whose write is durable. */
  #durable = 0
  #dirty: Instance[] = []
  #messages: Envelope[] = []
  #messagesAfterWrite: Envelope[] = []
  /** The Recover that each peer is sent last in this ready, and where it stands. */
  readonly #stretches = new Map<ReplicaId, { readonly list: Envelope[]; readonly at: number }>()
  #executable: Executable[] = []
  #events: CoreEvent[] = []
  /** Waiting for this ready's `written`: messages to oneself, and own commits that may be told then. */
  #held: (Message | Instance)[] = []
  /** The same of those handed out, oldest first. */
  readonly #outstanding: { readonly sequence: number; readonly held: readonly (Message | Instance)[] }[] = []
  #floor: FloorRecord | undefined
  /** All that there is to remember, where what was written before may go. */
  #kept: Iterable<Instance> | undefined

  constructor(
    readonly self: ReplicaId,
    epoch: number,
    /** Delivers a message to oneself; later in the same call of the replica. */
    readonly loop: (message: Message) => void,
  ) {
    this.#epoch = epoch
  }

  /** From now on it is about another epoch: nothing of the last one is written any more, so nothing is said that relies on it. */
  begin(epoch: number): void {
    this.#epoch = epoch
    this.#dirty = []
    this.#messagesAfterWrite = []
    this.#stretches.clear()
    this.#held = []
    this.#outstanding.length = 0
    this.#floor = this.#kept = undefined
  }

  /** The floors have changed: part of the next write. @returns the ready that it is in */
  floor(record: FloorRecord): number {
    this.#floor = record
    return this.#sequence
  }

  /** With the next write everything written before it may go: these, and the floor, are all there is to remember. */
  compact(kept: Iterable<Instance>): void {
    this.#kept = kept
  }

  /** The instance has changed: its record is part of the next write. */
  touch(instance: Instance): void {
    if (instance.writtenIn === this.#sequence) return
    instance.writtenIn = this.#sequence
    this.#dirty.push(instance)
  }

  isDurable({ writtenIn }: Written): boolean {
    return writtenIn <= this.#durable
  }

  /** May leave at once. */
  send(to: ReplicaId, message: Message): void {
    if (to === this.self) this.loop(message)
    else this.#messages.push({ to, message })
  }

  /** May leave once all that was touched so far is durable. */
  sendAfterWrite(to: ReplicaId, message: Message): void {
    if (to === this.self) this.#held.push(message)
    else this.#messagesAfterWrite.push({ to, message })
  }

  /** May leave once the present state of this instance, or floor, is durable, whichever write that is in [H30]. */
  report(about: Written, to: ReplicaId, message: Message): void {
    if (this.isDurable(about)) this.send(to, message)
    else this.sendAfterWrite(to, message)
  }

  /** Asks for a promise, once the own one is durable. Neighbours in a row, asked for in their order, share a message. */
  recover(instance: Instance, to: ReplicaId, ballot: Ballot): void {
    const { slot, number } = instance.id
    const message: Recover = { kind: 'recover', epoch: this.#epoch, slot, from: number, to: number, ballot }
    // Oneself answers one by one: each answer waits for its own write.
    if (to === this.self) return this.send(to, message)
    const list = this.isDurable(instance) ? this.#messages : this.#messagesAfterWrite
    const last = this.#stretches.get(to)
    const shared = last?.list === list ? list[last.at]?.message : undefined
    const neighbour =
      shared?.kind === 'recover' && shared.slot === slot && shared.ballot === ballot && shared.to === number - 1
    if (last !== undefined && neighbour && number - shared.from < MAX_RECOVER) {
      list[last.at] = { to, message: { ...shared, to: number } }
      return
    }
    this.#stretches.set(to, { list, at: list.length })
    list.push({ to, message })
  }

  /** `written` hands the instance back once all that was touched so far is durable. */
  afterWrite(instance: Instance): void {
    this.#held.push(instance)
  }

  execute(executable: Executable): void {
    this.#executable.push(executable)
  }

  emit(event: CoreEvent): void {
    this.#events.push(event)
  }

  take(): Ready | undefined {
    if (
      this.#held.length === 0 &&
      this.#dirty.length === 0 &&
      this.#floor === undefined &&
      this.#kept === undefined &&
      this.#messages.length === 0 &&
      this.#messagesAfterWrite.length === 0 &&
      this.#executable.length === 0 &&
      this.#events.length === 0
    ) {
      return undefined
    }
    const records: InstanceRecord[] = []
    if (this.#kept === undefined) for (const instance of this.#dirty) records.push(instance.record(this.#epoch))
    else for (const instance of this.#kept) if (instance.touched) records.push(instance.record(this.#epoch))
    const awaited = this.#held.length > 0 || this.#messagesAfterWrite.length > 0
    if (this.#held.length > 0) {
      this.#outstanding.push({ sequence: this.#sequence, held: this.#held })
      this.#held = []
    }
    const ready: Ready = {
      sequence: this.#sequence++,
      records,
      floor: this.#floor,
      compacted: this.#kept !== undefined,
      messages: this.#messages,
      messagesAfterWrite: this.#messagesAfterWrite,
      awaited,
      executable: this.#executable,
      events: this.#events,
    }
    if (this.#dirty.length > 0) this.#dirty = []
    if (this.#stretches.size > 0) this.#stretches.clear()
    this.#floor = this.#kept = undefined
    this.#messages = []
    this.#messagesAfterWrite = []
    this.#executable = []
    this.#events = []
    return ready
  }

  /** The write of `sequence` is durable. Loops own messages and returns the own commits that may be told now. */
  written(sequence: number): Instance[] {
    if (sequence !== this.#durable + 1 || sequence >= this.#sequence) {
      throw new RangeError(
        `written(${sequence}) out of order: ${this.#durable + 1} is next, ${this.#sequence - 1} was the last handed out`,
      )
    }
    this.#durable = sequence
    const commits: Instance[] = []
    if (this.#outstanding[0]?.sequence !== sequence) return commits
    for (const what of this.#outstanding.shift()?.held ?? []) {
      if ('id' in what) commits.push(what)
      else this.loop(what)
    }
    return commits
  }
}
