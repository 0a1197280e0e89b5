import { type Address, MAX_CAST_PEERS, type ReplicaId } from '../wire/index.js'
import type { RelayId, Seat } from './cluster-message.js'

/** A seat at another relay. */
export interface RemoteSeat extends Seat {
  readonly relay: RelayId
}

/** What is known of the part of a room that another relay has. */
interface Share {
  /** The last of which every change is known; 0: none. */
  version: number
  /** Ticks since it was last confirmed. */
  silentTicks: number
  /** It was asked for what is missing here, in this tick. */
  asked: boolean
}

/** What 48 bits hold, ten thousand years on: also where another relay says that it is later. */
const LAST_MS = 2 ** 48 - 1

/** As many as one frame can be for: a relay lets in no more, so more come only where somebody makes them up. */
const MAX_ELSEWHERE = MAX_CAST_PEERS

const isSame = (one: Address, other: Address): boolean =>
  one.replica === other.replica && one.incarnation === other.incarnation

/** One room, as far as this relay knows: who sits in it here, and who at which other relay. */
export class SharedRoom {
  readonly name: string
  /** Grows with everybody who comes or goes here; 0: nobody has come yet. */
  version = 0
  readonly #here = new Map<ReplicaId, Seat>()
  readonly #elsewhere = new Map<ReplicaId, RemoteSeat>()
  readonly #shares = new Map<RelayId, Share>()

  constructor(name: string) {
    this.name = name
  }

  /** Nobody sits here. */
  get empty(): boolean {
    return this.#here.size === 0
  }

  seatsHere(): readonly Seat[] {
    return [...this.#here.values()]
  }

  seatsElsewhere(): readonly RemoteSeat[] {
    return [...this.#elsewhere.values()]
  }

  /** Where exactly this life of a replica sits elsewhere. */
  findElsewhere(peer: Address): RemoteSeat | undefined {
    const seat = this.#elsewhere.get(peer.replica)
    return seat?.self.incarnation === peer.incarnation ? seat : undefined
  }

  /** Whoever takes a seat has left all others: that it is the newest shows in its time, whatever the clocks say. */
  take(self: Address, nowMs: number): Seat {
    const earlier = [this.#here.get(self.replica), this.#elsewhere.get(self.replica)]
    const newestMs = Math.max(nowMs, ...earlier.map((seat) => (seat === undefined ? 0 : seat.takenAtMs + 1)))
    this.#elsewhere.delete(self.replica)
    const seat = { self, takenAtMs: Math.min(newestMs, LAST_MS) }
    this.#here.set(self.replica, seat)
    return seat
  }

  /** False: it does not sit here, or in another life. */
  leave(self: Address): boolean {
    const seat = this.#here.get(self.replica)
    return seat !== undefined && isSame(seat.self, self) && this.#here.delete(self.replica)
  }

  /**
   * Of two seats of one replica the later life has it, of one life the seat that was taken later, of two at the same moment
   * that at the relay of the greater id: so all relays say, once they have heard of both.
   *
   * @returns `new` is to be told of, and so is that `lost` has gone; neither: nothing has changed
   */
  admit(self: RelayId, relay: RelayId, seat: Seat): { readonly came: boolean; readonly lost: Address | undefined } {
    const { replica } = seat.self
    const here = this.#here.get(replica)
    const known = this.#elsewhere.get(replica)
    const unchanged = { came: false, lost: undefined }
    if (here !== undefined && outranks({ ...here, relay: self }, { ...seat, relay })) return unchanged
    // A relay knows best who sits at it, but not who has moved on.
    if (known !== undefined && known.relay !== relay && outranks(known, { ...seat, relay })) return unchanged
    if (known === undefined && this.#elsewhere.size >= MAX_ELSEWHERE) return unchanged
    this.#elsewhere.set(replica, { ...seat, relay })
    if (known?.relay === relay && isSame(known.self, seat.self) && known.takenAtMs === seat.takenAtMs) return unchanged
    return {
      came: true,
      lost: known !== undefined && known.self.incarnation > seat.self.incarnation ? known.self : undefined,
    }
  }

  /** False: it did not sit there. */
  dismiss(relay: RelayId, peer: Address): boolean {
    return this.findElsewhere(peer)?.relay === relay && this.#elsewhere.delete(peer.replica)
  }

  /** Forgets all that sit at that relay. */
  forget(relay: RelayId): readonly Address[] {
    this.#shares.delete(relay)
    const gone = this.seatsElsewhere().filter((seat) => seat.relay === relay)
    for (const { self } of gone) this.#elsewhere.delete(self.replica)
    return gone.map(({ self }) => self)
  }

  /** What is known of the other relay's part, which has just been heard from. */
  share(relay: RelayId): Share {
    let share = this.#shares.get(relay)
    if (share === undefined) {
      share = { version: 0, silentTicks: 0, asked: false }
      this.#shares.set(relay, share)
    }
    share.silentTicks = 0
    return share
  }

  /** @returns the relays that have not confirmed their part for longer than so many ticks */
  tick(silentTicks: number): readonly RelayId[] {
    const silent: RelayId[] = []
    for (const [relay, share] of this.#shares) {
      share.asked = false
      if (++share.silentTicks > silentTicks) silent.push(relay)
    }
    return silent
  }
}

const outranks = (one: RemoteSeat, other: RemoteSeat): boolean => {
  if (one.self.incarnation !== other.self.incarnation) return one.self.incarnation > other.self.incarnation
  if (one.takenAtMs !== other.takenAtMs) return one.takenAtMs > other.takenAtMs
  return one.relay > other.relay
}
