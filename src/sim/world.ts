import type {
  Command,
  CoreEvent,
  Envelope,
  Executable,
  InstanceId,
  InstanceRecord,
  Message,
  RecoveryRule,
} from '../core/index.js'
import type { Settled } from '../member/index.js'
import type { Outcome } from '../state/index.js'
import { Agenda } from './agenda.js'
import { Amnesia } from './amnesia.js'
import { bytes, objects } from './bytes.js'
import type { Executed } from './checkers/outcomes.js'
import { Client, type Service, type Surroundings } from './client.js'
import type { Batch } from './disk.js'
import { Ending } from './ending.js'
import { type Faults, healed } from './faults.js'
import type { Call } from './history.js'
import { Host, type Membership, type Watcher } from './host.js'
import { Jury } from './jury.js'
import { Mischief } from './mischief.js'
import { Network } from './network.js'
import { Random } from './random.js'
import { type History, Recorder } from './recorder.js'
import type { Report } from './report.js'
import { type Errand, noErrands, Resident } from './resident.js'
import { drawScene, type Theme } from './themes.js'
import { numbersOf, numbersOfEvent } from './told.js'
import { Trace } from './trace.js'
import { Asks, keysIn, type Workload } from './workload.js'

export interface SimulationOptions {
  /** Names the run: the same options give the same run. */
  readonly seed: number
  /** Voters, 1 … 9. */
  readonly n: number
  /** How long clients make calls and faults happen, in virtual milliseconds. */
  readonly durationMs?: number
  /** Instead of those drawn from the seed. */
  readonly faults?: Faults
  readonly workload?: Workload
  /** Gets every line of the trace. */
  readonly trace?: (line: string) => void
  /** Gets what the clients asked and were answered, at the end, and also where the run has failed. */
  readonly history?: (calls: readonly Call[]) => void
}

/** Runs in which everything goes through the codec. */
const BYTES_SHARE = 0.1
/** A group of real replicas in a world that fails as a seed says. */
export class World implements Watcher, Service {
  readonly #options: SimulationOptions
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #trace: Trace
  readonly #faults: Faults
  readonly #workload: Workload
  readonly #theme: Theme | undefined
  readonly #network: Network<Message>
  readonly #hosts: Host[] = []
  readonly #mischief: Mischief<Host>
  readonly #amnesia: Amnesia
  readonly #ending: Ending
  readonly #jury: Jury
  readonly #recorder: Recorder
  readonly #around: Surroundings
  #client: Faults['client']
  readonly #residents = new Map<Host, Resident>()
  readonly #errands = noErrands()
  readonly #proposedMs = new Map<string, number>()
  readonly #fastMs: ([number, number] | undefined)[]
  readonly #paths: Record<string, number> = {}
  readonly #recoveries: Partial<Record<RecoveryRule, number>> = {}
  readonly #counts = { answered: 0, expired: 0, executed: 0, checkpoints: 0, compactions: 0, noops: 0 }

