import type {
  Command,
  Configuration,
  Deps,
  InstanceId,
  InstanceRecord,
  Message,
  ReplicaId,
  Seal,
} from '../../core/index.js'
import type { Applied as Execution, MemberReady } from '../../member/index.js'
import type { Outcome } from '../../state/index.js'
import { numberOf } from '../asks.js'
import { Drafts } from '../checkers/drafts.js'
import { writes } from '../checkers/exactly-once.js'
import { checkLinearizable } from '../checkers/linearizable.js'
import { Lines } from '../checkers/lines.js'
import { Order } from '../checkers/order.js'
import { type Came, Outcomes } from '../checkers/outcomes.js'
import { checkEqualStates } from '../checkers/state.js'
import { checkSums } from '../checkers/sums.js'
import { nameOf, show, Violation } from '../checkers/violation.js'
import { checkVoid } from '../checkers/void.js'
import type { Batch } from '../disk.js'
import { EpochJury } from '../epoch-jury.js'
import { slowQuorum } from '../quorum-sizes.js'
import type { History } from '../recorder.js'
import type { Configurations } from './configurations.js'
import type { MemberHost } from './host.js'
import { plain } from './versioned.js'

/** What only a voter that durably has the state at the start of the epoch may say in it (protocol §6). */
const VOTES: ReadonlySet<Message['kind']> = new Set([
  'pre-accept',
  'pre-accept-ok',
  'accept',
  'accept-ok',
  'nack',
  'recover',
  'recover-ok',
  'validate',
  'validate-ok',
  'waiting',
  'frontier',
])

/**
 * Who says that it has caught up is asked to vote within seconds; some more for what the word, and the seal, take on their
 * way, in virtual milliseconds.
 */
const ABSENT_MS = 20_000

/** All checkers of a group that lives: one set for each epoch, and those that hold over all of them. */
export class ChurnJury {
  readonly order: Order
  readonly lines: Lines = new Lines()
  readonly drafts: Drafts = new Drafts(this.lines, (number) => this.cameOf(number)?.done)
  readonly #hosts: ReadonlyMap<ReplicaId, MemberHost>
  readonly #configurations: Configurations
  readonly #epochs = new Map<number, EpochJury>()
  readonly #outcomes: Outcomes
  /** By epoch: the state at its start, as it was first written down. */
  readonly #starts = new Map<number, readonly Uint8Array[]>()
  /** By life: what the last snapshot held that it has installed. */
  readonly #installedLast = new Map<string, string>()
  /** Seals that were proposed, by epoch and instance. */
  readonly #sealed = new Set<string>()
  /** Numbers of calls that change something. */
  readonly #answered: number[] = []
  /** By command: the epochs in which it was executed. */
  readonly #executedIn = new Map<string, number>()
  /** Commands that were committed, and void. */
  voids = 0
  /** Of these: executed in a later epoch. */
  voidsExecutedLater = 0

  /**
   * @param hosts of all members that there ever were
   * @param now virtual milliseconds
   */
  constructor(
    keys: readonly string[],
    configurations: Configurations,
    hosts: ReadonlyMap<ReplicaId, MemberHost>,
    now: () => number,
  ) {
    this.order = new Order(keys)
    this.#outcomes = new Outcomes(now)
    this.#configurations = configurations
    this.#hosts = hosts
  }

  sent(host: MemberHost, message: Message): void {
    const { epoch, kind } = message
    const slot = this.#slot(host.id, epoch)
    if (VOTES.has(kind)) {
      if (slot < 0)
        throw new Violation('seats', `${host.name} sends ${kind} in epoch ${epoch}, in which it does not vote`)
      if (!this.#configurations.hasStarted(host.id, epoch)) {
        throw new Violation(
          'durable first',
          `${host.name} votes in epoch ${epoch} before it has written down its start`,
        )
      }
    }
    if (slot < 0) return
    if (message.kind === 'pre-accept' && message.value.kind === 'seal') {
      this.#seals(host, epoch, message.instance, message.value)
    }
    this.#jury(epoch).sent(slot, host.life, message)
  }

