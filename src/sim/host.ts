import {
  type Command,
  type CoreEvent,
  type Envelope,
  type Executable,
  type GroupId,
  Replica,
  type ReplicaId,
} from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import { Disk } from './disk.js'
import type { Faults } from './faults.js'
import type { Random } from './random.js'

/** What a host tells the world about its replica. */
export interface Watcher {
  sent(host: Host, envelope: Envelope): void
  event(host: Host, event: CoreEvent): void
  applied(host: Host, executable: Executable): void
}

/** One simulated machine: runs a replica over its disk and clock, loses it in a crash, and starts it again. */
export class Host {
  readonly disk: Disk
  /** Counts the lives; a message or a write of an earlier one finds it changed. */
  life = 0
  #replica: Replica | undefined

  constructor(
    readonly id: ReplicaId,
    readonly group: GroupId,
    readonly voters: readonly ReplicaId[],
    readonly agenda: Agenda,
    readonly random: Random,
    public faults: Faults,
    medium: Medium,
    readonly watcher: Watcher,
  ) {
    this.disk = new Disk(agenda, random, medium)
  }

  get replica(): Replica | undefined {
    return this.#replica
  }

  start(): void {
    this.life++
    const { id, group, voters, random } = this
    const epoch = { number: 0, voters }
    const { tuning } = this.faults
    this.#replica = new Replica({ id, group, epoch, random: random.next, restored: this.disk.records, tuning })
    this.#tick(this.life)
  }

  crash(): void {
    this.life++
    this.#replica = undefined
    this.disk.crash()
  }

  propose(command: Command): void {
    this.#replica?.propose(command)
    this.#pump()
  }

  receive(from: ReplicaId, message: Envelope['message']): void {
    this.#replica?.step(from, message)
    this.#pump()
  }

  /** Ticks are uneven, as timers are. */
  #tick(life: number): void {
    if (life !== this.life || this.#replica === undefined) return
    this.#replica.tick(this.agenda.now)
    this.#pump()
    this.agenda.after(this.random.between(10, 40), () => this.#tick(life))
  }

  #pump(): void {
    const { life } = this
    for (;;) {
      const ready = this.#replica?.ready()
      if (ready === undefined) return
      for (const event of ready.events) this.watcher.event(this, event)
      this.#send(ready.messages)
      this.disk.write(ready.records, this.random.between(...this.faults.writeMs), () => {
        if (life !== this.life) return
        this.#replica?.written(ready)
        this.#send(ready.messagesAfterWrite)
        this.#pump()
      })
      for (const executable of ready.executable) this.watcher.applied(this, executable)
      this.#replica?.applied(ready.executable.map(({ instance }) => instance))
    }
  }

  #send(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) this.watcher.sent(this, envelope)
  }
}
