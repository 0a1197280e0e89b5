import type { Dice } from './dice.js'

/** What a byte is made into: the ends of its range, and heads of CBOR items that ask for much, or mean something odd. */
const ODD_BYTES = [
  ...[0x00, 0x01, 0x7f, 0x80, 0xff],
  // A long integer, byte string, text, array, map; a tag; false, null, undefined; a float; without an end.
  ...[0x1b, 0x5b, 0x7b, 0x9b, 0xbb, 0xc2, 0xd9, 0xf4, 0xf6, 0xf7, 0xfb, 0x5f, 0x9f],
]

/** What a length, a count or an index is made into. */
const ODD_NUMBERS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff]

const MOST_CHANGES = 4
/** Longer than any header that has a length in it. */
const MOST_MOVED_BYTES = 64

/** These bytes, changed here and there; or with the other's end instead of the own one. What is given stays as it is. */
export const damaged = (dice: Dice, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  let result = bytes
  for (let changes = 1 + dice.below(MOST_CHANGES); changes > 0; changes--) result = changed(dice, result, other)
  return result
}

const changed = (dice: Dice, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  if (bytes.length === 0) return dice.bytes(1 + dice.below(8))
  const at = dice.below(bytes.length)
  switch (dice.below(9)) {
    case 0:
      return bytes.with(at, (bytes[at] as number) ^ (1 << dice.below(8)))
    case 1:
      return bytes.with(at, dice.of(ODD_BYTES))
    case 2:
      return bytes.with(at, (bytes[at] as number) + dice.of([1, -1, 16, -16]))
    case 3:
      return bytes.slice(0, at)
    case 4:
      return joined(bytes.subarray(0, at), other.subarray(dice.below(other.length + 1)))
    case 5:
      return joined(bytes.subarray(0, at), dice.bytes(1 + dice.below(8)), bytes.subarray(at))
    case 6: {
      const end = at + dice.below(MOST_MOVED_BYTES)
      const part = bytes.subarray(at, end)
      // Once more, or taken out.
      return dice.onceIn(2)
        ? joined(bytes.subarray(0, at), part, bytes.subarray(at))
        : joined(bytes.subarray(0, at), bytes.subarray(end))
    }
    case 7:
      return withNumber(dice, bytes, at)
    default:
      return bytes.slice().fill(dice.of(ODD_BYTES), at, at + dice.below(16))
  }
}

const withNumber = (dice: Dice, bytes: Uint8Array, at: number): Uint8Array => {
  const result = bytes.slice()
  const view = new DataView(result.buffer)
  const number = dice.of(ODD_NUMBERS)
  if (at + 4 <= result.length && dice.onceIn(2)) view.setUint32(at, number)
  else if (at + 2 <= result.length) view.setUint16(at, number)
  else view.setUint8(at, number)
  return result
}

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
