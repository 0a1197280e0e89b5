import { defaultTuning, type Message } from '../core/index.js'
import type { Agenda } from './agenda.js'
import { Lag, settled } from './checkers/lag.js'
import { Violation } from './checkers/violation.js'
import { Client, type Service, type Surroundings } from './client.js'
import type { Faults } from './faults.js'
import type { Operation } from './history.js'
import type { Host } from './host.js'
import type { Mischief } from './mischief.js'
import type { Network } from './network.js'
import { slowQuorum } from './quorum-sizes.js'
import type { Random } from './random.js'
import { keyOf } from './workload.js'

/** Runs in which f voters stay away until the others have executed everything without them. */
const QUORUM_SHARE = 0.6
/** Of these: they are there, but little of what is said to them, or by them, arrives. */
const FLAKY_SHARE = 0.4
/**
 * Once a quorum is connected, everything must be executed there within this virtual time: two of the longest back-offs.
 * Most runs take less than one second.
 */
const MAX_LAG_MS = 30_000
/**
 * The same where it is up to chance: where the others are half cut off, and hold it up by ballots that go out and answers
 * that never come; or where voters suspect each other before an answer can have come, and recover what is only late.
 */
const MAX_CHANCE_LAG_MS = 180_000
/** Once all has been executed, a call must be answered within this virtual time: a few of the longest repeats. */
const MAX_ANSWER_MS = 10_000
/** After this long it is asked again: it may have been overloaded. */
const REPEAT_MS = 1000
/** Keys that are asked for at the end, at every voter. */
const PROBED_KEYS = 3
/** Runs in which everything is written down at the end, until hardly anything is held. */
const FORGET_SHARE = 0.3
/** Within this virtual time: some rounds of checkpoints and of gossip about them. */
const MAX_FORGET_MS = 30_000
const CHECKPOINT_EVERY_MS = 500
/** How often to look whether it is over. */
const LOOK_EVERY_MS = 50

/** The faults are over: first a quorum, then everybody has to execute everything, and then to answer. */
export class Ending {
  readonly #lag = new Lag(MAX_LAG_MS)
  readonly #chanceLag = new Lag(MAX_CHANCE_LAG_MS)

  constructor(
    readonly hosts: readonly Host[],
    readonly mischief: Mischief<Host>,
    readonly network: Network<Message>,
    readonly agenda: Agenda,
    readonly random: Random,
  ) {}

  /** The most virtual milliseconds that any stage took in which nothing was left to chance. */
  get lagMs(): number {
    return this.#lag.largestMs
  }

  /** @throws Violation when something takes too long */
  run(around: Surroundings): void {
    const away = this.#away()
    const here = this.hosts.filter((host) => !host.lost && !away.includes(host))
    const calm = this.network.faults
    const halfThere = this.random.chance(FLAKY_SHARE)
    this.#revive(halfThere ? [] : away)
    if (halfThere) this.network.faults = { ...calm, link: flaky(calm.link, away, this.random.between(0.5, 1)) }
    const lag = this.#hasty ? this.#chanceLag : this.#lag
    this.#settle('a quorum', here, halfThere ? this.#chanceLag : lag)
    this.network.faults = calm
    const all = this.#revive([])
    this.#settle('everybody', all, lag)
    this.#probe(all, around)
    this.#drain(all)
    if (all.length === this.hosts.length && this.random.chance(FORGET_SHARE)) this.#forget(all)
    this.#settle('the end', all, lag)
    for (const { name, owed } of all) {
      if (owed > 0) throw new Violation('answers', `${name} owes ${owed} answers, and has nothing left to do [H9]`)
    }
  }

