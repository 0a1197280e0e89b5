import type { ExecutedSet, ReplicaId } from '../core/index.js'
import type { Encoding, KeptSnapshot } from './encoding.js'
import { MAX_WANTED_CHUNKS, type MemberMessage, type WantChunks, type WantSnapshot } from './message.js'

/** Nobody has asked for a chunk of it for so long: whoever wanted it has it, or is gone. */
const IDLE_MS = 15_000

/** Who asks later than this gets a newer one: what it would have to catch up with is told for a while only. */
const FRESH_MS = 30_000

/** That many are in memory: one that is fetched still, and a newer one that replaces it. */
const MAX_MADE = 2

interface Made {
  readonly snapshot: number
  readonly encoding: Encoding
  madeAtMs: number
  askedAtMs: number
}

export interface OfferPorts {
  readonly send: (to: ReplicaId, message: MemberMessage) => void
  /** The state as it is now; undefined where there is none. */
  readonly freeze: () => Encoding | undefined
  /** Whether what came after such a state can still be told here. */
  readonly goesOn: (executed: ExecutedSet) => boolean
}

/**
 * Serving snapshots: the start of an epoch, kept for as long as one of its voters may need exactly that; and the state of
 * now, made for who asks, and shared by all who ask about then.
 */
export class SnapshotOffers {
  readonly #ports: OfferPorts
  #now = 0
  #lastName = 0
  #cut: { readonly snapshot: number; readonly kept: KeptSnapshot } | undefined
  /** The newest last; only that may be unfinished. */
  #made: Made[] = []
  /** Who is to be told once the newest is finished. */
  readonly #waiting = new Set<ReplicaId>()
  /** Who has asked since the last tick. */
  readonly #asked = new Set<ReplicaId>()
  /** What each asked for last, until it was sent. */
  readonly #wanted = new Map<ReplicaId, WantChunks>()

  constructor(ports: OfferPorts) {
    this.#ports = ports
  }

  /** The start of an epoch that is kept, and served. */
  get cut(): KeptSnapshot | undefined {
    return this.#cut?.kept
  }

  set cut(kept: KeptSnapshot | undefined) {
    this.#cut = kept && { snapshot: ++this.#lastName, kept }
  }

  /** The epoch has ended: what was made of it is not worth getting any more. Who wants some asks again. */
  forget(): void {
    this.#made = []
    this.#waiting.clear()
  }

  asked(from: ReplicaId, { cut }: WantSnapshot): void {
    // A header may be large: it is told once a tick, however often it is asked for.
    if (this.#asked.has(from)) return
    this.#asked.add(from)
    if (cut === undefined) this.#askedForAny(from)
    else if (this.#cut?.kept.header.configuration.number === cut) this.#offer(from, this.#cut.snapshot, this.#cut.kept)
    else this.#ports.send(from, { kind: 'no-snapshot' })
  }

  askedForChunks(from: ReplicaId, message: WantChunks): void {
    if (this.#find(message.snapshot) === undefined) this.#ports.send(from, { kind: 'no-snapshot' })
    else this.#wanted.set(from, message)
  }

  /** Goes on making, by some `bytes`, and sends a few of the chunks that were asked for. */
  tick(nowMs: number, bytes: number): void {
    this.#now = nowMs
    this.#asked.clear()
    const newest = this.#made.at(-1)
    if (newest !== undefined && !newest.encoding.done && newest.encoding.advance(bytes)) {
      newest.madeAtMs = nowMs
      for (const to of this.#waiting) this.#offer(to, newest.snapshot, newest.encoding)
      this.#waiting.clear()
    }
    this.#made = this.#made.filter(({ encoding, askedAtMs }) => !encoding.done || nowMs - askedAtMs <= IDLE_MS)
    // One at a time: the others' turn comes with the next ticks.
    const [next] = this.#wanted
    if (next === undefined) return
    const [to, message] = next
    this.#wanted.delete(to)
    this.#serve(to, message)
  }

  #askedForAny(from: ReplicaId): void {
    let newest = this.#made.at(-1)
    if (newest === undefined || (newest.encoding.done && !this.#isFresh(newest))) {
      const encoding = this.#ports.freeze()
      if (encoding === undefined) return this.#ports.send(from, { kind: 'no-snapshot' })
      newest = { snapshot: ++this.#lastName, encoding, madeAtMs: this.#now, askedAtMs: this.#now }
      this.#made = [...this.#made, newest].slice(-MAX_MADE)
    }
    newest.askedAtMs = this.#now
    if (newest.encoding.done) this.#offer(from, newest.snapshot, newest.encoding)
    else this.#waiting.add(from)
  }

  #isFresh({ encoding, madeAtMs }: Made): boolean {
    return this.#now - madeAtMs <= FRESH_MS && this.#ports.goesOn(encoding.executed)
  }

  #offer(to: ReplicaId, snapshot: number, { header }: KeptSnapshot): void {
    this.#ports.send(to, { kind: 'offer', snapshot, header })
  }

  #find(snapshot: number): KeptSnapshot | undefined {
    if (this.#cut?.snapshot === snapshot) return this.#cut.kept
    const made = this.#made.find((one) => one.snapshot === snapshot)
    if (made === undefined || !made.encoding.done) return undefined
    made.askedAtMs = this.#now
    return made.encoding
  }

  #serve(to: ReplicaId, { snapshot, from, to: last }: WantChunks): void {
    const kept = this.#find(snapshot)
    if (kept === undefined) return this.#ports.send(to, { kind: 'no-snapshot' })
    const end = Math.min(last + 1, from + MAX_WANTED_CHUNKS, kept.header.checksums.length)
    for (let index = from; index < end; index++) {
      this.#ports.send(to, { kind: 'chunk', snapshot, index, bytes: kept.chunk(index) })
    }
  }
}
