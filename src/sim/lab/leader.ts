import { LogMachine } from '../multi-paxos/machine.js'
import type { Decided, LogCommand, LogMessage } from '../multi-paxos/message.js'
import { writesOf } from './burst.js'
import type { Deed, LabAction, LabSetup } from './contract.js'
import { Net } from './net.js'
import { bestLeader, type Distances, fastPathMs } from './optimum.js'
import { Timetable } from './timetable.js'

type OpenDeed = { -readonly [K in keyof Deed]: Deed[K] }

/**
 * What a log with a leader (Multi-Paxos) does with the same commands, at the same places and times, over the same network
 * and disks. The first voters keep it: who joins has no part in it, and it has no epochs. What is done to single messages
 * does not apply, for its messages are others. What it writes it writes while it asks, as such logs do: one write is on the
 * way of a command, where the core has three.
 */
export class LeaderWorld {
  readonly setup: LabSetup
  /** Who leads first. */
  readonly leader: number
  readonly #timetable = new Timetable()
  readonly #net: Net<LogMessage>
  readonly #machines: readonly LogMachine[]
  /** A command's sequence is its place here, from 1. */
  readonly #deeds: OpenDeed[] = []
  /** Commands of bursts, those still to come included. */
  #burstWrites = 0

  /** @param leader who leads first; undefined: who serves all best, from where they are at the beginning */
  constructor(setup: LabSetup, leader?: number) {
    this.setup = setup
    this.#net = new Net(setup, this.#timetable, ({ from, to, content }, lost) => {
      if (!lost) this.#machines[to]?.receive(from, content)
    })
    this.leader = leader ?? bestLeader(this.around)
    const premises = {
      agenda: this.#timetable,
      ports: {
        send: (from: number, to: number, message: LogMessage) => {
          this.#net.send(from, to, () => message)
        },
        committed: (at: number, decided: Decided) => this.#committed(at, decided),
        executed: (at: number, command: LogCommand) => this.#executed(at, command),
      },
      voters: setup.voters,
      leader: this.leader,
      writeMs: setup.writeMs,
    }
    this.#machines = Array.from({ length: setup.voters }, (_, slot) => new LogMachine(slot, premises))
  }

  get nowMs(): number {
    return this.#timetable.now
  }

  /** In the order in which they were proposed. Of an instance, the slot is the leader's, and the number is the index in the log. */
  get deeds(): readonly Deed[] {
    return this.#deeds
  }

  /** Who leads now; undefined while nobody does. */
  get leads(): number | undefined {
    let highest: { readonly slot: number; readonly ballot: number } | undefined
    for (const { slot, replica } of this.#machines) {
      const ballot = replica?.leadsAt
      if (ballot !== undefined && ballot > (highest?.ballot ?? -1)) highest = { slot, ballot }
    }
    return highest?.slot
  }

  /** How far apart they are now. */
  get around(): Distances {
    const { voters, writeMs } = this.setup
    const roundTrip = (from: number, to: number): number => this.#net.wayMs(from, to) + this.#net.wayMs(to, from)
    return { voters, writeMs, roundTrip }
  }

  /** What the leaderless group needs at best for a command of one of its first voters, from where they are now. */
  leaderlessMs(replica: number): number {
    return fastPathMs(replica, this.around)
  }

  /** Everything that is due by then happens. */
  runUntil(ms: number): void {
    this.#timetable.runUntil(ms)
  }

  /** Now. What it has no part in it ignores. */
  act(action: LabAction): void {
    switch (action.kind) {
      case 'propose':
        return this.#propose(action.replica, action)
      case 'burst':
        return this.#burst(action)
      case 'cut':
        return this.#net.cut(action.sides)
      case 'heal':
        return this.#net.cut(undefined)
      case 'move':
        return this.#net.place(action.replica, action.city)
      case 'crash':
        return this.#machines[action.replica]?.crash()
      case 'restart':
        return this.#machines[action.replica]?.restart()
      case 'wipe':
        return this.#machines[action.replica]?.wipe()
      case 'hide':
      case 'show':
        return this.#machines[action.replica]?.setHidden(action.kind === 'hide')
    }
  }

  #burst(burst: Extract<LabAction, { readonly kind: 'burst' }>): void {
    const writes = writesOf(burst, this.setup.seed, this.nowMs, this.#burstWrites)
    this.#burstWrites += writes.length
    for (const write of writes) {
      const propose = (): void => this.#propose(write.replica, write)
      if (write.atMs <= this.nowMs) propose()
      else this.#timetable.at(write.atMs, propose)
    }
  }

  #propose(replica: number, { name, spans }: Pick<Deed, 'name' | 'spans'>): void {
    const machine = this.#machines[replica]
    const refused = machine === undefined ? 'it has no part in this log' : machine.replica ? undefined : 'it is down'
    this.#deeds.push({
      name,
      replica,
      spans,
      proposedMs: this.nowMs,
      epoch: 0,
      instance: undefined,
      committedMs: undefined,
      executedMs: undefined,
      path: undefined,
      refused,
    })
    if (refused === undefined) machine?.propose({ replica, sequence: this.#deeds.length })
  }

  #committed(at: number, { index, value }: Decided): void {
    const deed = value === 'no-op' || value.replica !== at ? undefined : this.#deeds[value.sequence - 1]
    if (deed === undefined || deed.committedMs !== undefined) return
    deed.instance = { slot: this.#machines[at]?.replica?.leader ?? this.leader, number: index }
    deed.committedMs = this.nowMs
    deed.path = 'told'
  }

  #executed(at: number, { replica, sequence }: LogCommand): void {
    const deed = replica === at ? this.#deeds[sequence - 1] : undefined
    // Who restarts executes anew what it has in its log.
    if (deed !== undefined) deed.executedMs ??= this.nowMs
  }
}
