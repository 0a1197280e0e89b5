import type { Agenda } from './agenda.js'
import { Lag, settled } from './checkers/lag.js'
import { Violation } from './checkers/violation.js'
import { Client, type Surroundings } from './client.js'
import type { Host } from './host.js'
import type { Mischief } from './mischief.js'
import { slowQuorum } from './quorum-sizes.js'
import type { Random } from './random.js'
import { keyOf } from './workload.js'

/** Runs in which f voters stay away until the others have executed everything without them. */
const QUORUM_SHARE = 0.5
/**
 * Once a quorum is connected, everything must be executed there within this virtual time. A back-off of the default
 * tuning is at most 7 s for each place in the line of recoverers; most runs take less than one.
 */
const MAX_LAG_MS = 60_000
/** Once all has been executed, a call must be answered within this virtual time: a few of the longest repeats. */
const MAX_ANSWER_MS = 10_000
/** Keys that are asked for at the end, at every voter. */
const PROBED_KEYS = 3
/** How often to look whether it is over. */
const LOOK_EVERY_MS = 50

/** The faults are over: first a quorum, then everybody has to execute everything, and then to answer. */
export class Ending {
  readonly #lag = new Lag(MAX_LAG_MS)

  constructor(
    readonly hosts: readonly Host[],
    readonly mischief: Mischief,
    readonly agenda: Agenda,
    readonly random: Random,
  ) {}

  /** The most virtual milliseconds that any stage took. */
  get lagMs(): number {
    return this.#lag.largestMs
  }

  /** @throws Violation when something takes too long */
  run(around: Surroundings): void {
    this.#settle('a quorum', this.#revive(this.#away()))
    const all = this.#revive([])
    this.#settle('everybody', all)
    this.#probe(all, around)
    this.#settle('the end', all)
    for (const { name, owed } of all) {
      if (owed > 0) throw new Violation('answers', `${name} owes ${owed} answers, and has nothing left to do [H9]`)
    }
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
      if (host.replica !== undefined) host.crash()
      this.mischief.start(host)
    }
    for (const host of away) this.mischief.crash(host)
    return back
  }

  #settle(stage: string, hosts: readonly Host[]): void {
    const from = this.agenda.now
    for (;;) {
      const states = hosts.flatMap(({ replica }) => replica?.status() ?? [])
      this.#lag.waited(this.agenda.now - from, stage, states)
      if (settled(states)) return
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }

  /** One more call of the hottest keys at every voter: all must be answered soon. */
  #probe(hosts: readonly Host[], around: Surroundings): void {
    const from = this.agenda.now
    const { clients, lanes, keys } = around.workload
    // Sent once: the answer is to come from that voter.
    const patient = { ...around, workload: { ...around.workload, timeoutMs: 10 * MAX_ANSWER_MS } }
    let open = hosts.length
    for (const { slot } of hosts) {
      const operations = Array.from({ length: Math.min(PROBED_KEYS, keys) }, (_, at) => [
        { op: 'get', key: keyOf(at) } as const,
        // Below all values of a run.
        { op: 'put', key: keyOf(at), value: -1 - at - PROBED_KEYS * slot } as const,
      ]).flat()
      new Client(clients + slot, patient).call(clients * lanes + slot, slot, operations, () => open--)
    }
    while (open > 0) {
      if (this.agenda.now - from > MAX_ANSWER_MS) {
        throw new Violation('lag', `${open} calls are not answered after ${MAX_ANSWER_MS} virtual ms without a fault`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }
}
