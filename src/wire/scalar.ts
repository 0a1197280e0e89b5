import { MAX_BALLOT, MAX_VOTERS, roundOf, slotOf } from '../core/index.js'
import type { Codec } from './codec.js'
import { shown, WireError } from './error.js'

const outside = (value: number, min: number, max: number): WireError =>
  Number.isInteger(value)
    ? new WireError('range', `${value} is not from ${min} to ${max}`)
    : new WireError('shape', `${shown(value)} is not an integer`)

/** @returns the value @throws WireError unless it is a whole number from `min` to `max`, both included */
export const whole = (value: number, min: number, max: number): number => {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw outside(value, min, max)
}

/** Whole numbers from `min` to `max`, both included; `max` is at most 2⁵³ − 1. */
export const integer = (min: number, max: number): Codec<number> => ({
  write: (to, value) => to.integer(whole(value, min, max)),
  read: (from) => whole(from.integer(), min, max),
})

const ballotFrom = (lowest: 0 | 1): Codec<number> => {
  const check = (value: number): number => {
    const ballot = whole(value, 0, MAX_BALLOT)
    if (ballot === 0 && lowest === 0) return ballot
    if (roundOf(ballot) >= 1 && slotOf(ballot) < MAX_VOTERS) return ballot
    throw new WireError(
      'range',
      `${ballot} is no ballot here: rounds count from ${lowest}, slots are below ${MAX_VOTERS}`,
    )
  }
  return { write: (to, value) => to.integer(check(value)), read: (from) => check(from.integer()) }
}

/** Ballot 0, or a round of 1 or more of one of nine slots. */
export const ballot: Codec<number> = ballotFrom(0)
/** A ballot that someone took to recover: never the initial coordinator's ballot 0. */
export const recoveryBallot: Codec<number> = ballotFrom(1)

export const flag: Codec<boolean> = { write: (to, value) => to.flag(value), read: (from) => from.flag() }

/** One of `words`, as its index. */
export const oneOf = <W extends string>(words: readonly W[]): Codec<W> => ({
  write(to, word) {
    const code = words.indexOf(word)
    if (code < 0) throw new WireError('shape', `${shown(word)} is none of ${words.join(', ')}`)
    to.integer(code)
  },
  read(from) {
    const code = from.integer()
    const word = words[code]
    if (word === undefined) throw new WireError('shape', `${code} is no code of ${words.join(', ')}`)
    return word
  },
})

/** Up to `maxBytes` bytes; what is read is a copy of its own, which neither pins nor shares the packet. */
export const bytes = (maxBytes: number): Codec<Uint8Array> => ({
  write(to, value) {
    if (!(value instanceof Uint8Array)) throw new WireError('shape', `${shown(value)} is not a byte string`)
    if (value.length > maxBytes) throw new WireError('range', `${value.length} bytes are more than ${maxBytes}`)
    to.bytes(value)
  },
  read: (from) => from.bytes(maxBytes),
})

/** Ids are 32 hex digits in memory, 16 bytes on the wire. */
export const id: Codec<string> = { write: (to, value) => to.id(value), read: (from) => from.id() }

/** UTF-8 takes at most three bytes per UTF-16 code unit. */
const bytesPerCodeUnit = 3

/** Strings of up to `maxCodeUnits` UTF-16 code units, as the bytes of their UTF-8: they come back exactly, or are refused. */
export const text = (maxCodeUnits: number): Codec<string> => {
  const check = (value: string): string => {
    if (value.length <= maxCodeUnits) return value
    throw new WireError('range', `${shown(value)} has ${value.length} code units, more than ${maxCodeUnits}`)
  }
  return {
    write(to, value) {
      if (to.text(check(value))) return
      throw new WireError('shape', `${shown(value)} holds half of a surrogate pair, which UTF-8 can't carry`)
    },
    read: (from) => check(from.text(maxCodeUnits * bytesPerCodeUnit)),
  }
}
