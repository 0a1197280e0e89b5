import { MAX_BALLOT, MAX_VOTERS, roundOf, slotOf } from '../core/index.js'
import type { Codec } from './codec.js'
import { shown, WireError } from './error.js'
import { bytesToHex, hexToBytes } from './hex.js'

const MAX_UINT32 = 2 ** 32 - 1

/** Whole numbers from `min` to `max`, both included. */
export const integer = (min: number, max: number): Codec<number> => {
  const check = (value: unknown): number => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw new WireError('shape', `${shown(value)} is not an integer`)
    }
    if (value < min || value > max) throw new WireError('range', `${value} is not from ${min} to ${max}`)
    return value
  }
  return {
    // The encoder writes numbers above 32 bits as floats, bigints as integers.
    encode: (value) => (check(value) > MAX_UINT32 ? BigInt(value) : value),
    decode: check,
  }
}

const upToMaxBallot = integer(0, MAX_BALLOT)

const ballotFrom = (lowest: 0 | 1): Codec<number> => {
  const check = (ballot: number): number => {
    const named = roundOf(ballot) >= 1 && slotOf(ballot) < MAX_VOTERS
    if (named || (ballot === 0 && lowest === 0)) return ballot
    throw new WireError(
      'range',
      `${ballot} is no ballot here: rounds count from ${lowest}, slots are below ${MAX_VOTERS}`,
    )
  }
  return { encode: (value) => upToMaxBallot.encode(check(value)), decode: (raw) => check(upToMaxBallot.decode(raw)) }
}

/** Ballot 0, or a round of 1 or more of one of nine slots. */
export const ballot: Codec<number> = ballotFrom(0)
/** A ballot that someone took to recover: never the initial coordinator's ballot 0. */
export const recoveryBallot: Codec<number> = ballotFrom(1)

export const flag: Codec<boolean> = {
  encode: (value) => value,
  decode(raw) {
    if (typeof raw !== 'boolean') throw new WireError('shape', `${shown(raw)} is not a boolean`)
    return raw
  },
}

/** One of `words`, as its index. */
export const oneOf = <W extends string>(words: readonly W[]): Codec<W> => ({
  encode(word) {
    const code = words.indexOf(word)
    if (code < 0) throw new WireError('shape', `${shown(word)} is none of ${words.join(', ')}`)
    return code
  },
  decode(raw) {
    const word = typeof raw === 'number' ? words[raw] : undefined
    if (word === undefined) throw new WireError('shape', `${shown(raw)} is no code of ${words.join(', ')}`)
    return word
  },
})

const asBytes = (value: unknown): Uint8Array => {
  if (!(value instanceof Uint8Array)) throw new WireError('shape', `${shown(value)} is not a byte string`)
  return value
}

const atMost = (maxBytes: number, value: Uint8Array): Uint8Array => {
  if (value.length > maxBytes) throw new WireError('range', `${value.length} bytes are more than ${maxBytes}`)
  return value
}

/** Up to `maxBytes` bytes; what is read is a copy of its own, which neither pins nor shares the packet. */
export const bytes = (maxBytes: number): Codec<Uint8Array> => ({
  encode: (value) => atMost(maxBytes, asBytes(value)),
  decode: (raw) => atMost(maxBytes, asBytes(raw)).slice(),
})

/** Ids are 32 hex digits in memory, 16 bytes on the wire. */
export const id: Codec<string> = { encode: hexToBytes, decode: (raw) => bytesToHex(asBytes(raw)) }

const utf8 = new TextEncoder()
// Not the CBOR decoder's own: that one drops a leading byte order mark and replaces what is not UTF-8.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const loneSurrogate = /\p{Surrogate}/u

/** UTF-8 takes at most three bytes per UTF-16 code unit. */
const bytesPerCodeUnit = 3

/** Strings of up to `maxCodeUnits` UTF-16 code units, as the bytes of their UTF-8: they come back exactly, or are refused. */
export const text = (maxCodeUnits: number): Codec<string> => {
  const check = (value: string): string => {
    if (value.length <= maxCodeUnits) return value
    throw new WireError('range', `${shown(value)} has ${value.length} code units, more than ${maxCodeUnits}`)
  }
  return {
    encode(value) {
      if (loneSurrogate.test(check(value))) {
        throw new WireError('shape', `${shown(value)} holds half of a surrogate pair, which UTF-8 can't carry`)
      }
      return utf8.encode(value)
    },
    decode(raw) {
      const encoded = atMost(maxCodeUnits * bytesPerCodeUnit, asBytes(raw))
      let value: string
      try {
        value = strictUtf8.decode(encoded)
      } catch {
        throw new WireError('shape', `${shown(encoded)} are not valid UTF-8`)
      }
      return check(value)
    },
  }
}
