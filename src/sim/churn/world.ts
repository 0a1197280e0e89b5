import type { Command, Configuration, InstanceRecord, ReplicaId } from '../../core/index.js'
import { autopilot, type Applied as Execution, type MemberReady, type Settled } from '../../member/index.js'
import { ExactlyOnce, type Outcome } from '../../state/index.js'
import { Agenda } from '../agenda.js'
import { bytes, objects } from '../bytes.js'
import { Client, type Service, type Surroundings } from '../client.js'
import type { Batch } from '../disk.js'
import { type Faults, healed } from '../faults.js'
import type { Call } from '../history.js'
import { Mischief } from '../mischief.js'
import { Network } from '../network.js'
import { Random } from '../random.js'
import { type History, Recorder } from '../recorder.js'
import { type Errand, noErrands, Resident } from '../resident.js'
import { numbersOf, numbersOfEvent } from '../told.js'
import { Trace } from '../trace.js'
import { Asks, keysIn } from '../workload.js'
import { chaos, watched } from './chaos.js'
import { Configurations } from './configurations.js'
import { type ChurnScene, drawChurn } from './draw.js'
import { ChurnEnding } from './ending.js'
import { type Identity, MemberHost, type MemberWatcher, type Premises } from './host.js'
import { ChurnJury } from './jury.js'
import type { Mail } from './mail.js'
import { NEW_CODE, OLD_CODE, Population } from './population.js'
import type { ChurnReport } from './report.js'
import { plain, Versioned } from './versioned.js'

export interface ChurnOptions {
  /** Names the run: the same seed gives the same run. */
  readonly seed: number
  /** Gets every line of the trace. */
  readonly trace?: (line: string) => void
  /** Gets what the clients asked and were answered, at the end, and also where the run has failed. */
  readonly history?: (calls: readonly Call[]) => void
}

/** Runs in which everything goes through the codec. */
const BYTES_SHARE = 0.1
/** Members that there ever are in a run, at most. */
const MOST_MEMBERS = 64

/** A group of real members that is founded by one, and lives as a seed says. */
export class ChurnWorld implements MemberWatcher, Service {
  readonly #options: ChurnOptions
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #trace: Trace
  readonly #scene: ChurnScene
  readonly #premises: Premises
  readonly #network: Network<Mail>
  readonly #hosts: MemberHost[] = []
  readonly #byId = new Map<ReplicaId, MemberHost>()
  readonly #residents = new Map<MemberHost, Resident>()
  readonly #errands = noErrands()
  readonly #configurations: Configurations
  readonly #mischief: Mischief<MemberHost>
  readonly #population: Population
  readonly #jury: ChurnJury
  readonly #recorder: Recorder
  readonly #around: Surroundings
  readonly #founder: MemberHost
  #faults: Faults
  /** By member: who has sent it a chunk last. */
  readonly #servers = new Map<ReplicaId, MemberHost>()
  readonly #counts = { answered: 0, expired: 0, executed: 0 }
  readonly #life = { 'snapshots installed': 0, 'snapshots resumed': 0, compactions: 0, checkpoints: 0 }

