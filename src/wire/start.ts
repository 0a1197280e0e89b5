import { type Introduction, type KnownLife, MAX_STARTS, type Start } from '../member/index.js'
import { type Codec, fromBytes, list, record, ruled, toBytes } from './codec.js'
import { WireError } from './error.js'
import { MAX_BATCHES, MAX_INCARNATION, MAX_KNOWN_LIVES, MAX_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { id, integer } from './scalar.js'

export const incarnation: Codec<number> = integer(1, MAX_INCARNATION)
export const batches: Codec<number> = integer(0, MAX_BATCHES)
export const start: Codec<Start> = record<Start>({ count: incarnation, nonce: id, batches })
export const earlier: Codec<readonly Start[]> = list(start, 0, MAX_STARTS - 1)

/** One start follows the other, none is left out, and no batch is ever lost. */
export const checkIntroduction = (it: Introduction): void => {
  const { count } = it.start
  if (it.earlier.length !== Math.min(count, MAX_STARTS) - 1) {
    throw new WireError('rule', `start ${count} does not come after ${it.earlier.length} others`, 'earlier')
  }
  let least = 0
  for (const [index, one] of [...it.earlier, it.start].entries()) {
    const expected = count - it.earlier.length + index
    if (one.count !== expected || one.batches < least) {
      throw new WireError('rule', `start ${one.count} with ${one.batches} batches stands where ${expected} is expected`)
    }
    least = one.batches
  }
}

const introduction = ruled(record<Introduction>({ start, earlier }), checkIntroduction)
const lives = list(record<KnownLife>({ replica: id, start, batches }), 0, MAX_KNOWN_LIVES)
const limits = { bytes: MAX_PACKET_BYTES, items: MAX_PACKET_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeIntroduction = (it: Introduction): Uint8Array<ArrayBuffer> => toBytes(introduction, it, limits)

/** What `encodeIntroduction` wrote. Throws a `WireError`. */
export const decodeIntroduction = (bytes: Uint8Array): Introduction => fromBytes(introduction, bytes, limits)

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeLives = (it: readonly KnownLife[]): Uint8Array<ArrayBuffer> => toBytes(lives, it, limits)

/** What `encodeLives` wrote. Throws a `WireError`. */
export const decodeLives = (bytes: Uint8Array): readonly KnownLife[] => fromBytes(lives, bytes, limits)
