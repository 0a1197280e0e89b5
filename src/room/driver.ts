import {
  type Configuration,
  type FloorRecord,
  type GroupId,
  type InstanceRecord,
  InvalidMessage,
  type ReplicaId,
} from '../core/index.js'
import type {
  KnownLife,
  Member,
  MemberCheckpoint,
  MemberEnvelope,
  MemberMessage,
  MemberReady,
} from '../member/index.js'
import type { Storage } from '../storage/index.js'
import type { Reporter } from './reporting.js'

/** What nothing waits for is written so much later at most, as long as the member is told the time. */
const MAX_DEFERRED_MS = 30
/** And so many readies at most. */
const MAX_DEFERRED = 64

/** Why a member has stopped: a write has failed, or something that can't happen has happened. */
export interface Failure {
  readonly kind: 'write' | 'assertion'
  readonly reason: string
}

export interface DriverOptions {
  readonly group: GroupId
  readonly incarnation: number
  /** Milliseconds, never decreasing. */
  readonly now: () => number
  /** Batches of records that the storage held when it was opened. */
  readonly batches: number
  readonly storage: Storage
  /** False: nothing that is written outlives the process, so nothing waits for that. */
  readonly durable: boolean
  readonly reporter: Reporter | undefined
  /** Calls at the end of this turn: what was said to the member until then is answered in one go. */
  readonly soon: (call: () => void) => void
}

/** What a driver carries out for its member. */
export interface DriverPorts {
  readonly send: (envelopes: readonly MemberEnvelope[]) => void
  /** What was heard of others' storages, and is to be written with the next records. */
  readonly unwritten: () => readonly KnownLife[] | undefined
  /** This was executed, or has happened, and is carried out but for the writing. */
  readonly handled: (ready: MemberReady) => void
  /** The member durably has the state of this epoch. */
  readonly entered: (configuration: Configuration) => void
  /** It has said what no member can have said. */
  readonly impossible: (from: ReplicaId) => void
  /** The member has stopped for good. */
  readonly failed: (failure: Failure) => void
}

/** What it asks of a member. */
export type Driven = Pick<Member, 'ready' | 'written' | 'checkpointWritten' | 'step' | 'stop'>

/**
 * The loop around a member (protocol §6): takes what is ready, sends what may leave, has the rest written, and only once
 * that is durable tells the member and sends what had to wait. Several writes may be under way.
 */
export class Driver {
  readonly #member: Driven
  readonly #options: DriverOptions
  readonly #ports: DriverPorts
  /** Ends with the last write under way. */
  #writes: Promise<void> = Promise.resolve()
  #underWay = 0
  /** Nothing waits for their writing, so it waits for the next: oldest first. */
  #deferred: MemberReady[] = []
  #deferredMs = 0
  /** What may leave, at the end of this turn. */
  #leaving: (readonly MemberEnvelope[])[] = []
  /** Batches of records that the storage holds durably. */
  batches: number
  /** Messages that no member can have sent. */
  invalid = 0
  #scheduled = false
  #stopped = false

  constructor(member: Driven, options: DriverOptions, ports: DriverPorts) {
    this.#member = member
    this.#options = options
    this.#ports = ports
    this.batches = options.batches
  }

