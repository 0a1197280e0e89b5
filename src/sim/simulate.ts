import type { Command, CoreEvent, Envelope, Executable, InstanceId, ReplicaId } from '../core/index.js'
import { Agenda } from './agenda.js'
import { bytes, objects } from './bytes.js'
import { Agreement, checkAnswered, checkDurable, checkOrder, checkVisibility, Journal, Violation } from './checkers.js'
import { drawFaults, type Faults, noFaults } from './faults.js'
import { Host, type Watcher } from './host.js'
import { Network } from './network.js'
import { Random } from './random.js'
import { Client, drawWorkload, type Workload } from './workload.js'

export interface SimulationOptions {
  /** Names the run: the same options give the same run. */
  readonly seed: number
  /** Voters, 1 … 9. */
  readonly n: number
  /** How long proposals and faults go on, in virtual milliseconds. */
  readonly durationMs?: number
  /** Instead of those drawn from the seed. */
  readonly faults?: Faults
  readonly workload?: Workload
}

/** What a run without a violation did. */
export interface Report {
  readonly seed: number
  readonly n: number
  /** Commands proposed, answered to their proposer, and proposed by lives that ended before the answer. */
  readonly proposed: number
  readonly answered: number
  readonly orphaned: number
  /** Messages sent, by kind. */
  readonly messages: Readonly<Record<string, number>>
  readonly crashes: number
  readonly noops: number
  /** Commits by how they were first reached. */
  readonly paths: Readonly<Record<string, number>>
  /** Virtual milliseconds from the end of the faults until everything was executed everywhere. */
  readonly settledMs: number
}

/** Runs in which everything goes through the codec. */
const BYTES_SHARE = 0.1
/** Once all faults are over, everything must be executed everywhere within this virtual time. */
const SETTLE_MS = 120_000

/**
 * Runs a group of real replicas in a world that fails as the seed says, lets it recover, and checks everything.
 * @throws SimulationFailed, whose message says how to run it again
 */
export const simulate = (options: SimulationOptions): Report => {
  try {
    return new World(options).run()
  } catch (cause) {
    throw new SimulationFailed(options, cause)
  }
}

