import type { ReplicaId } from '../core/index.js'

/** One life of a replica, written down before anything else in it. */
export interface Start {
  /** How often the replica was started, this start included. */
  readonly count: number
  /** 32 lower-case hex digits, random: two copies of one storage never share one. */
  readonly nonce: string
  /** Batches of records that its storage held then. */
  readonly batches: number
}

/**
 * Starts that a storage keeps and a greeting tells, the present one included: some 8 KB. Whoever knows none of
 * them can't rule out an older copy, and refuses. So a replica that was started more often than this while one of its
 * peers was away is stopped by that peer when it comes back.
 */
export const MAX_STARTS = 256

/** What a replica says of its life to those that it meets. */
export interface Introduction {
  readonly start: Start
  /** The starts before it on the same storage, oldest first: all of them, or the last `MAX_STARTS - 1`. */
  readonly earlier: readonly Start[]
}

/** The next life on a storage whose last one, if there was any, introduced itself like this. */
export const nextLife = (last: Introduction | undefined, nonce: string, batches: number): Introduction => {
  if (last === undefined) return { start: { count: 1, nonce, batches }, earlier: [] }
  const earlier = [...last.earlier, last.start].slice(1 - MAX_STARTS)
  return { start: { count: last.start.count + 1, nonce, batches }, earlier }
}

/** What is remembered of another replica. */
export interface KnownLife {
  readonly replica: ReplicaId
  /** Its latest start. */
  readonly start: Start
  /** Batches of records that its storage has held in that life, at least. */
  readonly batches: number
}

export type Verdict =
  /** The life that is known already. */
  | 'known'
  /** A later one, or the first that is heard of: to be written down. */
  | 'new'
  /** Its storage may be an older copy of what it was, or one of two copies: then it has forgotten what it promised. */
  | 'refused'

/**
 * How a storage that was rolled back, or copied, is noticed [H14]: by the others, who remember each replica's latest
 * start and how much its storage held in that life. The storage itself remembers its last starts, and how much it held
 * at each. A later life follows the one that is known if that is among them, and the next one after it began with no
 * less than was told of. A storage that was rolled back has lost the one or the other, and never gets it back, however
 * often it is started, whatever is written to it since; of two copies the second to be met lacks the start of the first.
 */
export class Starts {
  readonly #lives: Map<ReplicaId, KnownLife>

  constructor(known: Iterable<KnownLife>) {
    this.#lives = new Map(Array.from(known, (life) => [life.replica, life]))
  }

  /** What is known, to be written down. */
  get known(): readonly KnownLife[] {
    return [...this.#lives.values()]
  }

  /** The latest start known of a replica that was judged before. */
  latest(replica: ReplicaId): Start | undefined {
    return this.#lives.get(replica)?.start
  }

  judge(replica: ReplicaId, introduction: Introduction): Verdict {
    const known = this.#lives.get(replica)
    if (known !== undefined) {
      if (sameStart(introduction.start, known.start)) return 'known'
      if (!follows(introduction, known)) return 'refused'
    }
    const { start } = introduction
    this.#lives.set(replica, { replica, start, batches: start.batches })
    return 'new'
  }

  /** The present life of this replica has said that its storage holds so many batches. Says whether that is news. */
  heard(replica: ReplicaId, batches: number): boolean {
    const known = this.#lives.get(replica)
    if (known === undefined || batches <= known.batches) return false
    this.#lives.set(replica, { ...known, batches })
    return true
  }
}

const sameStart = (a: Start, b: Start): boolean => a.count === b.count && a.nonce === b.nonce

const follows = ({ start, earlier }: Introduction, known: KnownLife): boolean => {
  const at = earlier.findIndex((one) => sameStart(one, known.start))
  return at >= 0 && (earlier[at + 1] ?? start).batches >= known.batches
}
