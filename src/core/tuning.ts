/** Times and bounds. They move latency and traffic, never safety: but for `maxCommandBytes`, each replica may have its own. */
export interface Tuning {
  /** After this long without a fast quorum a slow quorum is enough. Above a round trip to far voters. */
  readonly slowPathDelayMs: number
  /** First repeat of what is unanswered; doubles up to `maxRetransmitMs`. */
  readonly retransmitMs: number
  readonly maxRetransmitMs: number
  /** A peer says how far it has got, and that it lives, this often. */
  readonly gossipMs: number
  /** A voter silent for this long is suspected: several gossips were lost, or it is gone. */
  readonly suspectMs: number
  /** How long a missing commit may still be on its way before peers are asked for it. */
  readonly fetchDelayMs: number
  /** After asking, recovery starts after this long, growing with rank and attempts: when the coordinator is suspected … */
  readonly recoverSuspectedMs: number
  /** … and when it seems alive, and most likely finishes by itself. */
  readonly recoverAliveMs: number
  /** A recovery that waits, for another one or for an answer, tries again at a higher ballot after this long; doubled for each attempt. */
  readonly waitingMs: number
  /**
   * PreAccept and Accept go to the nearest quorum only, see `Replica.prefer`, and to everybody once an answer is
   * late (protocol §11). Less traffic; a dead or slow neighbour costs a `slowPathDelayMs`.
   */
  readonly thrifty: boolean
  /** Upper bound of one command's payload. At most 8 MiB, and the same at every member: others refuse what is larger. */
  readonly maxCommandBytes: number
  /**
   * How long what a member has said of how far it is counts, when the next voters are chosen; and by how many instances
   * it may lag: what is fetched in a moment (protocol §9).
   */
  readonly closeMs: number
  readonly closeInstances: number
  /** Fewer instances than these are not dropped: to do so, all that is held is gone through (protocol §8). */
  readonly dropInstances: number
  /**
   * From so many own instances on their way on, proposals of one turn share the next one, as far as they wait for nothing
   * and nobody else has touched the same lately. 0: always; Infinity: never.
   */
  readonly shareFrom: number
  /** Own proposals not yet executed, waiting ones included. */
  readonly maxPending: number
}

export const defaultTuning: Tuning = Object.freeze({
  slowPathDelayMs: 400,
  retransmitMs: 300,
  maxRetransmitMs: 4000,
  gossipMs: 500,
  suspectMs: 2000,
  fetchDelayMs: 300,
  recoverSuspectedMs: 150,
  recoverAliveMs: 1500,
  waitingMs: 3000,
  thrifty: false,
  maxCommandBytes: 1 << 20,
  closeMs: 3000,
  closeInstances: 1000,
  dropInstances: 256,
  shareFrom: 2,
  maxPending: 10_000,
})