/** A run has found a fault: its cause is a `Violation`, or an assertion of the replica itself. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
  constructor({ seed, n }: SimulationOptions, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(`${what}\nreplay: npm run sim -- --seed ${seed} --n ${n}`, { cause })
  }
}

class World implements Watcher {
  readonly #options: Required<Pick<SimulationOptions, 'durationMs'>> & SimulationOptions
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #faults: Faults
  readonly #workload: Workload
  readonly #network: Network
  readonly #hosts: Host[]
  readonly #agreement = new Agreement()
  /** The journal of each host's present life, and all there ever were. */
  readonly #journals = new Map<ReplicaId, Journal>()
  readonly #allJournals: Journal[] = []
  /** Proposed by each host's present life, and not executed by it yet. */
  readonly #open = new Map<ReplicaId, Map<string, Command>>()
  readonly #answered: Command[] = []
  readonly #paths: Record<string, number> = {}
  #proposed = 0
  #orphaned = 0
  #crashes = 0
  #noops = 0

  constructor(options: SimulationOptions) {
    this.#options = { durationMs: 4000, ...options }
    this.#random = new Random(options.seed)
    const f = Math.floor((options.n - 1) / 2)
    this.#faults = options.faults ?? drawFaults(this.#random, f)
    this.#workload = options.workload ?? drawWorkload(this.#random)
    const agenda = this.#agenda
    const medium = this.#random.chance(BYTES_SHARE) ? bytes : objects
    this.#network = new Network(agenda, this.#random, this.#faults, medium, (from, to, message) =>
      this.#host(to).receive(from, message),
    )
    const voters = Array.from({ length: options.n }, () => this.#random.id()).sort()
    const group = this.#random.id()
    this.#hosts = voters.map((id) => new Host(id, group, voters, agenda, this.#random, this.#faults, medium, this))
  }

  run(): Report {
    const { seed, n, durationMs } = this.#options
    for (const host of this.#hosts) {
      this.#start(host)
      this.#propose(host, new Client(this.#workload, this.#random))
      this.#crash(host)
    }
    this.#cut()
    this.#agenda.runUntil(durationMs)
    const settledMs = this.#settle()
    this.#check()
    return {
      seed,
      n,
      proposed: this.#proposed,
      answered: this.#answered.length,
      orphaned: this.#orphaned,
      messages: this.#network.sent,
      crashes: this.#crashes,
      noops: this.#noops,
      paths: this.#paths,
      settledMs,
    }
  }

  // What hosts tell.

  sent(host: Host, envelope: Envelope): void {
    checkDurable(this.#hosts.indexOf(host), envelope, (slot, number) => host.disk.find(slot, number))
    this.#network.send(host.id, envelope.to, envelope.message)
  }

  event(host: Host, event: CoreEvent): void {
    if (event.kind === 'disagreement') {
      throw new Violation('agreement', `${host.id} was told another commit of ${JSON.stringify(event.instance)}`)
    }
    if (event.kind !== 'committed') return
    this.#agree(host, event.instance)
    if (event.path === 'told') return
    this.#paths[event.path] = (this.#paths[event.path] ?? 0) + 1
    if (event.value.kind === 'noop') this.#noops++
  }

  applied(host: Host, executable: Executable): void {
    this.#journal(host).executed(executable)
    const open = this.#openOf(host)
    for (const command of executable.value.commands) {
      if (open.delete(`${command.session}/${command.sequence}`)) this.#answered.push(command)
    }
  }

  // What happens to them.

  #start(host: Host): void {
    const journal = new Journal(`replica ${this.#hosts.indexOf(host)} in life ${host.life + 1}`)
    this.#journals.set(host.id, journal)
    this.#allJournals.push(journal)
    this.#open.set(host.id, new Map())
    host.start()
  }

  #propose(host: Host, client: Client): void {
    const { rate } = this.#workload
    this.#agenda.after(this.#random.between(0, 2000 / rate), () => {
      if (this.#over) return
      if (host.replica !== undefined) {
        const command = client.next()
        this.#proposed++
        this.#openOf(host).set(`${command.session}/${command.sequence}`, command)
        host.propose(command)
      }
      this.#propose(host, client)
    })
  }

  #crash(host: Host): void {
    const { crashes, downMs, maxDown } = this.#faults
    if (crashes === 0) return
    this.#agenda.after(this.#random.between(0, 2000 / crashes), () => {
      if (this.#over) return
      const down = this.#hosts.filter(({ replica }) => replica === undefined).length
      if (host.replica !== undefined && down < maxDown) {
        this.#crashes++
        this.#orphaned += this.#openOf(host).size
        host.crash()
        this.#agenda.after(this.#random.between(...downMs), () => {
          if (host.replica === undefined) this.#start(host)
        })
      }
      this.#crash(host)
    })
  }

  #cut(): void {
    const { cuts, cutMs } = this.#faults
    if (cuts === 0 || this.#hosts.length < 2) return
    this.#agenda.after(this.#random.between(0, 2000 / cuts), () => {
      if (this.#over) return
      const a = this.#random.pick(this.#hosts)
      const b = this.#random.pick(this.#hosts.filter((host) => host !== a))
      this.#network.cut(a.id, b.id, this.#random.between(...cutMs))
      this.#cut()
    })
  }

  /** All faults end; everybody is back; then everything has to be executed everywhere. */
  #settle(): number {
    const healedAt = this.#agenda.now
    const calm = { ...noFaults, tuning: this.#faults.tuning }
    this.#network.faults = calm
    this.#network.heal()
    for (const host of this.#hosts) {
      host.faults = calm
      if (host.replica === undefined) this.#start(host)
    }
    while (!this.#settled()) {
      if (this.#agenda.now - healedAt > SETTLE_MS) throw new Violation('progress', this.#stuck())
      this.#agenda.runUntil(this.#agenda.now + 50)
    }
    return this.#agenda.now - healedAt
  }

  /** Nothing is open, and all replicas have executed equally far in every row. */
  #settled(): boolean {
    const [first, ...others] = this.#hosts.map(({ replica }) => replica?.status())
    return (
      [...this.#open.values()].every((open) => open.size === 0) &&
      first?.behind === 0 &&
      `${first.executed}` === `${first.committed}` &&
      others.every((other) => `${other?.executed}` === `${first.executed}` && other?.behind === 0)
    )
  }

  #stuck(): string {
    const states = this.#hosts.map(({ id, replica }) => {
      const status = replica?.status()
      return `committed ${status?.committed} executed ${status?.executed} open ${this.#open.get(id)?.size}`
    })
    return `not settled ${SETTLE_MS} virtual ms after the last fault: ${states.join(' | ')}`
  }

  /** Holds what this host has for an instance against what all have said of it. */
  #agree(host: Host, id: InstanceId): void {
    const commit = host.replica?.commitOf(id)
    if (commit === undefined) throw new Violation('agreement', `a commit of ${JSON.stringify(id)} is gone again`)
    this.#agreement.committed(id, commit.value, commit.deps)
  }

  #check(): void {
    // Also what was read back from a disk, of which no event tells.
    for (const host of this.#hosts) for (const { id } of this.#agreement.commits) this.#agree(host, id)
    checkVisibility(this.#agreement)
    checkOrder(this.#allJournals)
    checkAnswered(this.#answered, [...this.#journals.values()])
  }

  get #over(): boolean {
    return this.#agenda.now >= this.#options.durationMs
  }

  #host(id: ReplicaId): Host {
    return this.#hosts.find((host) => host.id === id) as Host
  }

  #journal(host: Host): Journal {
    return this.#journals.get(host.id) as Journal
  }

  #openOf(host: Host): Map<string, Command> {
    return this.#open.get(host.id) as Map<string, Command>
  }
}
