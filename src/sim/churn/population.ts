import type { ReplicaId } from '../../core/index.js'
import { Violation } from '../checkers/violation.js'
import type { Mischief } from '../mischief.js'
import type { Random } from '../random.js'
import type { Configurations } from './configurations.js'
import type { Plan } from './draw.js'
import type { Identity, MemberHost } from './host.js'

/** How often a member introduces itself to all others, about. */
const GREET_MS = 1500
/** Until others notice that a link is gone, if they do. */
const NOTICE_MS = 2000
/** How often to look what has become of members. */
const LOOK_MS = 200
/** Until somebody updates a member that asks for it. */
const UPDATE_MS = [200, 3000] as const
/**
 * What a member has said of how far it is counts for some seconds, by clocks that may be slow, and may be late itself: for
 * so long nobody seals towards it any more once it is silent. Who is lost sooner may take the group along [H29].
 */
const FORGOTTEN_MS = 10_000
/** Until somebody brings back what can't be spared, or starts new code. */
const BACK_MS = [10, 2000] as const

/** The versions of the state that code can execute. */
export const OLD_CODE = [1, 1] as const
export const NEW_CODE = [1, 2] as const

/** Why a member may stop: the world has failed its write, or has given it old code. */
const EXPECTED = /a write has failed|update/

/** What becomes of a run's members, and how often. */
export type Fortune = 'joined' | 'left' | 'back after amnesia' | 'told to update' | 'updated' | 'snapshot cut off'

/** Members come, leave, lose their disks and come back as others, and get new code. */
export class Population {
  readonly counts: Record<Fortune, number> = {
    joined: 0,
    left: 0,
    'back after amnesia': 0,
    'told to update': 0,
    updated: 0,
    'snapshot cut off': 0,
  }
  /** On their way out: nobody else has to care for them. */
  readonly #going = new Set<MemberHost>()
  /** Those that began where another had lost its disk. */
  readonly #reborn = new Set<MemberHost>()
  /** In which of their lives they have asked for an update. */
  readonly #told = new Map<MemberHost, number>()

  constructor(
    /** Everybody that there ever was. */
    readonly hosts: MemberHost[],
    readonly mischief: Mischief<MemberHost>,
    readonly configurations: Configurations,
    readonly random: Random,
    readonly plan: Plan,
    /** Makes a member, which is not started yet. */
    readonly born: (identity: Identity, versions: readonly [number, number]) => MemberHost,
  ) {}

  /** The member that is at this place, if there is one. */
  at(place: number): MemberHost | undefined {
    return this.hosts.findLast(({ identity, lost }) => identity.place === place && !lost)
  }

  get present(): readonly MemberHost[] {
    return this.hosts.filter(({ lost }) => !lost)
  }

  begin(founder: MemberHost): void {
    const { plan, random } = this
    this.#settle(founder)
    for (let place = 1; place < plan.places; place++) {
      this.mischief.agenda.after(random.between(0, plan.arrivalsMs), () => this.#arrive(place))
    }
    this.mischief.often(plan.leaves, () => this.#leave(random.pick(this.present)))
    this.mischief.often(plan.amnesia, () => this.#forget(random.pick(this.present)))
    this.#look()
  }

  /** Nobody else goes: who was about to, and is needed, is back. */
  stop(): void {
    this.#going.clear()
    this.#told.clear()
  }

  /** Part of a chunk, or of several, has arrived there, and the rest will not come. */
  cutOff(host: MemberHost): void {
    this.#count('snapshot cut off', host)
  }

  #arrive(place: number): MemberHost | undefined {
    if (this.mischief.over) return undefined
    const { plan, random, mischief } = this
    const now = mischief.agenda.now
    const old = now < plan.updatesMs && random.chance(plan.oldCode)
    const identity = { id: random.id(), place, durable: !random.chance(plan.memory), bornMs: now }
    const host = this.born(identity, old ? OLD_CODE : NEW_CODE)
    this.mischief.start(host)
    this.#settle(host)
    return host
  }

  #settle(host: MemberHost): void {
    // What is only in memory is lost in a crash: it is not one of those from which a member comes back.
    if (host.durable) this.mischief.afflict(host)
    this.#greet(host)
    this.#update(host)
  }

  #greet(host: MemberHost): void {
    const { agenda } = this.mischief
    if (host.lost) return
    if (host.up && !host.asleep) {
      for (const other of this.present) if (other !== host && other.up) host.greet(other.id, false)
    }
    agenda.after(GREET_MS * (0.5 + this.random.next()), () => this.#greet(host))
  }

  /** New code comes by itself, some time. */
  #update(host: MemberHost): void {
    if (host.versions[1] > 1) return
    const { updatesMs } = this.plan
    this.mischief.agenda.after(updatesMs + this.random.between(0, updatesMs), () => {
      if (!this.mischief.over && host.versions[1] === 1) this.#renew(host)
    })
  }

