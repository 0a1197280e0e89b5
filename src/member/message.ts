import type { Command, Configuration, Deps, ExecutedSet, Message, ReplicaId } from '../core/index.js'

/** A command of a member that can't propose it itself: the receiver, a voter, is asked to. Repeated until executed. */
export interface Propose {
  readonly kind: 'propose'
  readonly command: Command
}

/** Asks for a snapshot: answered with Offer or NoSnapshot. */
export interface WantSnapshot {
  readonly kind: 'want-snapshot'
  /** Of exactly the start of this epoch, for a voter of it; undefined: whichever there is. */
  readonly cut: number | undefined
}

/** What a snapshot holds, and how to tell that it arrived whole. */
export interface SnapshotHeader {
  readonly configuration: Configuration
  /** The instances of that epoch that are in it; all zero: its start. */
  readonly executed: ExecutedSet
  /** In bytes, over all chunks. */
  readonly bytes: number
  /** CRC-32 of each chunk. Two snapshots with the same header are the same. */
  readonly checksums: readonly number[]
}

export interface Offer {
  readonly kind: 'offer'
  /** The sender's name for it, for as long as it keeps it. */
  readonly snapshot: number
  readonly header: SnapshotHeader
}

/** Asks for the chunks `from` … `to`, both included, counted from 0. Each is answered by itself. */
export interface WantChunks {
  readonly kind: 'want-chunks'
  readonly snapshot: number
  readonly from: number
  readonly to: number
}

export interface Chunk {
  readonly kind: 'chunk'
  readonly snapshot: number
  readonly index: number
  readonly bytes: Uint8Array
}

/** What was asked for is not here, or not any more: ask another voter, or anew. */
export interface NoSnapshot {
  readonly kind: 'no-snapshot'
}

/**
 * The sender wants to go, and is there still: it is to be made a voter no more, in this life of it. Repeated until it is
 * answered with Noted.
 */
export interface Notice {
  readonly kind: 'notice'
}

/** A notice of the receiver has arrived: from then on the sender makes it a voter no more. */
export interface Noted {
  readonly kind: 'noted'
  /** Where the sender is: in its earlier epochs it may have done so. */
  readonly inEpoch: number
}

/** The sender is leaving, closing, or its page is being hidden for good: it will be silent from now on. */
export interface Goodbye {
  readonly kind: 'goodbye'
}

/** What a state has come to at some place. */
export interface Counted {
  /** Of the whole state: an unsigned 32-bit number. */
  readonly state: number
  /** By the names of its parts, ascending: at most `MAX_DIGEST_PARTS`, the rest is left out. Unsigned 32-bit numbers. */
  readonly parts: readonly (readonly [name: string, digest: number])[]
  /** Where `parts` began to count: they can be compared where it is the same. Undefined: nowhere that others know. */
  readonly since: string | undefined
}

/** The same at the seal or sweep that was executed last: one place in the order of all, so that none has executed more. */
export interface Ended extends Counted {
  readonly place: string
}

/** What the sender's state has come to, for others that have executed exactly the same: theirs must have come to the same. */
export interface StateDigest extends Counted {
  readonly kind: 'digest'
  readonly epoch: number
  /** Per row: all up to there was executed, and nothing beyond. */
  readonly executed: Deps
  /** For all that have been at that place, whatever they have executed since. Undefined: the sender has not, with a state. */
  readonly ended: Ended | undefined
}

/** Everything that members say to each other, once they have introduced themselves. Any of it may be lost, repeated and reordered. */
export type MemberMessage =
  | Message
  | Propose
  | WantSnapshot
  | Offer
  | WantChunks
  | Chunk
  | NoSnapshot
  | Notice
  | Noted
  | Goodbye
  | StateDigest

export interface MemberEnvelope {
  readonly to: ReplicaId
  readonly message: MemberMessage
}

/** Chunks that one WantChunks may name: some megabyte. */
export const MAX_WANTED_CHUNKS = 16

/** Enough for the mutators of most programs; some kilobytes. */
export const MAX_DIGEST_PARTS = 64
/** Of the name of a part, in UTF-16 code units. */
export const MAX_PART_CODE_UNITS = 256
/** Of the name of a place where parts began to count, or ended, in UTF-16 code units: a word and a number. */
export const MAX_SINCE_CODE_UNITS = 64

/** What a member says of itself when it introduces itself; for the choice of voters. */
export interface Standing {
  /** Its storage outlives its process. */
  readonly durable: boolean
  /** 32 hex digits: the browser profile, or the machine, that it shares with whoever says the same. They fall together. */
  readonly place: string
  /** For how long it has been there, in this life, in milliseconds. */
  readonly ageMs: number
  /** The versions of the replicated state that its code can execute, lowest and highest. */
  readonly stateVersions: readonly [number, number]
  /** The versions of packets that its code can read and write. */
  readonly wireVersions: readonly [number, number]
}