  constructor(options: ChurnOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#scene = drawChurn(this.#random)
    this.#trace = new Trace(options.trace)
    const [agenda, random, { faults, workload, plan }] = [this.#agenda, this.#random, this.#scene]
    this.#faults = faults
    const medium = random.chance(BYTES_SHARE) ? bytes : objects
    const carried = (mail: Mail): Mail => (mail.kind === 'greeting' ? mail : medium.message(mail))
    this.#network = new Network(MOST_MEMBERS, agenda, random, this.#placed(faults), carried, (from, to, mail) => {
      this.#trace.add(agenda.now, `M${to}`, mail.kind, from)
      const sender = this.#hosts[from] as MemberHost
      if (!this.#hosts[to]?.lost) this.#hosts[to]?.receive(sender.id, mail)
    })
    const founding = this.#founding()
    this.#configurations = new Configurations(founding)
    this.#jury = new ChurnJury(keysIn(workload), this.#configurations, this.#byId, () => agenda.now)
    this.#mischief = new Mischief(this.#hosts, this.#network, agenda, random, faults, this.#trace)
    const { graceMs, memoryVoters } = plan
    const policy = plan.policy === 'chaos' ? chaos(random, plan.chaos) : autopilot({ graceMs, memoryVoters })
    this.#premises = {
      group: random.id(),
      agenda,
      random,
      medium,
      order: this.#jury.order,
      lines: this.#jury.lines,
      policy: watched(
        () => this.#mischief.over,
        (next) => this.#configurations.decided(next),
        policy,
      ),
      workload,
      checkpointCommands: plan.checkpointCommands,
      fillerBytes: plan.fillerBytes,
      watcher: this,
    }
    const born = (identity: Identity, versions: readonly [number, number]) => this.#born(identity, versions)
    this.#population = new Population(this.#hosts, this.#mischief, this.#configurations, random, plan, born)
    this.#recorder = new Recorder(agenda, workload.calls)
    this.#around = {
      agenda,
      random,
      service: this,
      recorder: this.#recorder,
      trace: this.#trace,
      workload,
      asks: new Asks(workload, random),
      answered: (command, outcome) => {
        if (outcome.kind === 'done' || outcome.kind === 'threw') this.#counts.answered++
        if (outcome.kind === 'expired') this.#counts.expired++
        this.#jury.answered(command, outcome)
      },
    }
    this.#founder = this.#found(founding)
  }

  run(): ChurnReport {
    try {
      return this.#run()
    } finally {
      this.#options.history?.(this.#history(false))
    }
  }

  #run(): ChurnReport {
    const { workload } = this.#scene
    this.#mischief.start(this.#founder)
    this.#mischief.begin()
    this.#population.begin(this.#founder)
    const clients = Array.from({ length: workload.clients }, (_, i) => new Client(i, this.#around))
    for (const client of clients) client.start()
    this.#agenda.runUntil(workload.durationMs)
    this.#recorder.close()
    this.#heal()
    const ending = new ChurnEnding(this.#population, this.#configurations, this.#mischief, this.#agenda, this.#random)
    const present = ending.run(this.#around)
    const undecided = !this.#jury.conclude(this.#history, workload.accounts, present)
    return this.#report(undecided, ending.lagMs)
  }

  readonly #history: History = (narrowed) => this.#recorder.history((number) => this.#jury.cameOf(number), narrowed)

  // What clients do to members: they name places.

  get voters(): number {
    return this.#scene.plan.places
  }

  sweeps(place: number): number {
    return this.#population.at(place)?.sweeps ?? 0
  }

  submit(place: number, command: Command, answered: (outcome: Outcome) => void): void {
    const reply = (outcome: Outcome): void => this.#travel(() => answered(plain(outcome)))
    this.#travel(() => this.#population.at(place)?.submit(command, reply))
  }

  #travel(arrive: () => void): void {
    const { delayMs, slowMs, jitterMs, loss } = this.#faults.client
    if (!this.#random.chance(loss)) this.#agenda.after(delayMs + slowMs + jitterMs * this.#random.next(), arrive)
  }

  // What members tell.

  sent(host: MemberHost, to: ReplicaId, mail: Mail): void {
    const receiver = this.#byId.get(to)
    const message = 'epoch' in mail && mail.kind !== 'digest' ? mail : undefined
    const numbers = message === undefined ? [] : [message.epoch, ...numbersOf(message)]
    this.#trace.add(this.#agenda.now, host.name, `sends ${mail.kind}`, receiver?.slot ?? -1, ...numbers)
    if (message !== undefined) this.#jury.sent(host, message)
    if (mail.kind === 'chunk') this.#servers.set(to, host)
    if (receiver !== undefined) this.#network.send(host.slot, receiver.slot, mail)
    const own =
      message !== undefined &&
      'instance' in message &&
      this.#configurations.at(message.epoch)?.voters[message.instance.slot] === host.id
    this.#mischief.sent(host, mail.kind, own)
  }

  event(host: MemberHost, epoch: number, event: MemberReady['events'][number], ready: MemberReady): void {
    if (event.kind === 'installed') {
      this.#life['snapshots installed']++
      if (event.resumed) this.#life['snapshots resumed']++
      this.#trace.add(this.#agenda.now, host.name, 'installs', event.configuration.number)
    } else if (event.kind === 'epoch')
      this.#trace.add(this.#agenda.now, host.name, 'enters', event.configuration.number)
    else if (event.kind !== 'diverged')
      this.#trace.add(this.#agenda.now, host.name, event.kind, epoch, ...numbersOfEvent(event))
    this.#jury.event(host, epoch, event, ready)
  }

  executed(host: MemberHost, execution: Execution): void {
    const { epoch, executable, outcomes } = execution
    const { slot, number } = executable.instance
    this.#trace.add(this.#agenda.now, host.name, `executes ${executable.value.kind}`, epoch, slot, number)
    this.#counts.executed += outcomes.length
    this.#jury.executed(host, execution)
  }

  wrote(host: MemberHost, stage: 'write' | 'written'): void {
    this.#trace.add(this.#agenda.now, host.name, stage)
    this.#mischief.wrote(host, stage)
  }

  fails(host: MemberHost): boolean {
    return this.#mischief.fails(host)
  }

  failed(host: MemberHost): void {
    this.#mischief.failed(host)
  }

  kept(host: MemberHost, batch: Batch, gone: readonly InstanceRecord[]): void {
    if (batch.compacted) {
      this.#life.compactions++
      this.#trace.add(this.#agenda.now, host.name, 'compacts', gone.length)
    }
    if (batch.checkpoint !== undefined) {
      this.#life.checkpoints++
      this.#trace.add(
        this.#agenda.now,
        host.name,
        batch.cut ? 'cut' : 'checkpoint',
        batch.checkpoint.configuration.number,
      )
    }
    this.#jury.kept(host, batch, gone)
  }

  falls(host: MemberHost): void {
    if (host.status?.snapshot !== undefined) this.#population.cutOff(host)
    for (const [id, server] of this.#servers) {
      const receiver = this.#byId.get(id)
      if (server === host && receiver?.status?.snapshot !== undefined) this.#population.cutOff(receiver)
    }
  }

  // What becomes of drafts.

  began(host: MemberHost, drafts: readonly string[]): void {
    this.#jury.drafts.began(host.name, host.life)
    this.#residents.get(host)?.restarted(drafts)
  }

  draftKept(_host: MemberHost, id: string): void {
    this.#jury.drafts.kept(Number.parseInt(id, 16))
  }

  settled(host: MemberHost, settled: Settled): void {
    const { kind } = settled.answer
    if (kind === 'done' || kind === 'threw') this.#counts.answered++
    this.#residents.get(host)?.settled(settled)
  }

  errand(what: Errand): void {
    this.#errands[what]++
  }

  // How it begins and ends.

  #founding(): Configuration {
    return { number: 0, voters: [this.#random.id()], wireVersion: 1, stateVersion: 1 }
  }

  /** The first member has written down the empty state before it does anything else. */
  #found(configuration: Configuration): MemberHost {
    const { fillerBytes, oldCode } = this.#scene.plan
    const [id = ''] = configuration.voters
    const old = this.#random.chance(oldCode)
    const founder = this.#born({ id, place: 0, durable: true, bornMs: 0 }, old ? OLD_CODE : NEW_CODE)
    const empty = new ExactlyOnce(new Versioned('the founder', this.#jury.lines, 1, fillerBytes))
    const checkpoint = { configuration, executed: { frontier: [0], beyond: [[]] }, chunks: [...empty.snapshot()] }
    founder.disk.keep({ records: [], checkpoint, cut: true })
    return founder
  }

  #born(identity: Identity, versions: readonly [number, number]): MemberHost {
    const host = new MemberHost(this.#hosts.length, identity, versions, this.#faults, this.#premises)
    this.#hosts.push(host)
    this.#byId.set(host.id, host)
    if (this.#random.chance(this.#scene.workload.residents)) {
      const resident = new Resident(host, this.#around, this.#jury.drafts, this.#errands)
      this.#residents.set(host, resident)
      resident.start()
    }
    return host
  }

  /** Links are drawn between computers: whoever is on one has its links. */
  #placed(faults: Faults): Faults {
    const placeOf = (slot: number): number => this.#hosts[slot]?.identity.place ?? 0
    return { ...faults, link: (from, to) => faults.link(placeOf(from), placeOf(to)) }
  }

  #heal(): void {
    this.#mischief.stop()
    const calm = healed(this.#faults)
    this.#faults = calm
    this.#network.faults = this.#placed(calm)
    this.#network.heal()
    for (const host of this.#hosts) host.faults = calm
  }

  #report(undecided: boolean, lagMs: number): ChurnReport {
    const { known } = this.#configurations
    const pairs = known.slice(1).map((next, at) => [known[at] as Configuration, next] as const)
    const removed = ([before, next]: (typeof pairs)[number]): number =>
      before.voters.filter((id) => !next.voters.includes(id)).length
    return {
      seed: this.#options.seed,
      policy: this.#scene.plan.policy,
      calls: this.#recorder.length,
      ...this.#counts,
      unanswered: this.#recorder.unanswered - this.#counts.expired,
      life: {
        epochs: pairs.length,
        removals: pairs.reduce((sum, pair) => sum + removed(pair), 0),
        'version raises': pairs.filter(([before, next]) => next.stateVersion > before.stateVersion).length,
        voids: this.#jury.voids,
        'proposed again': this.#jury.voidsExecutedLater,
        ...this.#life,
        ...this.#population.counts,
      },
      errands: this.#errands,
      mishaps: this.#mischief.counts,
      messages: this.#network.sent,
      fates: this.#network.fates,
      lagMs,
      undecided,
      trace: this.#trace.hash,
    }
  }
}