  kept(host: MemberHost, batch: Batch, gone: readonly InstanceRecord[]): void {
    const { records, floor, checkpoint, cut } = batch
    const epochs = new Set([...records, ...gone].map(({ epoch }) => epoch))
    if (floor !== undefined) epochs.add(floor.epoch)
    if (checkpoint !== undefined) epochs.add(checkpoint.configuration.number)
    if (cut && checkpoint !== undefined) {
      const { configuration, executed, chunks } = checkpoint
      const early = gone.find(({ epoch }) => epoch >= configuration.number)
      if (early !== undefined) {
        throw new Violation('dropped', `${host.name} drops ${show(early.instance)} for a state of its own epoch`)
      }
      this.#configurations.learned(configuration)
      if (executed.frontier.every((number) => number === 0) && executed.beyond.every(({ length }) => length === 0)) {
        this.#configurations.started(host.id, configuration.number)
        this.#start(host, configuration, chunks)
      }
    }
    for (const epoch of epochs) {
      const slot = this.#slot(host.id, epoch)
      // An epoch that is over is dropped as a whole; in memory there is nothing that says so.
      const dropped = cut || (!host.durable && epoch < host.epoch) ? [] : gone
      if (slot >= 0) this.#jury(epoch).kept(slot, batch, dropped)
    }
  }

  event(host: MemberHost, epoch: number, event: MemberReady['events'][number], ready: MemberReady): void {
    switch (event.kind) {
      case 'disagreement':
        throw new Violation('agreement', `${host.name} was told another commit of ${show(event.instance)}`)
      case 'installed':
        this.drafts.installed(host.name)
        this.#installed(host, `${event.configuration.number} ${JSON.stringify(event.executed)}`)
        return
      case 'epoch':
        this.#configurations.learned(event.configuration)
        // In memory it is as good as written.
        if (!host.durable) this.#configurations.started(host.id, event.configuration.number)
        return
      case 'proposed-again':
        if (this.#sealed.has(`${epoch} ${show(event.from)}`)) {
          throw new Violation('seals', `${host.name} proposes the seal ${show(event.from)} again [H26]`)
        }
        this.#jury(epoch).ended(this.#slot(host.id, epoch), event.from)
        return
      case 'diverged':
        throw new Violation(
          'equal states',
          `${host.name} says that ${event.member} holds another state: ${event.mutators}`,
        )
      case 'committed': {
        const { instance, path, value } = event
        const slot = this.#slot(host.id, epoch)
        // A seal that ends like this is not proposed again [H26].
        if (value.kind === 'noop') this.#jury(epoch).ended(slot, instance)
        const deps = this.#depsOf(host, epoch, instance, ready)
        if (deps === undefined) return
        this.#jury(epoch).agree(instance, value, deps)
        if (path !== 'told') this.#jury(epoch).committed(slot, instance, path, value, deps)
      }
    }
  }

  executed(host: MemberHost, { epoch, executable, outcomes }: Execution): void {
    const { instance, value } = executable
    if (value.kind === 'seal') {
      if (value.next.number !== epoch + 1)
        throw new Violation('epochs', `epoch ${epoch} ends with ${value.next.number} to follow`)
      this.#configurations.learned(value.next)
    }
    for (const { command } of outcomes) this.#executedIn.set(nameOf(command), epoch)
    const slot = this.#slot(host.id, epoch)
    if (slot >= 0) this.#jury(epoch).executed(slot, instance)
    this.#outcomes.executed(host.name, epoch, executable, outcomes)
  }

