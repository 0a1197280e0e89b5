import { ballotOf } from '../../core/index.js'
import type { Agenda } from '../agenda.js'
import type { Decided, LogCommand, LogEntry, LogEnvelope, LogMessage } from './message.js'
import type { LogRecord } from './ready.js'
import { LogReplica } from './replica.js'

/** Timers are this fine; in a hidden tab once a second. */
const TICK_MS = 50
const HIDDEN_TICK_MS = 1000

/** What a machine tells the world. */
export interface LogPorts {
  send(from: number, to: number, message: LogMessage): void
  committed(at: number, decided: Decided): void
  executed(at: number, command: LogCommand): void
}

export interface LogPremises {
  readonly agenda: Pick<Agenda, 'now' | 'after'>
  readonly ports: LogPorts
  readonly voters: number
  /** Who leads first. */
  readonly leader: number
  /** What it takes to make a write durable. */
  readonly writeMs: number
}

/** A machine with a disk that runs a replica of the log, loses it in a crash, and starts it again. */
export class LogMachine {
  readonly #premises: LogPremises
  #replica: LogReplica | undefined
  readonly #entries = new Map<number, LogEntry>()
  #promised: number
  /** A write or a tick of an earlier life finds it changed. */
  #life = 0
  /** Names the chain of ticks that goes on. */
  #ticks = 0
  #tickMs = TICK_MS
  #isWiped = false

  constructor(
    readonly slot: number,
    premises: LogPremises,
  ) {
    this.#premises = premises
    this.#promised = ballotOf(0, premises.leader)
    this.#run(undefined)
  }

  /** Undefined while it is down. */
  get replica(): LogReplica | undefined {
    return this.#replica
  }

  /** The power goes, and what was being written is lost. */
  crash(): void {
    this.#life++
    this.#ticks++
    this.#replica = undefined
    this.#tickMs = TICK_MS
  }

  /** Crashes, and never comes back: without its disk it does not know what it has promised. */
  wipe(): void {
    this.crash()
    this.#isWiped = true
  }

  restart(): void {
    if (this.#replica !== undefined || this.#isWiped) return
    this.#run({ promised: this.#promised, entries: [...this.#entries.values()] })
  }

  setHidden(hidden: boolean): void {
    if (this.#replica === undefined) return
    this.#tickMs = hidden ? HIDDEN_TICK_MS : TICK_MS
    // Who comes back to the page is served at once.
    this.#tick(++this.#ticks)
  }

  /** While it is down nothing comes of that. */
  propose(command: LogCommand): void {
    this.#replica?.propose(command)
    this.#pump()
  }

  receive(from: number, message: LogMessage): void {
    this.#replica?.step(from, message)
    this.#pump()
  }

  #run(restored: LogRecord | undefined): void {
    const { agenda, voters, leader } = this.#premises
    this.#replica = new LogReplica({ self: this.slot, voters, leader, restored, nowMs: agenda.now })
    this.#tick(++this.#ticks)
  }

  #tick(chain: number): void {
    if (chain !== this.#ticks) return
    const { agenda } = this.#premises
    this.#replica?.tick(agenda.now)
    this.#pump()
    agenda.after(this.#tickMs, () => this.#tick(chain))
  }

  #pump(): void {
    const { ports } = this.#premises
    for (let ready = this.#replica?.ready(); ready !== undefined; ready = this.#replica?.ready()) {
      this.#send(ready.messages)
      this.#write(ready.record, ready.messagesAfterWrite)
      for (const decided of ready.committed) ports.committed(this.slot, decided)
      for (const command of ready.executed) ports.executed(this.slot, command)
    }
  }

  /** Writes take equally long, so that they become durable in order; messages wait also for earlier ones. */
  #write(record: LogRecord | undefined, then: readonly LogEnvelope[]): void {
    if (record === undefined && then.length === 0) return
    const life = this.#life
    this.#premises.agenda.after(this.#premises.writeMs, () => {
      if (life !== this.#life) return
      if (record !== undefined) this.#keep(record)
      this.#send(then)
    })
  }

  #keep({ promised, entries }: LogRecord): void {
    this.#promised = promised
    for (const entry of entries) this.#entries.set(entry.index, entry)
  }

  #send(envelopes: readonly LogEnvelope[]): void {
    for (const { to, message } of envelopes) {
      if (to === this.slot) this.receive(to, message)
      else this.#premises.ports.send(this.slot, to, message)
    }
  }
}
