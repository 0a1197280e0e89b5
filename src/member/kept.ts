import type { Span } from '../core/index.js'

/** A proposal's place among those of its client (protocol §10): whatever sends it again sends the same. */
export interface Place {
  readonly session: string
  readonly sequence: number
  readonly acknowledged: number
  readonly after: readonly number[]
}

/** A proposal that waits for its answer, as it is stored. */
export interface KeptProposal {
  /** Random: 32 lower-case hex digits. */
  readonly id: string
  readonly spans: readonly Span[]
  readonly payload: Uint8Array
  /** Undefined: nobody was sent it, as long as this is what is stored. */
  readonly place: Place | undefined
}

/** Something to be proposed, until it has its answer. */
export interface Draft {
  /** Random: 32 lower-case hex digits. */
  readonly id: string
  readonly spans: readonly Span[]
  readonly payload: Uint8Array
  /** Kept over restarts, and so executed once whatever happens. A read is not: whoever wanted it is gone. */
  readonly lasting: boolean
}
