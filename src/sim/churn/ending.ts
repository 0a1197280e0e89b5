import type { Agenda } from '../agenda.js'
import { settled } from '../checkers/lag.js'
import { Violation } from '../checkers/violation.js'
import { Client, type Service, type Surroundings } from '../client.js'
import type { Operation } from '../history.js'
import type { Mischief } from '../mischief.js'
import type { Random } from '../random.js'
import { keyOf } from '../workload.js'
import type { Configurations } from './configurations.js'
import type { MemberHost } from './host.js'
import type { Population } from './population.js'

/** Runs in which some stay away until the others, a slow quorum of every epoch that is not over, have gone on without them. */
const QUORUM_SHARE = 0.5
/**
 * Without a fault everybody is in one epoch, and has executed everything, within this virtual time: some of the longest
 * repeats and back-offs, one after the other, and code that has to be updated first.
 */
const MAX_SETTLE_MS = 120_000
/** And then a call is answered, wherever it is made. */
const MAX_ANSWER_MS = 40_000
const REPEAT_MS = 4000
const PROBED_KEYS = 2
const LOOK_EVERY_MS = 100

/** The faults are over: first a quorum, then everybody has to come to one epoch, and execute everything, and then to answer. */
export class ChurnEnding {
  /** The most virtual milliseconds that a stage took. */
  lagMs = 0

  constructor(
    readonly population: Population,
    readonly configurations: Configurations,
    readonly mischief: Mischief<MemberHost>,
    readonly agenda: Agenda,
    readonly random: Random,
  ) {}

  /** @throws Violation when something takes too long */
  run(around: Surroundings): readonly MemberHost[] {
    const { population } = this
    population.stop()
    const away = this.#away()
    for (const host of away) this.mischief.crash(host)
    const here = (): readonly MemberHost[] => population.present.filter((host) => !away.includes(host))
    this.#revive(here())
    this.#settle('a quorum', here)
    this.#revive(away)
    const all = (): readonly MemberHost[] => population.present
    this.#settle('everybody', all)
    this.#probe(all(), around)
    this.#drain(all())
    this.#settle('the end', all)
    for (const { name, owed } of all()) {
      if (owed > 0) throw new Violation('answers', `${name} owes ${owed} answers, and has nothing left to do [H9]`)
    }
    return all()
  }

  #away(): readonly MemberHost[] {
    const { present } = this.population
    const away: MemberHost[] = []
    if (!this.random.chance(QUORUM_SHARE)) return away
    for (const host of this.random.sample(present, this.random.below(present.length))) {
      if (host.durable && this.#livesWithout([...away, host])) away.push(host)
    }
    return away
  }

  #livesWithout(away: readonly MemberHost[]): boolean {
    const here = new Set(this.population.present.filter((host) => !away.includes(host)).map(({ id }) => id))
    return this.configurations.livesWithout((id) => !here.has(id))
  }

  #revive(hosts: readonly MemberHost[]): void {
    for (const host of hosts) {
      if (host.asleep) this.mischief.wake(host)
      if (host.up || host.status?.reason?.includes('update')) continue
      if (host.running) host.crash()
      this.mischief.start(host)
    }
  }

  #settle(stage: string, hosts: () => readonly MemberHost[]): void {
    const from = this.agenda.now
    for (;;) {
      const open = this.#open(hosts())
      const tookMs = this.agenda.now - from
      this.lagMs = Math.max(this.lagMs, tookMs)
      if (open === undefined) return
      if (tookMs > MAX_SETTLE_MS) {
        throw new Violation('lag', `${stage} not over after ${MAX_SETTLE_MS} virtual ms: ${open}`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }

  /** What every member is at, where some have something left to do. */
  #open(hosts: readonly MemberHost[]): string | undefined {
    const { number, voters } = this.configurations.last
    const statuses = hosts.map(({ status }) => status)
    const arrived = statuses.every((status) => {
      const { replica, configuration, pending } = status ?? {}
      return (
        replica !== undefined &&
        configuration?.number === number &&
        replica.sealed === undefined &&
        replica.lost === undefined &&
        replica.voting === voters.includes(replica.id) &&
        pending === 0
      )
    })
    if (arrived && settled(statuses.flatMap((status) => status?.replica ?? []))) return undefined
    return hosts.map((host) => described(host)).join(' | ')
  }

  /** One more call at every member: all must be answered soon. */
  #probe(hosts: readonly MemberHost[], around: Surroundings): void {
    const from = this.agenda.now
    const { clients, keys } = around.workload
    const workload = { ...around.workload, timeoutMs: REPEAT_MS, patienceMs: Number.POSITIVE_INFINITY }
    let open = hosts.length
    hosts.forEach((host, at) => {
      const { place } = host.identity
      const operations = Array.from({ length: Math.min(PROBED_KEYS, keys) }, (_, key): Operation[] => [
        { op: 'get', key: keyOf(key) },
        // Below all values of a run.
        { op: 'put', key: keyOf(key), value: -1 - key - PROBED_KEYS * at },
      ]).flat()
      const pinned: Service = {
        voters: around.service.voters,
        sweeps: (voter) => around.service.sweeps(voter),
        submit: (_, command, answered) => around.service.submit(place, command, answered),
      }
      const client = new Client(clients + at, { ...around, workload, service: pinned })
      client.call(place, { kind: 'operations', operations }, () => open--)
    })
    while (open > 0) {
      if (this.agenda.now - from > MAX_ANSWER_MS) {
        throw new Violation('lag', `${open} calls are not answered after ${MAX_ANSWER_MS} virtual ms without a fault`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }

  /** What waits in queues is answered as well. */
  #drain(hosts: readonly MemberHost[]): void {
    const from = this.agenda.now
    while (hosts.some(({ drafts }) => drafts > 0)) {
      if (this.agenda.now - from > MAX_ANSWER_MS) {
        const waiting = hosts.filter(({ drafts }) => drafts > 0).map(({ name, drafts }) => `${drafts} at ${name}`)
        throw new Violation('lag', `drafts wait after ${MAX_ANSWER_MS} virtual ms without a fault: ${waiting}`)
      }
      this.agenda.runUntil(this.agenda.now + LOOK_EVERY_MS)
    }
  }
}

const described = ({ name, status, asleep }: MemberHost): string => {
  const { role = 'down', reason, configuration, replica, pending } = status ?? {}
  const { committed, executed, behind, voting } = replica ?? {}
  const state = [role, asleep && 'asleep', voting && 'voting', reason].filter(Boolean).join(', ')
  const open = `${pending} own, ${behind} behind, committed ${committed}, executed ${executed}`
  return `${name}: ${state} in ${configuration?.number}, ${open}`
}
