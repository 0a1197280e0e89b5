import type { GroupId, ReplicaId } from '../core/index.js'
import type { Membership } from '../wire/index.js'

/** How many replicas found a room. */
export const FOUNDERS = 3

/** What a lobby asks of its owner. */
export type LobbyAction =
  /** Write this down; once it is durable, greet everybody with it. */
  | { readonly kind: 'write'; readonly membership: Membership }
  /** The room was founded without this replica, or will be. */
  | { readonly kind: 'outside'; readonly voters: readonly ReplicaId[] }

interface Peer {
  /** It was in the room before this replica: of those without a group the first one founds. */
  before: boolean
  /** Undefined until it has greeted; null: it belongs to no group. */
  membership: Membership | null | undefined
}

/**
 * How three replicas that have met become a group: the first to have come names the three and binds itself to
 * that list; who finds itself on a list binds itself, too, and never to another one. Each writes that down before
 * saying so. When all three are known to be bound, the group is founded, and they may vote. So no replica votes
 * in two groups, and two groups with a common member can't both be founded [H19].
 */
export class Lobby {
  readonly #peers = new Map<ReplicaId, Peer>()
  #membership: Membership | undefined

  constructor(
    readonly self: ReplicaId,
    membership: Membership | undefined,
    /** A new random group id. */
    readonly mint: () => GroupId,
  ) {
    this.#membership = membership
  }

  get membership(): Membership | undefined {
    return this.#membership
  }

  /** What it waits for, in words. */
  get waitingFor(): string {
    if (this.#membership !== undefined) {
      const missing = this.#membership.voters.filter((id) => id !== this.self && !this.#peers.has(id))
      const names = missing.map((id) => id.slice(0, 4)).join(' and ')
      return `this room was agreed on with ${names || 'two others'}: it begins when all three are here again`
    }
    const others = [...this.#peers.values()]
    if (others.some(({ membership }) => membership)) return 'others have agreed on this room among themselves'
    const here = 1 + others.filter(({ membership }) => membership === null).length
    return `${here} of ${FOUNDERS} are here: the room begins when ${FOUNDERS} have met`
  }

  came(peer: ReplicaId, before: boolean): LobbyAction | undefined {
    const known = this.#peers.get(peer)
    if (known === undefined) this.#peers.set(peer, { before, membership: undefined })
    else known.before = before
    return this.#look()
  }

  went(peer: ReplicaId): LobbyAction | undefined {
    this.#peers.delete(peer)
    return this.#look()
  }

  greeted(peer: ReplicaId, membership: Membership | undefined): LobbyAction | undefined {
    const known = this.#peers.get(peer)
    if (known === undefined) return undefined
    known.membership = membership ?? null
    return this.#look()
  }

  #look(): LobbyAction | undefined {
    const own = this.#membership
    if (own?.founded) return undefined
    return own === undefined ? this.#seek() : this.#confirm(own)
  }

  /** Bound: founded once all others on the list are seen bound to it, or one of them has seen that. */
  #confirm(own: Membership): LobbyAction | undefined {
    let bound = 1
    for (const [id, { membership }] of this.#peers) {
      if (!membership || !own.voters.includes(id)) continue
      if (membership.group !== own.group) return { kind: 'outside', voters: membership.voters }
      bound++
      if (membership.founded) bound = own.voters.length
    }
    return bound === own.voters.length ? this.#write({ ...own, founded: true }) : undefined
  }

  #seek(): LobbyAction | undefined {
    let other: Membership | undefined
    for (const { membership } of this.#peers.values()) {
      if (!membership) continue
      if (membership.voters.includes(this.self)) return this.#write({ ...membership, founded: false })
      if (!other?.founded) other = membership
    }
    // Agreed on is not founded yet, and never will be if one of the three does not come back: no reason to found another.
    if (other !== undefined) return other.founded ? { kind: 'outside', voters: other.voters } : undefined
    const others: ReplicaId[] = []
    for (const [id, { before, membership }] of this.#peers) {
      // Somebody who was here first may be about to found, or belong to a group already.
      if (before) return undefined
      if (membership === null) others.push(id)
    }
    if (others.length < FOUNDERS - 1) return undefined
    const voters = [this.self, ...others.slice(0, FOUNDERS - 1)].sort()
    return this.#write({ group: this.mint(), epoch: 0, voters, founded: false })
  }

  #write(membership: Membership): LobbyAction {
    this.#membership = membership
    return { kind: 'write', membership }
  }
}
