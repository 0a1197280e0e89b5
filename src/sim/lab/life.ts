import {
  type Command,
  type Configuration,
  defaultTuning,
  type Envelope,
  EpaxosError,
  InvalidMessage,
  type Message,
  type Ready,
  type Replica,
  type Span,
} from '../../core/index.js'
import { noise, Random } from '../random.js'
import { Account } from './account.js'
import { inWords, LabRefused } from './refused.js'
import { GROUP, idOf, numberOf, type Scene } from './scene.js'
import type { Batch, Saved, Store } from './store.js'

/** What a life needs of the member whose it is. */
export interface Owner {
  readonly number: number
  readonly scene: Scene
  readonly store: Store
  /** Deeds taken and not proposed yet. */
  readonly waiting: Set<number>
  /** It is in another epoch, or somewhere else in it. */
  stands(): void
  entered(epoch: number): void
  /** The replica has stopped: this life is to end. */
  stopped(reason: string): void
  /** Only a snapshot helps. */
  lost(): void
}

/** So often it looks whether the replica has stopped, or can't help itself any more. */
const LOOK_MS = 500

/** History is dropped up to what is in a checkpoint. */
const CHECKPOINT_MS = 5000

/** One life of one member: a replica of the real core, from its start to its end. Drives it as protocol §6 says. */
export class Life {
  readonly #owner: Owner
  readonly #scene: Scene
  readonly #replica: Replica
  #account: Account
  #over = false
  /** Writes under way. */
  #writing = 0
  #lookAtMs: number
  #checkpointAtMs: number
  /** How far the last checkpoint went. */
  #savedPosition: number