  /** Looks for work at the end of this turn. */
  schedule(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    this.#options.soon(() => {
      this.#scheduled = false
      this.run()
    })
  }

  /** Looks for work at once. */
  run(): void {
    this.attempt(() => {
      const handedOut: MemberReady[] = []
      for (let ready = this.#member.ready(); ready !== undefined; ready = this.#member.ready()) {
        this.#mayLeave(ready.messages)
        this.#write(ready)
        handedOut.push(ready)
      }
      if (this.#deferred.length > 0 && this.#options.now() - this.#deferredMs >= MAX_DEFERRED_MS) this.#writeDeferred()
      this.#send()
      for (const ready of handedOut) this.#ports.handled(ready)
    })
  }

  /** Has the member do something, and looks for what comes of it. */
  tell(action: () => void): void {
    this.attempt(action)
    this.schedule()
  }

  step(from: ReplicaId, messages: readonly MemberMessage[]): void {
    this.tell(() => {
      for (const message of messages) this.#step(from, message)
    })
  }

  /** What goes wrong within the member, or in carrying out what it asks for, stops the member, never the page. */
  attempt(action: () => void): void {
    if (this.#stopped) return
    try {
      action()
    } catch (cause) {
      this.fail('assertion', cause)
    }
  }

  /** Ends this life of the member. Resolves when no write is under way any more. */
  async stop(reason: string): Promise<void> {
    if (!this.#stopped && this.#deferred.length > 0) this.#writeDeferred()
    this.#stopped = true
    this.#member.stop(reason)
    await this.#writes
  }

  /** Ends this life of the member, whatever it is doing. */
  fail(kind: Failure['kind'], cause: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    const failed = `${kind === 'write' ? 'a write' : 'an assertion'} has failed`
    const reason = `${failed}: ${cause instanceof Error ? cause.message : String(cause)}`
    this.#member.stop(reason)
    this.#ports.failed({ kind, reason })
  }

  #step(from: ReplicaId, message: MemberMessage): void {
    try {
      this.#member.step(from, message)
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error
      this.invalid++
      this.#options.reporter?.dropped('impossible')
      this.#ports.impossible(from)
    }
  }

  #write(ready: MemberReady): void {
    if (this.#mayDefer(ready)) {
      if (this.#deferred.length === 0) this.#deferredMs = this.#options.now()
      this.#deferred.push(ready)
      return
    }
    const deferred = this.#deferred
    this.#deferred = []
    const durable = this.#durable(ready, deferred)
    // After its records: so no crash leaves a checkpoint whose executed set covers a commit that the records lack [H18].
    if (ready.checkpoint !== undefined) this.#writeCheckpoint(ready.checkpoint)
    if (ready.dropCut) this.#after(this.#options.storage.dropCut(), () => {})
    this.#onceWritten(durable, [...deferred, ready])
  }

  /** Nothing waits for it: so it goes with the next that something waits for, and the disk is asked once less. */
  #mayDefer(ready: MemberReady): boolean {
    const { records, floor, compacted, cut, dropCut, checkpoint, awaited } = ready
    if (!this.#options.durable || awaited || floor || compacted || cut || dropCut || checkpoint) return false
    return records.length + this.#deferred.length > 0 && this.#deferred.length < MAX_DEFERRED
  }

  #writeDeferred(): void {
    const deferred = this.#deferred
    this.#deferred = []
    this.#onceWritten(this.#writeBatch(recordsOf(deferred), undefined, false), deferred)
  }

  #onceWritten(durable: Promise<void> | undefined, readies: readonly MemberReady[]): void {
    const written = (): void => {
      for (const ready of readies) this.#written(ready)
    }
    if (durable === undefined && this.#underWay === 0) written()
    else this.#after(durable, written)
  }

  /** What has to be durable before the member is told; undefined: nothing. @param deferred what was to be written before */
  #durable(ready: MemberReady, deferred: readonly MemberReady[]): Promise<void> | undefined {
    const { floor, compacted, cut } = ready
    if (cut !== undefined) {
      const { group, storage } = this.#options
      // It depends on what others have said, as records do.
      const lives = this.#ports.unwritten()
      if (lives !== undefined) this.#after(storage.writeLives(lives), () => {})
      return storage.writeCheckpoint({ group, ...cut }, true)
    }
    // All that there is to remember holds what was deferred, as it is now.
    const records = compacted ? ready.records : recordsOf([...deferred, ready])
    if (records.length === 0 && floor === undefined && !compacted) return undefined
    return this.#writeBatch(records, floor, compacted)
  }

  #writeBatch(
    records: readonly InstanceRecord[],
    floor: FloorRecord | undefined,
    compacted: boolean,
  ): Promise<void> | undefined {
    const { group, incarnation, storage, durable, now, reporter } = this.#options
    const batch = { group, incarnation, records, floor, compacted }
    const startMs = now()
    const write = storage.write(batch, this.#ports.unwritten()).then(() => {
      this.batches++
      reporter?.wrote(now() - startMs)
    })
    if (durable) return write
    write.catch((cause: unknown) => this.fail('write', cause))
    return undefined
  }

  #writeCheckpoint(checkpoint: MemberCheckpoint): void {
    const { group, storage } = this.#options
    this.#after(storage.writeCheckpoint({ group, ...checkpoint }, false), () =>
      this.#member.checkpointWritten(checkpoint),
    )
  }

  /** Writes are started at once; what follows them happens in order, whatever the order in which the promises resolve. */
  #after(write: Promise<void> | undefined, then: () => void): void {
    this.#underWay++
    this.#writes = Promise.all([this.#writes, write]).then(
      () => {
        this.#underWay--
        this.attempt(then)
        this.schedule()
      },
      (cause: unknown) => this.fail('write', cause),
    )
  }

  #written(ready: MemberReady): void {
    this.#member.written(ready)
    if (ready.cut !== undefined) this.#ports.entered(ready.cut.configuration)
    this.#mayLeave(ready.messagesAfterWrite)
  }

  #mayLeave(envelopes: readonly MemberEnvelope[]): void {
    if (envelopes.length > 0) this.#leaving.push(envelopes)
  }

  /** In as few packets as it takes. */
  #send(): void {
    const leaving = this.#leaving
    if (leaving.length === 0) return
    this.#leaving = []
    this.#ports.send(leaving.length === 1 ? (leaving[0] as readonly MemberEnvelope[]) : leaving.flat())
  }
}

/** One behind the other: of two records of one instance the later one counts. */
const recordsOf = (readies: readonly MemberReady[]): readonly InstanceRecord[] =>
  readies.length === 1 ? (readies[0] as MemberReady).records : readies.flatMap(({ records }) => records)