  constructor(options: SimulationOptions) {
    const { seed, n } = options
    this.#options = options
    this.#random = new Random(seed)
    const scene = drawScene(this.#random, n)
    this.#theme = options.faults || options.workload ? undefined : scene.theme
    this.#faults = options.faults ?? scene.faults
    this.#workload = options.workload ?? scene.workload
    this.#client = this.#faults.client
    this.#trace = new Trace(options.trace)
    const [agenda, random, faults, workload] = [this.#agenda, this.#random, this.#faults, this.#workload]
    const medium = random.chance(BYTES_SHARE) ? bytes : objects
    this.#network = new Network(n, agenda, random, faults, medium.message, (from, to, message) => {
      this.#trace.add(agenda.now, `R${to}`, message.kind, from)
      const sender = this.#hosts[from] as Host
      this.#hosts[to]?.receive(sender.id, message)
    })
    this.#jury = new Jury(keysIn(workload), this.#hosts, () => agenda.now)
    const membership: Membership = {
      group: random.id(),
      configuration: {
        number: 0,
        voters: Array.from({ length: n }, () => random.id()).sort(),
        wireVersion: 1,
        stateVersion: 1,
      },
    }
    const { order, lines } = this.#jury
    const premises = { membership, agenda, random, medium, order, lines, workload, watcher: this }
    for (let slot = 0; slot < n; slot++) this.#hosts.push(new Host(slot, faults, premises))
    this.#mischief = new Mischief(this.#hosts, this.#network, agenda, random, faults, this.#trace)
    this.#amnesia = new Amnesia(this.#hosts, this.#mischief, random)
    this.#ending = new Ending(this.#hosts, this.#mischief, this.#network, agenda, random)
    this.#recorder = new Recorder(agenda, workload.calls)
    this.#fastMs = new Array<undefined>(n).fill(undefined)
    this.#around = {
      agenda,
      random,
      service: this,
      recorder: this.#recorder,
      trace: this.#trace,
      workload,
      asks: new Asks(workload, random),
      answered: (command, outcome, attempts) => {
        if (outcome.kind === 'done' || outcome.kind === 'threw') this.#counts.answered++
        if (outcome.kind === 'expired') this.#counts.expired++
        this.#jury.answered(command, outcome, attempts)
      },
    }
  }

  run(): Report {
    try {
      return this.#run()
    } finally {
      this.#options.history?.(this.#history(false))
    }
  }

  #run(): Report {
    const { durationMs = this.#workload.durationMs } = this.#options
    for (const host of this.#hosts) {
      if (this.#random.chance(this.#workload.residents)) this.#settle(host)
    }
    for (const host of this.#hosts) {
      this.#mischief.start(host)
      this.#housekeeping(host)
    }
    const clients = Array.from({ length: this.#workload.clients }, (_, i) => new Client(i, this.#around))
    for (const client of clients) client.start()
    for (const host of this.#hosts) this.#mischief.afflict(host)
    this.#mischief.begin()
    this.#amnesia.begin(this.#faults.amnesia, durationMs)
    this.#agenda.runUntil(durationMs)
    this.#recorder.close()
    this.#heal()
    this.#ending.run(this.#around)
    const undecided = !this.#jury.conclude(this.#history, this.#workload.accounts)
    return this.#report(undecided)
  }

  #settle(host: Host): void {
    const resident = new Resident(host, this.#around, this.#jury.drafts, this.#errands)
    this.#residents.set(host, resident)
    resident.start()
  }

  readonly #history: History = (narrowed) => this.#recorder.history((number) => this.#jury.cameOf(number), narrowed)

  // What clients do to hosts.

  get voters(): number {
    return this.#hosts.length
  }

  sweeps(voter: number): number {
    return this.#hosts[voter]?.sweeps ?? 0
  }

  submit(voter: number, command: Command, answered: (outcome: Outcome) => void): void {
    const host = this.#hosts[voter] as Host
    this.#travel(() => host.submit(command, (outcome) => this.#travel(() => answered(outcome))))
  }

  /** Between a client and a voter. */
  #travel(arrive: () => void): void {
    const { delayMs, slowMs, jitterMs, loss } = this.#client
    if (!this.#random.chance(loss)) this.#agenda.after(delayMs + slowMs + jitterMs * this.#random.next(), arrive)
  }

  // What hosts tell.

  proposed(_host: Host, id: InstanceId): void {
    this.#proposedMs.set(`${id.slot}.${id.number}`, this.#agenda.now)
  }

  sent(host: Host, { to, message }: Envelope): void {
    const slot = host.membership.configuration.voters.indexOf(to)
    this.#trace.add(this.#agenda.now, host.name, `sends ${message.kind}`, slot, ...numbersOf(message))
    this.#jury.sent(host, message)
    this.#network.send(host.slot, slot, message)
    this.#mischief.sent(host, message.kind, 'instance' in message && message.instance.slot === host.slot)
  }

  event(host: Host, event: CoreEvent): void {
    this.#trace.add(this.#agenda.now, host.name, event.kind, ...numbersOfEvent(event))
    this.#jury.event(host, event)
    if (event.kind === 'recovery') this.#recoveries[event.rule] = (this.#recoveries[event.rule] ?? 0) + 1
    if (event.kind !== 'committed' || event.path === 'told') return
    this.#paths[event.path] = (this.#paths[event.path] ?? 0) + 1
    if (event.value.kind === 'noop') this.#counts.noops++
    if (event.path === 'fast') this.#fast(event.instance)
  }

  executed(host: Host, executable: Executable, outcomes: readonly Executed[]): void {
    const { slot, number } = executable.instance
    this.#trace.add(this.#agenda.now, host.name, 'executes', slot, number)
    this.#counts.executed += outcomes.length
    this.#jury.executed(host, executable, outcomes)
  }

  wrote(host: Host, stage: 'write' | 'written'): void {
    this.#trace.add(this.#agenda.now, host.name, stage)
    this.#mischief.wrote(host, stage)
  }

  fails(host: Host): boolean {
    return this.#mischief.fails(host)
  }

  failed(host: Host): void {
    this.#mischief.failed(host)
  }

  kept(host: Host, batch: Batch, gone: readonly InstanceRecord[]): void {
    if (batch.compacted) {
      this.#counts.compactions++
      this.#trace.add(this.#agenda.now, host.name, 'compacts', gone.length)
    }
    this.#jury.kept(host, batch, gone)
  }

  // What becomes of drafts.

  began(host: Host, drafts: readonly string[]): void {
    this.#jury.drafts.began(host.name, host.life)
    this.#residents.get(host)?.restarted(drafts)
  }

  draftKept(_host: Host, id: string): void {
    this.#jury.drafts.kept(Number.parseInt(id, 16))
  }

  settled(host: Host, settled: Settled): void {
    const { kind } = settled.answer
    if (kind === 'done' || kind === 'threw') this.#counts.answered++
    this.#residents.get(host)?.settled(settled)
  }

  errand(what: Errand): void {
    this.#errands[what]++
  }

  // What happens by itself.

  /** Sweeps, checkpoints and preferences, as the runtime around a replica sees to them. */
  #housekeeping(host: Host): void {
    const { sweepEveryMs, checkpointEveryMs, preferEveryMs } = this.#workload
    const every = (ms: number, what: () => void): void => {
      this.#agenda.after(ms * (0.5 + this.#random.next()), () => {
        if (!this.#recorder.open) return
        what()
        every(ms, what)
      })
    }
    every(sweepEveryMs, () => host.sweep())
    every(checkpointEveryMs, () => {
      if (host.checkpoint()) this.#counts.checkpoints++
    })
    if (this.#faults.tuning.thrifty) {
      every(preferEveryMs, () => host.prefer(this.#random.sample(host.membership.configuration.voters, this.voters)))
    }
  }

  /** Nothing else goes wrong from now on. What is late, or away, stays so. */
  #heal(): void {
    this.#mischief.stop()
    const calm = healed(this.#faults)
    this.#client = calm.client
    this.#network.faults = calm
    this.#network.heal()
    for (const host of this.#hosts) host.faults = calm
  }

  #fast({ slot, number }: InstanceId): void {
    const proposedMs = this.#proposedMs.get(`${slot}.${number}`)
    if (proposedMs === undefined) return
    const tookMs = this.#agenda.now - proposedMs
    const [least, most] = this.#fastMs[slot] ?? [tookMs, tookMs]
    this.#fastMs[slot] = [Math.min(least, tookMs), Math.max(most, tookMs)]
  }

  #report(undecided: boolean): Report {
    const { seed, n } = this.#options
    return {
      seed,
      n,
      theme: this.#theme,
      calls: this.#recorder.length,
      unanswered: this.#recorder.unanswered - this.#counts.expired,
      ...this.#counts,
      sweeps: Math.max(...this.#hosts.map(({ sweeps }) => sweeps)),
      errands: this.#errands,
      messages: this.#network.sent,
      fates: this.#network.fates,
      mishaps: { ...this.#mischief.counts, 'stranger refused': this.#amnesia.refusals },
      lostWrites: this.#hosts.reduce((sum, { disk }) => sum + disk.lost, 0),
      paths: this.#paths,
      recoveries: this.#recoveries,
      fastMs: this.#fastMs,
      lagMs: this.#ending.lagMs,
      undecided,
      trace: this.#trace.hash,
    }
  }
}