  /**
   * @param nth which life of its member it is
   * @param saved what it begins with, together with the records in the store
   * @throws what the core throws where it can't begin so
   */
  constructor(owner: Owner, nth: number, saved: Saved) {
    const { number, scene, store, waiting } = owner
    const { setup, timetable, recording } = scene
    const { configuration, executed } = saved
    this.#owner = owner
    this.#scene = scene
    this.#replica = new scene.Replica({
      id: idOf(number),
      group: GROUP,
      configuration,
      restored: store.records,
      ...(store.floor && { floor: store.floor }),
      ...(executed && { executed }),
      random: new Random(Math.floor(noise(setup.seed, number, nth) * 2 ** 32)).next,
      tuning: { ...defaultTuning, thrifty: setup.thrifty },
    })
    this.#account = new Account(number, scene, saved, waiting)
    recording.readsBack(store.records.length + sizeOf(saved))
    this.#savedPosition = saved.position
    this.#lookAtMs = timetable.now + LOOK_MS
    this.#checkpointAtMs = timetable.now + CHECKPOINT_MS
    recording.began(configuration.number, configuration.voters.map(numberOf))
    recording.remembers(
      number,
      configuration.number,
      this.#replica.trace(Number.POSITIVE_INFINITY),
      this.#replica.executedSet(),
    )
    this.prefer()
  }

  get configuration(): Configuration {
    return this.#account.configuration
  }

  /** Instances, over all epochs. */
  get executed(): number {
    return this.#account.executed
  }

  /** Who has a snapshot, where only that helps. */
  get lostTo(): number | undefined {
    const { lost } = this.#replica.status()
    return lost && numberOf(lost.from)
  }

  /** The state as it is now. */
  get saved(): Saved {
    return this.#account.saved(this.#replica)
  }

  end(): void {
    this.#over = true
  }

  // What is done to it.

  /** @throws LabRefused where the replica refuses */
  propose(name: string, spans: readonly Span[]): void {
    const { number, waiting } = this.#owner
    const { recording, jury, timetable } = this.#scene
    const deed = recording.deeds.length
    const command: Command = {
      spans,
      payload: new TextEncoder().encode(name),
      session: idOf(number),
      // They only have to differ, and lead back to the deed.
      sequence: deed + 1,
      acknowledged: 0,
      after: [],
    }
    this.#attempt(() => this.#replica.propose(command))
    recording.asked({ name, replica: number, spans, epoch: this.configuration.number })
    jury.proposed(timetable.now, command)
    waiting.add(deed)
    this.#run(() => {})
  }

  /** @throws LabRefused where the replica refuses */
  seal(voters: readonly number[]): void {
    this.#attempt(() => this.#replica.seal({ voters: voters.map(idOf), wireVersion: 1, stateVersion: 1 }))
    this.#run(() => {})
  }

  receive(from: number, message: Message): void {
    this.#account.hears(from, message)
    this.#run(() => {
      try {
        this.#replica.step(idOf(from), message)
      } catch (error) {
        // Somebody else is broken: this replica has taken nothing of it.
        if (!(error instanceof InvalidMessage)) throw error
      }
    })
  }

  tick(): void {
    const { now } = this.#scene.timetable
    this.#run(() => {
      this.#replica.tick(now)
      if (now >= this.#lookAtMs) this.#look(now)
      if (now >= this.#checkpointAtMs) this.#checkpoint(now)
    })
  }

  /** Distances may have changed. */
  prefer(): void {
    const order = this.#scene.preference(this.#owner.number)
    if (order !== undefined) this.#replica.prefer(order.map(idOf))
  }

  /** Makes the state durable that it has begun with. */
  keep(saved: Saved): void {
    this.#write({ ...NOTHING, saved }, () => {})
  }

  /** A snapshot that it was lost without takes the place of its state. @returns whether it may */
  install(saved: Saved): boolean {
    let entered = false
    this.#run(() => {
      entered = this.#enter(saved)
    })
    return entered
  }

  #look(now: number): void {
    this.#lookAtMs = now + LOOK_MS
    const { stopped, lost } = this.#replica.status()
    if (stopped !== undefined) this.#owner.stopped(stopped)
    else if (lost !== undefined) this.#owner.lost()
  }

  #checkpoint(now: number): void {
    this.#checkpointAtMs = now + CHECKPOINT_MS
    const { position } = this.#account
    if (position === this.#savedPosition) return
    this.#savedPosition = position
    const { saved } = this
    this.#write({ ...NOTHING, saved }, () => {
      const { executed, configuration } = saved
      if (executed !== undefined && configuration === this.configuration) this.#replica.checkpointed(executed)
    })
  }

  // What its replica hands out.

  /** @throws LabRefused where the replica refuses */
  #attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof EpaxosError)) this.#owner.stopped(inWords(error))
      throw new LabRefused(inWords(error))
    }
  }

  /** Does it, and all that comes of it. What is broken stops this replica, and nothing else. */
  #run(action: () => void): void {
    if (this.#over) return
    try {
      action()
      while (!this.#over) {
        const ready = this.#replica.ready()
        if (ready === undefined) break
        this.#carryOut(ready)
      }
      if (!this.#over) this.#account.passOver(this.#replica)
    } catch (error) {
      this.#owner.stopped(inWords(error))
    }
  }

  #carryOut(ready: Ready): void {
    const { records, floor, compacted, executable } = ready
    for (const record of records) this.#account.knows(record)
    for (const event of ready.events) {
      const reason = this.#account.heard(this.#replica, event)
      if (reason !== undefined) return this.#owner.stopped(reason)
    }
    this.#send(ready.messages)
    this.#write({ records, floor, compacted, saved: undefined }, () => {
      this.#replica.written(ready)
      this.#send(ready.messagesAfterWrite)
    })
    for (const each of executable) this.#account.execute(each)
    this.#replica.applied(executable.map(({ instance }) => instance))
    const last = executable[executable.length - 1]?.value
    if (last?.kind !== 'seal') return
    // The state is that at the start of the next epoch.
    this.#account.passOver(this.#replica)
    this.#scene.recording.sealed(this.#owner.number, this.configuration.number)
    this.#enter(this.#account.ended(last.next))
  }

  /** @param then once that is durable, and all before it; at once where there is nothing to wait for */
  #write(batch: Batch, then: () => void): void {
    const isEmpty = batch.records.length === 0 && batch.floor === undefined && !batch.compacted && !batch.saved
    if (isEmpty && this.#writing === 0) return then()
    this.#writing++
    this.#scene.timetable.after(this.#scene.setup.writeMs, () => {
      if (this.#over) return
      this.#writing--
      this.#owner.store.keep(batch)
      this.#run(then)
    })
  }

  #send(envelopes: readonly Envelope[]): void {
    for (const { to, message } of envelopes) {
      this.#account.says(message)
      this.#scene.send(this.#owner.number, numberOf(to), message)
    }
  }

  /** Goes on with the state of an epoch. @returns whether it may */
  #enter(saved: Saved): boolean {
    const { number, scene, waiting } = this.#owner
    const { configuration, executed, position } = saved
    const { number: epoch, voters } = configuration
    try {
      this.#replica.enter(configuration, executed)
    } catch (error) {
      if (error instanceof EpaxosError) return false
      throw error
    }
    const isNew = epoch !== this.configuration.number
    this.#account = new Account(number, scene, saved, waiting)
    scene.recording.readsBack(sizeOf(saved))
    this.#savedPosition = position
    scene.recording.began(epoch, voters.map(numberOf))
    this.prefer()
    this.#owner.stands()
    if (isNew) this.#owner.entered(epoch)
    this.#write({ ...NOTHING, saved }, () => {
      if (configuration === this.configuration) this.#replica.entered()
    })
    return true
  }
}

/** What there is to copy of it, and to go through. */
const sizeOf = ({ writers, position, before }: Saved): number => writers.size + position + before

const NOTHING: Batch = { records: [], floor: undefined, compacted: false, saved: undefined }
