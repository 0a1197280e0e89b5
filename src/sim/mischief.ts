import { InvalidMessage, type Message, NotAVoter, Replica } from '../core/index.js'
import type { Agenda } from './agenda.js'
import { Violation } from './checkers/violation.js'
import type { Ambush, Faults } from './faults.js'
import type { Host } from './host.js'
import type { Network } from './network.js'
import { drawPartition } from './partition-shapes.js'
import type { Random } from './random.js'
import type { Trace } from './trace.js'

/** What befell the hosts of a run, and how often. */
export type Mishap =
  | 'crash'
  | 'restart'
  | 'restored checkpoint'
  | 'ambush'
  | 'pause'
  | 'cut'
  | 'partition'
  | 'failed write'
  | 'amnesia'
  | 'stranger refused'

/** Until a host is isolated. */
const LAST_WORDS_MS = 50

/** Makes happen what the faults say, until `stop`. */
export class Mischief {
  readonly counts: Record<Mishap, number> = {
    crash: 0,
    restart: 0,
    'restored checkpoint': 0,
    ambush: 0,
    pause: 0,
    cut: 0,
    partition: 0,
    'failed write': 0,
    amnesia: 0,
    'stranger refused': 0,
  }
  #over = false

  constructor(
    readonly hosts: readonly Host[],
    readonly network: Network,
    readonly agenda: Agenda,
    readonly random: Random,
    readonly faults: Faults,
    readonly trace: Trace,
  ) {}

  begin(durationMs: number): void {
    const { crashes, pauses, cuts, partitions, amnesia, pauseMs } = this.faults
    for (const host of this.hosts) {
      this.#often(crashes, () => this.#crash(host, this.faults.downMs))
      this.#often(pauses, () => this.#pause(host, pauseMs))
    }
    if (this.hosts.length > 1) {
      this.#often(cuts, () => this.#cut())
      this.#often(partitions, () => this.#partition())
    }
    for (let i = 0; i < amnesia; i++) {
      this.agenda.after(this.random.between(0, durationMs), () => {
        if (!this.#over) this.#forget(this.random.pick(this.hosts))
      })
    }
  }

  /** From now on nothing else goes wrong. */
  stop(): void {
    this.#over = true
  }

  /** A host has sent a message: some lie in wait for that. */
  sent(host: Host, message: Message): void {
    for (const ambush of this.faults.ambushes) {
      if (ambush.on !== message.kind) continue
      const row = 'instance' in message ? message.instance.slot : undefined
      if (!ambush.own || row === host.slot) this.#spring(host, ambush)
    }
  }

  wrote(host: Host, stage: 'write' | 'written'): void {
    for (const ambush of this.faults.ambushes) if (ambush.on === stage) this.#spring(host, ambush)
  }

  /** Whether a write that begins now is to fail. */
  fails(host: Host): boolean {
    return !this.#over && this.random.chance(this.faults.writeFailure) && this.#mayFall(host)
  }

  failed(host: Host): void {
    this.#note('failed write', host)
    this.#back(host, this.#over ? [0, 0] : this.faults.downMs)
  }

  start(host: Host): void {
    if (host.life > 0) this.#note('restart', host)
    if (host.start()) this.#note('restored checkpoint', host)
  }

  /** Also one that is down: then nothing brings it back any more. */
  crash(host: Host): void {
    if (host.replica !== undefined) this.#note('crash', host)
    host.crash()
  }

  #spring(host: Host, { chance, what, forMs }: Ambush): void {
    if (this.#over || !this.random.chance(chance)) return
    this.counts.ambush++
    if (what === 'crash') this.#crash(host, forMs)
    else if (what === 'pause') this.#pause(host, forMs)
    else {
      // What it has just said gets through.
      this.agenda.after(this.random.between(0, LAST_WORDS_MS), () => {
        if (!this.#over) this.#isolate(host, this.random.between(...forMs))
      })
    }
  }

  /** At a random moment, again and again. @param rate per virtual second */
  #often(rate: number, what: () => void): void {
    if (rate === 0) return
    this.agenda.after(this.random.between(0, 2000 / rate), () => {
      if (this.#over) return
      what()
      this.#often(rate, what)
    })
  }

  #mayFall(host: Host): boolean {
    return host.up && this.hosts.filter(({ up }) => !up).length < this.faults.maxDown
  }

  #crash(host: Host, downMs: readonly [number, number]): void {
    if (!this.#mayFall(host)) return
    this.crash(host)
    this.#back(host, downMs)
  }

  #back(host: Host, downMs: readonly [number, number]): void {
    const { life } = host
    this.agenda.after(this.random.between(...downMs), () => {
      if (life !== host.life || host.lost) return
      // It is down, or has stopped: the power goes before it comes back.
      if (host.replica !== undefined) host.crash()
      this.start(host)
    })
  }

