import { MAX_PAYLOAD_BYTES, MAX_SWEEP_BYTES } from '../core/index.js'

// The bounds of what crosses the wire, beside core's own. Each holds when writing too: what is sent can be read.

/** Beyond any row's life: at a million instances a second this is nine years of one voter. */
export const MAX_NUMBER: number = 2 ** 48

/** 32 bits: an epoch ends, and a replica starts, far less than once a second. */
export const MAX_EPOCH: number = 2 ** 32 - 1
export const MAX_INCARNATION: number = 2 ** 32 - 1

/** Batches in the log of one replica: at a million a second this is nine years. */
export const MAX_BATCHES: number = 2 ** 48

/** Of other replicas: a group's voters over many epochs. */
export const MAX_KNOWN_LIVES = 1024

/** Of a state, wherever it goes: far below what any storage or link allows at once, far above what each costs. */
export const MAX_CHUNK_BYTES: number = 64 * 1024

/** Of a state: four gibibytes, more than a page can hold. */
export const MAX_CHUNKS = 65_536

/** Of packets, or of the replicated state: raised by hand, with a release. */
export const MAX_VERSION = 65_535

/** Raised with every change of what packets look like; a reader refuses all others. */
export const WIRE_VERSION = 7

/** One turn's messages for one peer. */
export const MAX_MESSAGES_PER_PACKET = 1024

/** Tabs of one member that show something of themselves, and what each shows. */
export const MAX_PRESENCE_TABS = 16
export const MAX_PRESENCE_BYTES = 4096

/**
 * What a packet may take where payloads may be so large: as many of the longest spans as a command can have fit beside
 * one. A sweep, which may be larger, has to fit as well.
 */
export const packetBytesFor = (maxCommandBytes: number): number =>
  Math.max(maxCommandBytes, MAX_SWEEP_BYTES) + 512 * 1024

/** The packet limit unless a group is configured for larger commands. */
export const MAX_PACKET_BYTES: number = packetBytesFor(1024 * 1024)

/** The packet limit that no configuration may exceed. */
export const LARGEST_PACKET_BYTES: number = packetBytesFor(MAX_PAYLOAD_BYTES)

/** A reader makes some forty bytes of every item; the largest batch of the smallest spans stays below. */
export const MAX_PACKET_ITEMS: number = 2 ** 20

/** A batch of records is our own: bounded by what one buffer holds comfortably, not by distrust. */
export const MAX_RECORDS_BYTES: number = 256 * 1024 * 1024
export const MAX_RECORDS_ITEMS: number = 2 ** 24