  /** Whether voters suspect each other sooner than an answer can come. */
  get #hasty(): boolean {
    const { link, tuning } = this.network.faults
    const delays = this.hosts.flatMap((a) => this.hosts.map((b) => link(a.slot, b.slot).delayMs))
    const { suspectMs } = { ...defaultTuning, ...tuning }
    return suspectMs < 4 * Math.max(...delays)
  }

  /** Who stays away for now: those that are away already first, f at most with those that never come back. */
  #away(): readonly Host[] {
    if (!this.random.chance(QUORUM_SHARE)) return []
    const here = this.hosts.filter(({ lost }) => !lost)
    const left = here.length - slowQuorum(this.hosts.length)
    const gone = here.filter(({ up, asleep }) => !up || asleep)
    const others = here.filter((host) => !gone.includes(host))
    return [...this.random.sample(gone, gone.length), ...this.random.sample(others, others.length)].slice(0, left)
  }

  /** Everybody is back who can be, but for those that stay away. */
  #revive(away: readonly Host[]): readonly Host[] {
    const back = this.hosts.filter((host) => !host.lost && !away.includes(host))
    for (const host of back) {
      if (host.asleep) this.mischief.wake(host)
      if (host.up) continue
      if (host.running) host.crash()
      this.mischief.start(host)
    }
    for (const host of away) this.mischief.crash(host)
    return back
  }

  #settle(stage: string, hosts: readonly Host[], lag: Lag): void {
    const from = this.agenda.now
    for (;;) {
      const states = hosts.flatMap(({ replica }) => replica?.status() ?? [])
      lag.waited(this.agenda.now - from, stage, states)
      if (settled(states)) return
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }

  /** All voters have executed everything, and write that down: then none of them goes on holding it [K20]. */
  #forget(hosts: readonly Host[]): void {
    const { dropInstances } = { ...defaultTuning, ...this.network.faults.tuning }
    const from = this.agenda.now
    for (;;) {
      const held = hosts.map(({ replica }) => replica?.status().held ?? 0)
      if (held.every((instances) => instances < dropInstances)) return
      if (this.agenda.now - from > MAX_FORGET_MS) {
        throw new Violation('log', `${held} instances are held where all is executed, and written down [K20]`)
      }
      for (const host of hosts) host.checkpoint()
      this.agenda.runUntil(this.agenda.now + CHECKPOINT_EVERY_MS)
    }
  }

  /** One more call of the hottest keys at every voter: all must be answered soon. */
  #probe(hosts: readonly Host[], around: Surroundings): void {
    const from = this.agenda.now
    const limitMs = this.#hasty ? MAX_CHANCE_LAG_MS : MAX_ANSWER_MS
    const { clients, keys } = around.workload
    const workload = { ...around.workload, timeoutMs: REPEAT_MS, patienceMs: Number.POSITIVE_INFINITY }
    const { service } = around
    let open = hosts.length
    for (const { slot } of hosts) {
      const operations = Array.from({ length: Math.min(PROBED_KEYS, keys) }, (_, at): Operation[] => [
        { op: 'get', key: keyOf(at) },
        // Below all values of a run.
        { op: 'put', key: keyOf(at), value: -1 - at - PROBED_KEYS * slot },
      ]).flat()
      // The answer is to come from that voter, whatever else keeps it busy.
      const pinned: Service = {
        voters: service.voters,
        sweeps: (voter) => service.sweeps(voter),
        submit: (_, command, answered) => service.submit(slot, command, answered),
      }
      const client = new Client(clients + slot, { ...around, workload, service: pinned })
      client.call(slot, { kind: 'operations', operations }, () => open--)
    }
    while (open > 0) {
      if (this.agenda.now - from > limitMs) {
        throw new Violation('lag', `${open} calls are not answered after ${limitMs} virtual ms without a fault`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }

  /** What waits in queues is answered as well. */
  #drain(hosts: readonly Host[]): void {
    const from = this.agenda.now
    while (hosts.some(({ drafts }) => drafts > 0)) {
      if (this.agenda.now - from > MAX_CHANCE_LAG_MS) {
        const waiting = hosts.filter(({ drafts }) => drafts > 0).map(({ name, drafts }) => `${drafts} at ${name}`)
        throw new Violation('lag', `drafts wait after ${MAX_CHANCE_LAG_MS} virtual ms without a fault: ${waiting}`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }
}

/** Links to and from some hosts lose most. */
const flaky = (link: Faults['link'], some: readonly Host[], loss: number): Faults['link'] => {
  const slots = some.map(({ slot }) => slot)
  return (from, to) => (slots.includes(from) || slots.includes(to) ? { ...link(from, to), loss } : link(from, to))
}
