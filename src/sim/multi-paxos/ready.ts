import type { Ballot } from '../../core/index.js'
import type { Decided, LogCommand, LogEntry, LogEnvelope } from './message.js'

/** What a replica has written down. */
export interface LogRecord {
  readonly promised: Ballot
  /** In place of what was written for the same index. */
  readonly entries: readonly LogEntry[]
}

export interface LogConfig {
  /** 0 … voters − 1. */
  readonly self: number
  readonly voters: number
  /** Who leads first: of round 0, below which nothing was ever accepted, so that it needs no phase 1. */
  readonly leader: number
  /** What it wrote in its former lives; undefined: this is its first. */
  readonly restored: LogRecord | undefined
  readonly nowMs: number
}

/** What there is to do, in this order. */
export interface LogReady {
  readonly record: LogRecord | undefined
  readonly messages: readonly LogEnvelope[]
  /** Once the record, and those before it, are durable. Some are for the replica itself. */
  readonly messagesAfterWrite: readonly LogEnvelope[]
  /** Known to be committed from now on. */
  readonly committed: readonly Decided[]
  readonly executed: readonly LogCommand[]
}