  #pause(host: Host, pauseMs: readonly [number, number]): void {
    if (!host.up || host.asleep) return
    this.#note('pause', host)
    const { life } = host
    host.sleep()
    this.agenda.after(this.random.between(...pauseMs), () => {
      if (life === host.life) this.wake(host)
    })
  }

  wake(host: Host): void {
    host.wake(this.random.next() * this.faults.sleepMs, this.random.chance(0.3))
  }

  #cut(): void {
    const [a, b] = this.random.sample(this.hosts, 2)
    if (a === undefined || b === undefined) return
    this.#note('cut', a)
    const forMs = this.random.between(...this.faults.cutMs)
    this.network.cut(a.slot, b.slot, forMs)
    if (this.random.chance(0.6)) this.network.cut(b.slot, a.slot, forMs)
  }

  #isolate(host: Host, forMs: number): void {
    for (const { slot } of this.hosts) {
      this.network.cut(host.slot, slot, forMs)
      if (this.random.chance(0.9)) this.network.cut(slot, host.slot, forMs)
    }
  }

  #partition(): void {
    this.#note('partition', undefined)
    const forMs = this.random.between(...this.faults.partitionMs)
    for (const [from, to] of drawPartition(this.random, this.hosts.length)) this.network.cut(from, to, forMs)
  }

  /** Its disk is gone. It comes back as somebody else, who is no voter, and whom nobody listens to [H14]. */
  #forget(host: Host): void {
    const f = Math.floor((this.hosts.length - 1) / 2)
    const gone = this.hosts.filter(({ lost }) => lost).length
    if (host.lost || gone >= Math.min(f, this.faults.maxDown)) return
    this.#note('amnesia', host)
    if (host.replica !== undefined) host.crash()
    host.lost = true
    const stranger = this.random.id()
    checkNoVoter(stranger, host, this.random)
    const own = this.hosts.length - 1
    const lie: Message = {
      kind: 'pre-accept-ok',
      epoch: 0,
      instance: { slot: own, number: 1 },
      deps: this.hosts.map(() => 0),
    }
    for (const other of this.hosts) {
      if (!other.up) continue
      checkRefused(other, stranger, lie)
      this.#note('stranger refused', other)
    }
  }

  #note(what: Mishap, host: Host | undefined): void {
    this.counts[what]++
    this.trace.add(this.agenda.now, host?.name ?? '-', what)
  }
}

const checkNoVoter = (id: string, host: Host, random: Random): void => {
  const { group, voters } = host.membership
  try {
    new Replica({ id, group, epoch: { number: 0, voters }, random: random.next })
  } catch (error) {
    if (error instanceof NotAVoter) return
    throw error
  }
  throw new Violation('amnesia', `${id} is no voter, and may vote`)
}

const checkRefused = (host: Host, from: string, message: Message): void => {
  try {
    host.replica?.step(from, message)
  } catch (error) {
    if (error instanceof InvalidMessage) return
    throw error
  }
  throw new Violation('amnesia', `${host.name} takes messages of ${from}, who is no voter`)
}
