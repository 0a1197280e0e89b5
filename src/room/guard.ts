import type { ReplicaId } from '../core/index.js'
import { TokenBucket } from '../wire/index.js'

/** What a peer can do that no member does. */
export type Rule =
  /** More packets, or bytes, than any member has to say. */
  | 'packet-rate'
  | 'byte-rate'
  /** Packets that can't be read; not those of another version: who speaks that breaks no rule. */
  | 'unreadable'
  /** Messages that no member can have sent. */
  | 'impossible'

/** A peer that is not listened to for a while. */
export interface Cut {
  readonly member: ReplicaId
  readonly reason: Rule
  /** On the clock that the guard is told. */
  readonly untilMs: number
}

/**
 * Several times what the busiest member sends: a few packets for each that it gets, and what a page or a relay passes on is
 * some thousands a second. To refuse to read that many takes a fraction of one core.
 */
const PACKETS_PER_SECOND = 50_000

/**
 * Between two ticks, 25 ms, a member is sent at most 16 chunks of 64 KiB of a snapshot and 1 MiB of commits that it has asked
 * for: 80 MiB a second, more than most links carry. The rest is for commands.
 */
const BYTES_PER_SECOND: number = 128 << 20

/** What was held up by a link that had stalled, or by a machine that slept, comes at once. */
const BURST_SECONDS = 4

/** Links drop what was damaged on its way, so an honest peer gets none at all, unless its program is broken. */
const MAX_STRIKES = 32
/** As many are forgiven in so long: a peer that is odd now and then is no nuisance. */
const FORGIVEN_IN_SECONDS = 60

/** The first time; then twice as long each time, up to an hour. */
const CUT_MS = 60_000
const MAX_CUT_MS = 3_600_000
/** Who has behaved for so long after that begins anew. */
const FORGOTTEN_MS: number = 4 * MAX_CUT_MS

/** Twice as many as a relay lets into a room. */
const MAX_PEERS = 1024

interface Watched {
  readonly packets: TokenBucket
  readonly bytes: TokenBucket
  readonly strikes: TokenBucket
  cut: Cut | undefined
  /** How often it was cut off since it last behaved for long. */
  times: number
}

/**
 * Keeps peers that break the rules from taking this replica's time: each has its rates, and a number of things that it may
 * get wrong; then nothing of it is listened to for a while, as if it were away. What a packet may hold is bounded elsewhere.
 * Time is told with each call, in milliseconds that never decrease.
 */
export class PeerGuard {
  readonly #onCut: (cut: Cut) => void
  readonly #peers = new Map<ReplicaId, Watched>()

  /** @param onCut is called once each time that a peer is cut off */
  constructor(onCut: (cut: Cut) => void) {
    this.#onCut = onCut
  }

  /** A packet has come. Before anything of it is read. */
  admit(peer: ReplicaId, bytes: number, nowMs: number): 'ok' | Cut {
    const watched = this.#watched(peer, nowMs)
    const { cut } = watched
    if (cut !== undefined && nowMs < cut.untilMs) return cut
    if (!watched.packets.isOpen(nowMs)) return this.#cutOff(peer, watched, 'packet-rate', nowMs)
    if (!watched.bytes.isOpen(nowMs)) return this.#cutOff(peer, watched, 'byte-rate', nowMs)
    watched.packets.spend(1)
    watched.bytes.spend(bytes)
    return 'ok'
  }

  /** What it has said broke a rule. */
  broke(peer: ReplicaId, rule: 'unreadable' | 'impossible', nowMs: number): void {
    // What was under way with the one that was too many counts no more.
    if (this.cut(peer, nowMs) !== undefined) return
    const watched = this.#watched(peer, nowMs)
    watched.strikes.spend(1)
    if (!watched.strikes.isOpen(nowMs)) this.#cutOff(peer, watched, rule, nowMs)
  }

  /** Undefined: it is listened to. */
  cut(peer: ReplicaId, nowMs: number): Cut | undefined {
    const cut = this.#peers.get(peer)?.cut
    return cut !== undefined && nowMs < cut.untilMs ? cut : undefined
  }

  /** All that are not listened to now. */
  cuts(nowMs: number): readonly Cut[] {
    return [...this.#peers.keys()].flatMap((peer) => this.cut(peer, nowMs) ?? [])
  }

  #cutOff(peer: ReplicaId, watched: Watched, reason: Rule, nowMs: number): Cut {
    const { cut } = watched
    if (cut !== undefined && nowMs - cut.untilMs >= FORGOTTEN_MS) watched.times = 0
    const forMs = Math.min(CUT_MS * 2 ** watched.times, MAX_CUT_MS)
    watched.times++
    watched.cut = { member: peer, reason, untilMs: nowMs + forMs }
    this.#onCut(watched.cut)
    return watched.cut
  }

  #watched(peer: ReplicaId, nowMs: number): Watched {
    const known = this.#peers.get(peer)
    if (known !== undefined) return known
    if (this.#peers.size >= MAX_PEERS) this.#forgetOne(nowMs)
    const watched: Watched = {
      packets: new TokenBucket(PACKETS_PER_SECOND, PACKETS_PER_SECOND * BURST_SECONDS, nowMs),
      bytes: new TokenBucket(BYTES_PER_SECOND, BYTES_PER_SECOND * BURST_SECONDS, nowMs),
      strikes: new TokenBucket(MAX_STRIKES / FORGIVEN_IN_SECONDS, MAX_STRIKES, nowMs),
      cut: undefined,
      times: 0,
    }
    this.#peers.set(peer, watched)
    return watched
  }

  /** The one that has been known for longest, of those that were never cut off, if there is one. */
  #forgetOne(nowMs: number): void {
    let oldest: ReplicaId | undefined
    for (const [peer, { times }] of this.#peers) {
      oldest ??= peer
      if (times > 0) continue
      this.#peers.delete(peer)
      return
    }
    if (oldest === undefined) return
    // All of them have broken rules: the room is not the place that it should be.
    const [free = oldest] = [...this.#peers.keys()].filter((peer) => this.cut(peer, nowMs) === undefined)
    this.#peers.delete(free)
  }
}
