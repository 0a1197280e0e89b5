import type { Instance } from './instance.js'
import type { Envelope, Message } from './message.js'
import type { CoreEvent, Executable, Ready } from './ready.js'
import type { InstanceRecord, ReplicaId } from './record.js'

/**
 * Collects what the next `Ready` hands out, and knows what is durable. Messages to oneself take the same
 * way as all others, so that an own vote counts exactly when its write is durable; the host never sees them.
 */
export class Outbox {
  /** The ready being filled. */
  #sequence = 1
  /** The last ready whose write is durable. */
  #durable = 0
  readonly #dirty = new Set<Instance>()
  #messages: Envelope[] = []
  #messagesAfterWrite: Envelope[] = []
  #executable: Executable[] = []
  #events: CoreEvent[] = []
  /** Waiting for `written`, oldest first: messages to oneself, and own commits that may be told then. */
  readonly #held: { readonly sequence: number; readonly what: Message | Instance }[] = []

  constructor(
    readonly self: ReplicaId,
    readonly epoch: number,
    /** Delivers a message to oneself; later in the same call of the replica. */
    readonly loop: (message: Message) => void,
  ) {}

  /** The instance has changed: its record is part of the next write. */
  touch(instance: Instance): void {
    instance.writtenIn = this.#sequence
    this.#dirty.add(instance)
  }

  isDurable(instance: Instance): boolean {
    return instance.writtenIn <= this.#durable
  }

  /** May leave at once. */
  send(to: ReplicaId, message: Message): void {
    if (to === this.self) this.loop(message)
    else this.#messages.push({ to, message })
  }

  /** May leave once all that was touched so far is durable. */
  sendAfterWrite(to: ReplicaId, message: Message): void {
    if (to === this.self) this.#held.push({ sequence: this.#sequence, what: message })
    else this.#messagesAfterWrite.push({ to, message })
  }

  /** May leave once the present state of this instance is durable, whichever write that is in [H30]. */
  report(instance: Instance, to: ReplicaId, message: Message): void {
    if (this.isDurable(instance)) this.send(to, message)
    else this.sendAfterWrite(to, message)
  }

  /** `written` hands the instance back once all that was touched so far is durable. */
  afterWrite(instance: Instance): void {
    this.#held.push({ sequence: this.#sequence, what: instance })
  }

  execute(executable: Executable): void {
    this.#executable.push(executable)
  }

  emit(event: CoreEvent): void {
    this.#events.push(event)
  }

  take(): Ready | undefined {
    const held = this.#held[this.#held.length - 1]?.sequence === this.#sequence
    if (
      !held &&
      this.#dirty.size === 0 &&
      this.#messages.length === 0 &&
      this.#messagesAfterWrite.length === 0 &&
      this.#executable.length === 0 &&
      this.#events.length === 0
    ) {
      return undefined
    }
    const records: InstanceRecord[] = []
    for (const instance of this.#dirty) records.push(instance.record(this.epoch))
    const ready: Ready = {
      sequence: this.#sequence++,
      records,
      messages: this.#messages,
      messagesAfterWrite: this.#messagesAfterWrite,
      executable: this.#executable,
      events: this.#events,
    }
    this.#dirty.clear()
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
    let count = 0
    for (const held of this.#held) {
      if (held.sequence > sequence) break
      count++
      if ('id' in held.what) commits.push(held.what)
      else this.loop(held.what)
    }
    this.#held.splice(0, count)
    return commits
  }
}
