import type { Ballot } from '../../core/index.js'

/** What a client asks for. Replica and sequence name it: none is ever used again, not even after a crash. */
export interface LogCommand {
  /** Where it was proposed: 0 … n − 1. */
  readonly replica: number
  readonly sequence: number
}

/** A no-op fills an index for which a new leader finds nothing. */
export type LogValue = LogCommand | 'no-op'

/** One place of the log, as a replica holds it. */
export interface LogEntry {
  /** 1, 2, 3 … */
  readonly index: number
  /** At which the value was accepted. */
  readonly ballot: Ballot
  readonly value: LogValue
  readonly committed: boolean
}

export type Decided = Pick<LogEntry, 'index' | 'value'>

export type LogMessage =
  /** To the leader: these were proposed elsewhere. */
  | { readonly kind: 'forward'; readonly commands: readonly LogCommand[] }
  /** Asks, before a ballot is used, who else misses the leader: who was cut off unseats none that the others hear. */
  | { readonly kind: 'canvass' | 'consent'; readonly ballot: Ballot }
  /** Phase 1, for every index from here on; and what was accepted there. */
  | { readonly kind: 'prepare'; readonly ballot: Ballot; readonly from: number }
  | { readonly kind: 'promise'; readonly ballot: Ballot; readonly entries: readonly LogEntry[] }
  /** Phase 2, for one index. */
  | { readonly kind: 'accept'; readonly ballot: Ballot; readonly index: number; readonly value: LogValue }
  | { readonly kind: 'accepted'; readonly ballot: Ballot; readonly index: number }
  /** To whoever uses a lower ballot than this one. */
  | { readonly kind: 'refused'; readonly ballot: Ballot }
  | { readonly kind: 'commit'; readonly decided: readonly Decided[] }
  /** The leader lives, and all below `open` is committed. */
  | { readonly kind: 'heartbeat'; readonly ballot: Ballot; readonly open: number }
  /** To the leader: commits are missing here from this index on. */
  | { readonly kind: 'behind'; readonly from: number }

export interface LogEnvelope {
  readonly to: number
  readonly message: LogMessage
}