  /** A seal leaves its author: who votes next must have been there a moment ago [H29]. */
  #seals(host: MemberHost, epoch: number, instance: InstanceId, { next }: Seal): void {
    const name = `${epoch} ${show(instance)}`
    if (this.#sealed.has(name)) return
    this.#sealed.add(name)
    const absent = next.voters.filter((id) => this.#hosts.get(id)?.isAbsent(ABSENT_MS) ?? true)
    const newcomer = absent.find((id) => this.#slot(id, epoch) < 0)
    const there = next.voters.length - absent.length
    if (newcomer === undefined && there >= slowQuorum(next.voters.length)) return
    throw new Violation('seals', `${host.name} seals epoch ${epoch} towards ${absent.length} who are long gone [H29]`)
  }

  answered(command: Command, outcome: Outcome): void {
    const done = outcome.kind === 'done' || outcome.kind === 'threw'
    if (done && writes(command)) this.#answered.push(numberOf(command))
  }

  /** What a call that changes something has come to, wherever it was executed first. */
  cameOf(number: number): Came | undefined {
    const came = this.#outcomes.of(number)
    return came && { ...came, done: plain(came.done) }
  }

  /**
   * Everything has been executed at every host that is there.
   * @returns whether the history could be judged
   */
  conclude(history: History, accounts: number, present: readonly MemberHost[]): boolean {
    for (const jury of this.#epochs.values()) jury.conclude()
    const last = this.#jury(this.#configurations.last.number)
    const voters = present.filter(({ id }) => this.#slot(id, last.epoch) >= 0)
    last.agreeAtLast(voters.flatMap(({ name, member }) => (member?.replica ? [{ name, replica: member.replica }] : [])))
    for (const [epoch, executed] of this.order.ended()) {
      for (const { value } of checkVoid(epoch, this.#jury(epoch).commits, executed)) {
        if (value.kind !== 'commands') continue
        const later = value.commands.filter((command) => (this.#executedIn.get(nameOf(command)) ?? 0) > epoch)
        this.voids += value.commands.length
        this.voidsExecutedLater += later.length
      }
    }
    checkEqualStates(present.map((host) => [host.name, host.snapshot()]))
    for (const { applied } of present) {
      applied?.checkHolds(this.#answered)
      applied?.checkHolds(this.drafts.done)
      applied?.checkLacks(this.drafts.expired)
    }
    this.drafts.conclude(new Set(present.map(({ name }) => name)))
    const judged = checkLinearizable(history(false), () => history(true))
    checkSums(history(false), accounts)
    return judged
  }

  /** A snapshot leads further each time: nobody fetches one, again and again, that does not help. */
  #installed(host: MemberHost, holds: string): void {
    const life = `${host.name} in life ${host.life}`
    if (this.#installedLast.get(life) === holds) throw new Violation('snapshots', `${life} installs once more ${holds}`)
    this.#installedLast.set(life, holds)
  }

  /** Wherever an epoch begins, it begins with the same state. */
  #start(host: MemberHost, { number }: Configuration, chunks: readonly Uint8Array[]): void {
    const first = this.#starts.get(number)
    if (first === undefined) this.#starts.set(number, chunks)
    else {
      checkEqualStates([
        [`the start of epoch ${number}`, first],
        [`that at ${host.name}`, chunks],
      ])
    }
  }

  #jury(epoch: number): EpochJury {
    let jury = this.#epochs.get(epoch)
    if (jury === undefined) {
      const hosts = this.#at(epoch).voters.map((id) => this.#hosts.get(id) as MemberHost)
      const ledgers = hosts.map(({ disk }) => disk.ledger(epoch))
      jury = new EpochJury(epoch, ledgers, new Set(hosts.flatMap(({ durable }, slot) => (durable ? [] : [slot]))))
      this.#epochs.set(epoch, jury)
    }
    return jury
  }

  #at(epoch: number): Configuration {
    const configuration = this.#configurations.at(epoch)
    if (configuration === undefined)
      throw new Violation('epochs', `nobody has begun epoch ${epoch}, which somebody is in`)
    return configuration
  }

  #slot(id: ReplicaId, epoch: number): number {
    return this.#at(epoch).voters.indexOf(id)
  }

  /** The dependencies of what a replica says that it has committed; undefined where it has gone on to the next epoch since. */
  #depsOf(host: MemberHost, epoch: number, { slot, number }: InstanceId, ready: MemberReady): Deps | undefined {
    const record = ready.records.find(
      (one) => one.epoch === epoch && one.instance.slot === slot && one.instance.number === number,
    )
    if (record?.phase === 'committed') return record.deps
    const there = host.epoch === epoch ? host.member?.replica?.commitOf({ slot, number }) : undefined
    const written = host.disk.ledger(epoch).find(slot, number)
    return there?.deps ?? (written?.phase === 'committed' ? written.deps : undefined)
  }
}
