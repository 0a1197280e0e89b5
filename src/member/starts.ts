import type { ReplicaId } from '../core/index.js'

/** One life of a replica, written down before anything else in it. */
export interface Start {
  /** How often the replica was started, this start included. */
  readonly count: number
  /** 32 lower-case hex digits, random: two copies of one storage never share one. */
  readonly nonce: string
}

/** What a replica says of its life to those that it meets. */
export interface Introduction {
  readonly start: Start
  /** The start before it on the same storage; undefined for the first. */
  readonly previous: Start | undefined
  /** Batches of records that its storage held when it was started. */
  readonly batches: number
}

/** What is remembered of another replica. */
export interface KnownLife {
  readonly replica: ReplicaId
  /** Its latest start. */
  readonly start: Start
  /** Batches of records that its storage has held, at least. */
  readonly batches: number
}

export type Verdict =
  /** The life that is known already. */
  | 'known'
  /** A later one, or the first that is heard of: to be written down. */
  | 'new'
  /** Its storage is an older copy of what it was, or one of two copies: it has forgotten what it promised. */
  | 'refused'

/**
 * How a storage that was rolled back, or copied, is noticed [H14]: by the others, who remember each replica's latest
 * start and how much its storage held. A rolled-back one is started under a count that is known with another nonce,
 * or holds less than it has told of; of two copies that are started the second finds its count taken by the first.
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
    const { start, batches } = introduction
    this.#lives.set(replica, { replica, start, batches })
    return 'new'
  }

  /** The present life of this replica has said that its storage holds so many batches. */
  heard(replica: ReplicaId, batches: number): void {
    const known = this.#lives.get(replica)
    if (known !== undefined && batches > known.batches) this.#lives.set(replica, { ...known, batches })
  }
}

const sameStart = (a: Start, b: Start): boolean => a.count === b.count && a.nonce === b.nonce

/** Where lives between the two were never heard of, only the counts can tell. */
const follows = ({ start, previous, batches }: Introduction, known: KnownLife): boolean => {
  if (start.count <= known.start.count || batches < known.batches) return false
  return start.count > known.start.count + 1 || (previous !== undefined && sameStart(previous, known.start))
}
