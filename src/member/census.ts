import type { Configuration, Replica, ReplicaId } from '../core/index.js'
import type { Standing } from './message.js'
import type { Candidate } from './policy.js'

/** A member that does not vote, and was silent for so long, is forgotten: it says something every few seconds. */
const FORGET_MS = 60_000

/** A page that is loaded again says goodbye, too: it is back by then, or gone. */
const RELOAD_MS = 3000

/** What was said before a goodbye may come after it: by so much, at most. */
const UNDER_WAY_MS = 3000

interface Known {
  standing: Standing
  /** As it said when it introduced itself; undefined: it has no state. */
  configuration: Configuration | undefined
  metAtMs: number
  heardAtMs: number
  /** Its link is gone: it may be back any moment. */
  away: boolean
  /** It has said that it wants to go, in this life. */
  leaving: boolean
  /** When it has said goodbye; undefined: it has not, or is back. */
  leftAtMs: number | undefined
}

/** Who else is known, and what of them. */
export class Census {
  readonly #known = new Map<ReplicaId, Known>()
  #now = 0

  /** It has introduced itself. */
  met(id: ReplicaId, standing: Standing, configuration: Configuration | undefined): void {
    const now = this.#now
    // Who is still leaving says so again to whoever has met it.
    const fresh = { metAtMs: now, heardAtMs: now, away: false, leaving: false, leftAtMs: undefined }
    this.#known.set(id, { standing, configuration, ...fresh })
  }

  heard(id: ReplicaId): void {
    const known = this.#known.get(id)
    if (known === undefined) return
    if (known.leftAtMs !== undefined && this.#now - known.leftAtMs <= UNDER_WAY_MS) return
    known.heardAtMs = this.#now
    known.away = false
    known.leftAtMs = undefined
  }

  went(id: ReplicaId): void {
    const known = this.#known.get(id)
    if (known !== undefined) known.away = true
  }

  gaveNotice(id: ReplicaId): void {
    const known = this.#known.get(id)
    if (known !== undefined) known.leaving = true
  }

  saidGoodbye(id: ReplicaId): void {
    const known = this.#known.get(id)
    if (known === undefined) return
    known.away = true
    known.leftAtMs = this.#now
  }

  tick(nowMs: number): void {
    this.#now = nowMs
  }

  /** Forgets those who are gone, and do not vote. */
  forget(voters: readonly ReplicaId[]): void {
    for (const [id, { heardAtMs, away }] of this.#known) {
      if (away && this.#now - heardAtMs > FORGET_MS && !voters.includes(id)) this.#known.delete(id)
    }
  }

  /** Those who are there, as far as known. */
  get present(): readonly ReplicaId[] {
    return [...this.#known].filter(([, { away }]) => !away).map(([id]) => id)
  }

  isAway(id: ReplicaId): boolean {
    return this.#known.get(id)?.away ?? false
  }

  /** Those who are there whose epoch is after this one. */
  ahead(epoch: number): readonly ReplicaId[] {
    return [...this.#known]
      .filter(([, known]) => !known.away && (known.configuration?.number ?? 0) > epoch)
      .map(([id]) => id)
  }

  /** Those who are there and have a state, the latest epoch's first, its voters before the others. */
  get holders(): readonly ReplicaId[] {
    const holders: { readonly id: ReplicaId; readonly epoch: number; readonly votes: boolean }[] = []
    for (const [id, { configuration, away }] of this.#known) {
      if (away || configuration === undefined) continue
      holders.push({ id, epoch: configuration.number, votes: configuration.voters.includes(id) })
    }
    holders.sort((a, b) => b.epoch - a.epoch || Number(b.votes) - Number(a.votes))
    return holders.map(({ id }) => id)
  }

  /** Every other voter, and every other member heard of lately, as a policy sees them. */
  candidates(configuration: Configuration, replica: Replica): readonly Candidate[] {
    const others = [...this.#known.keys()].filter((id) => !configuration.voters.includes(id))
    const voters = configuration.voters.filter((id) => id !== replica.id)
    const candidates = [...voters, ...others].map((id): Candidate => {
      const known = this.#known.get(id)
      const heardMs = Math.max(
        replica.heardMs(id) ?? Number.NEGATIVE_INFINITY,
        known?.heardAtMs ?? Number.NEGATIVE_INFINITY,
      )
      const standing = known?.standing ?? stranger(id, configuration)
      return {
        ...standing,
        ageMs: standing.ageMs + (known === undefined ? 0 : this.#now - known.metAtMs),
        id,
        self: false,
        silentMs: this.#isGone(known) ? Number.POSITIVE_INFINITY : this.#now - heardMs,
        close: !known?.away && replica.acknowledged(id),
        leaving: known?.leaving ?? false,
      }
    })
    return candidates.filter(({ id, silentMs }) => silentMs <= FORGET_MS || configuration.voters.includes(id))
  }

  /** It has said goodbye, and nobody waits for it: it goes for good, or would be back by now. */
  #isGone(known: Known | undefined): boolean {
    if (known?.leftAtMs === undefined) return false
    return known.leaving || this.#now - known.leftAtMs > RELOAD_MS
  }
}

/** A voter that was not met in this life: nothing can be said for it, nor that anything stands against it. */
const stranger = (id: ReplicaId, { stateVersion, wireVersion }: Configuration): Standing => ({
  durable: true,
  place: id,
  ageMs: 0,
  stateVersions: [stateVersion, stateVersion],
  wireVersions: [wireVersion, wireVersion],
})
