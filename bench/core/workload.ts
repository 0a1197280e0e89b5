import { type Command, type KeySpan, write } from 'epaxos/core'

/** What is asked of a cluster. */
export interface Load {
  readonly voters: number
  /** In hundredths: how many commands write the one key that others write, too. All others write a key of their own. */
  readonly interference: number
  /** Commands on their way at a time, of all voters together. */
  readonly window: number
  /** Commands share an instance where they interfere, and else never. */
  readonly apart: boolean
}

const PAYLOAD_BYTES = 64

/** Prepared, so that the clients' part in what is measured is small. No two are equal. */
const PAYLOADS: readonly Uint8Array[] = Array.from({ length: 1024 }, (_, i) => {
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(i & 255)
  payload[0] = i >> 8
  return payload
})

/** One per voter: its client's. */
const SESSIONS: readonly string[] = Array.from({ length: 9 }, (_, slot) => String(slot).repeat(32))

const NONE: readonly number[] = []

/** The clients' whole work: as they do it in an application, but for the payload. @param sequence 1, 2, 3 … over all clients */
export const commandOf = (sequence: number, slot: number, interference: number): Command => ({
  spans: [spanOf(sequence, interference)],
  payload: PAYLOADS[sequence % PAYLOADS.length] as Uint8Array,
  session: SESSIONS[slot] as string,
  sequence,
  acknowledged: 0,
  after: NONE,
})

const spanOf = (sequence: number, interference: number): KeySpan =>
  write(scattered(sequence) % 100 < interference ? 'shared' : `key/${sequence}`)

/** So that those that interfere come without a beat that the voters' turns could fall in with; the same each time. */
const scattered = (sequence: number): number => {
  let mixed = Math.imul(sequence ^ (sequence >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