  #renew(host: MemberHost): void {
    if (host.lost || host.asleep || this.#going.has(host)) return
    if (!host.durable) {
      // What it has in memory goes with the old code, and somebody else begins there.
      this.#depart(host, () => {
        this.#count('updated', host)
        this.#arrive(host.identity.place)
      })
      return
    }
    this.#count('updated', host)
    host.versions = NEW_CODE
    this.mischief.crash(host)
    this.mischief.back(host, BACK_MS)
  }

  #leave(host: MemberHost): void {
    if (!host.up || host.asleep || this.#going.has(host) || host.status?.role === 'joining') return
    host.leave()
  }

  /** Its disk will be lost, once nobody counts on it any more. */
  #forget(host: MemberHost): void {
    if (this.#going.has(host) || host.asleep || !this.#spares(host)) return
    this.#depart(host, () => {
      this.mischief.note('amnesia', host)
      const next = this.#arrive(host.identity.place)
      if (next !== undefined) this.#reborn.add(next)
    })
  }

  /** It falls silent; and goes for good some time later, if it can be spared then. */
  #depart(host: MemberHost, then: () => void): void {
    const { agenda } = this.mischief
    this.#going.add(host)
    // What is only in memory can't come back: it is frozen, until it is known whether it is needed.
    if (host.durable) this.mischief.crash(host)
    else host.sleep()
    const { life } = host
    this.#tellGone(host)
    agenda.after(FORGOTTEN_MS, () => {
      if (!this.#going.delete(host) || life !== host.life) return
      if (this.#spares(host)) {
        host.crash()
        host.lost = true
        then()
        return
      }
      this.#told.delete(host)
      if (host.durable) this.mischief.back(host, BACK_MS)
      else this.mischief.wake(host)
    })
  }

  #spares(host: MemberHost): boolean {
    return this.configurations.livesWithout((id) => id === host.id || this.#isLost(id))
  }

  #isLost(id: ReplicaId): boolean {
    return this.hosts.some((host) => host.id === id && host.lost)
  }

  #tellGone(host: MemberHost): void {
    for (const other of this.present) {
      if (other === host || this.random.chance(0.5)) continue
      this.mischief.agenda.after(this.random.between(0, NOTICE_MS), () => {
        if ((!host.up || host.asleep) && other.up) other.went(host.id)
      })
    }
  }

  #look(): void {
    for (const host of this.present) this.#lookAt(host)
    this.mischief.agenda.after(LOOK_MS, () => this.#look())
  }

  #lookAt(host: MemberHost): void {
    const { status } = host
    if (status === undefined || this.#going.has(host)) return
    if (!host.joined && status.replica !== undefined) {
      host.joined = true
      this.#count(this.#reborn.has(host) ? 'back after amnesia' : 'joined', host)
    }
    if (
      status.role === 'stopped' &&
      host.versions[1] === 1 &&
      status.reason?.includes('update') &&
      this.#told.get(host) !== host.life
    ) {
      this.#told.set(host, host.life)
      this.#count('told to update', host)
      this.mischief.agenda.after(this.random.between(...UPDATE_MS), () => this.#renew(host))
    }
    if (status.role === 'stopped' && !EXPECTED.test(status.reason ?? '')) {
      throw new Violation('stopped', `${host.name} has stopped: ${status.reason}`)
    }
    if (status.left && !host.asleep && !this.mischief.over) {
      this.#checkLeft(host)
      host.goodbye()
      this.#depart(host, () => this.#count('left', host))
    }
  }

  /** Nobody needs it: it has no seat, and where it had one before, a quorum of those after it has the state durably. */
  #checkLeft({ id, name, epoch }: MemberHost): void {
    const { configurations } = this
    if (configurations.at(epoch)?.voters.includes(id)) throw new Violation('left', `${name} may go, and has a seat`)
    const voted = configurations.at(epoch - 1)?.voters.includes(id)
    if (voted && configurations.established.number < epoch) {
      throw new Violation('left', `${name} may go, and too few have the state at the start of epoch ${epoch}`)
    }
  }

  #count(what: Fortune, host: MemberHost): void {
    this.counts[what]++
    this.mischief.trace.add(this.mischief.agenda.now, host.name, what)
  }
}
