import type { Agenda } from './agenda.js'
import type { Ambush, Faults } from './faults.js'
import type { Machine } from './machine.js'
import { drawPartition } from './partition-shapes.js'
import type { Random } from './random.js'
import type { Trace } from './trace.js'

/** What befell the machines of a run, and how often. */
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

/** What mischief needs of a network: one direction falls silent. */
export interface Cuttable {
  cut(from: number, to: number, forMs: number): void
}

/** Until a machine is isolated. */
const LAST_WORDS_MS = 50

/** Makes happen what the faults say, until `stop`. */
export class Mischief<M extends Machine> {
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
  }
  #over = false

  constructor(
    /** There may come to be more of them. */
    readonly hosts: readonly M[],
    readonly network: Cuttable,
    readonly agenda: Agenda,
    readonly random: Random,
    readonly faults: Faults,
    readonly trace: Trace,
  ) {}

  get over(): boolean {
    return this.#over
  }

  /** What befalls this machine from now on. */
  afflict(host: M): void {
    const { crashes, pauses, pauseMs, downMs } = this.faults
    this.often(crashes, () => this.#crash(host, downMs))
    this.often(pauses, () => this.#pause(host, pauseMs))
  }

  /** What befalls the ways between them. */
  begin(): void {
    this.often(this.faults.cuts, () => this.#cut())
    this.often(this.faults.partitions, () => this.#partition())
  }

  /** From now on nothing else goes wrong. */
  stop(): void {
    this.#over = true
  }

  /** A machine has sent a message: some lie in wait for that. @param own about an instance of its own row */
  sent(host: M, kind: string, own: boolean): void {
    for (const ambush of this.faults.ambushes) {
      if (ambush.on === kind && (!ambush.own || own)) this.#spring(host, ambush)
    }
  }

  wrote(host: M, stage: 'write' | 'written'): void {
    for (const ambush of this.faults.ambushes) if (ambush.on === stage) this.#spring(host, ambush)
  }

  /** Whether a write that begins now is to fail. */
  fails(host: M): boolean {
    return !this.#over && this.random.chance(this.faults.writeFailure) && this.#mayFall(host)
  }

  failed(host: M): void {
    this.note('failed write', host)
    this.back(host, this.#over ? [0, 0] : this.faults.downMs)
  }

  start(host: M): void {
    if (host.life > 0) this.note('restart', host)
    if (host.start()) this.note('restored checkpoint', host)
  }

  /** Also one that is down: then nothing brings it back any more. */
  crash(host: M): void {
    if (host.running) this.note('crash', host)
    host.crash()
  }

  wake(host: M): void {
    host.wake(this.random.next() * this.faults.sleepMs, this.random.chance(0.3))
  }

  /** At a random moment, again and again. @param rate per virtual second */
  often(rate: number, what: () => void): void {
    if (rate === 0) return
    this.agenda.after(this.random.between(0, 2000 / rate), () => {
      if (this.#over) return
      what()
      this.often(rate, what)
    })
  }

  /** It starts again after a while, unless something else has happened to it by then. */
  back(host: M, downMs: readonly [number, number]): void {
    const { life } = host
    this.agenda.after(this.random.between(...downMs), () => {
      if (life !== host.life || host.lost) return
      // It is down, or has stopped: the power goes before it comes back.
      if (host.running) host.crash()
      this.start(host)
    })
  }

  note(what: Mishap, host: M | undefined): void {
    this.counts[what]++
    this.trace.add(this.agenda.now, host?.name ?? '-', what)
  }

  #spring(host: M, { chance, what, forMs }: Ambush): void {
    if (this.#over || !this.random.chance(chance)) return
    this.counts.ambush++
    if (what === 'crash') this.#crash(host, forMs)
    else if (what === 'pause') this.#pause(host, forMs)
    else {
      // What it has just said gets through.
      this.agenda.after(this.random.between(0, LAST_WORDS_MS), () => {
        if (!this.#over) this.isolate(host, this.random.between(...forMs))
      })
    }
  }

  #mayFall(host: M): boolean {
    return host.up && host.durable && this.hosts.filter(({ up }) => !up).length < this.faults.maxDown
  }

  #crash(host: M, downMs: readonly [number, number]): void {
    if (!this.#mayFall(host)) return
    this.crash(host)
    this.back(host, downMs)
  }

  #pause(host: M, pauseMs: readonly [number, number]): void {
    if (!host.up || host.asleep) return
    this.note('pause', host)
    const { life } = host
    host.sleep()
    this.agenda.after(this.random.between(...pauseMs), () => {
      if (life === host.life) this.wake(host)
    })
  }

  #cut(): void {
    const [a, b] = this.random.sample(this.#there, 2)
    if (a === undefined || b === undefined) return
    this.note('cut', a)
    const forMs = this.random.between(...this.faults.cutMs)
    this.network.cut(a.slot, b.slot, forMs)
    if (this.random.chance(0.6)) this.network.cut(b.slot, a.slot, forMs)
  }

  isolate(host: M, forMs: number): void {
    for (const { slot } of this.#there) {
      this.network.cut(host.slot, slot, forMs)
      if (this.random.chance(0.9)) this.network.cut(slot, host.slot, forMs)
    }
  }

  #partition(): void {
    const there = this.#there
    if (there.length < 2) return
    this.note('partition', undefined)
    const forMs = this.random.between(...this.faults.partitionMs)
    const slotOf = (at: number): number => (there[at] as M).slot
    for (const [from, to] of drawPartition(this.random, there.length)) this.network.cut(slotOf(from), slotOf(to), forMs)
  }

  get #there(): readonly M[] {
    return this.hosts.filter(({ lost }) => !lost)
  }
}
