import { WireError } from './error.js'
import { MAX_DEPTH } from './limits.js'

export interface ScanLimits {
  readonly bytes: number
  /** Integers, byte strings, arrays and simple values, counted together. */
  readonly items: number
}

const UNSIGNED = 0
const BYTE_STRING = 2
const ARRAY = 4
const SIMPLE = 7

const FALSE = 20
const TRUE = 21
const NULL = 22

/**
 * Walks over CBOR (RFC 8949) without building anything, and throws a `WireError` unless it is exactly
 * one item of the small part of the format that this library writes: unsigned integers below 2⁵³, byte
 * strings, arrays, false, true and null, all of definite length. So a general decoder only ever sees
 * what it can read in linear time and without surprises: no tags (big integers, dates, shared
 * references), no maps, no text whose decoding may differ, no length that the bytes do not hold.
 */
export const scan = (bytes: Uint8Array, limits: ScanLimits): void => {
  if (bytes.length > limits.bytes) {
    throw new WireError('too-large', `${bytes.length} bytes are more than the limit of ${limits.bytes}`)
  }
  const refusal = (at: number, problem: string): WireError => new WireError('structure', problem, `byte ${at}`)
  /** Per open array, how many of its elements are still to come. */
  const missing: number[] = []
  let at = 0
  let items = 0
  do {
    const start = at
    const head = bytes[at++]
    if (head === undefined) throw refusal(start, 'the bytes end inside an item')
    if (++items > limits.items) throw refusal(start, `more than the limit of ${limits.items} items`)
    const major = head >> 5
    let argument = head & 0x1f
    if (argument >= 24) {
      if (argument > 27 || major === SIMPLE)
        throw refusal(start, 'floats, indefinite and reserved lengths are not used')
      const end = at + 2 ** (argument - 24)
      if (end > bytes.length) throw refusal(start, 'the bytes end inside an item')
      for (argument = 0; at < end; at++) argument = argument * 256 + (bytes[at] as number)
      if (argument > Number.MAX_SAFE_INTEGER) throw refusal(start, 'an integer is above 2⁵³ − 1')
    }
    switch (major) {
      case UNSIGNED:
        break
      case BYTE_STRING:
        if (argument > bytes.length - at) throw refusal(start, 'a byte string is longer than the bytes that follow')
        at += argument
        break
      case ARRAY:
        if (argument > bytes.length - at) throw refusal(start, 'an array is longer than the bytes that follow')
        if (argument === 0) break
        if (missing.push(argument) > MAX_DEPTH) throw refusal(start, `arrays are nested deeper than ${MAX_DEPTH}`)
        continue
      case SIMPLE:
        if (argument !== FALSE && argument !== TRUE && argument !== NULL)
          throw refusal(start, 'an unknown simple value')
        break
      default:
        throw refusal(start, 'negative integers, text, maps and tags are not used')
    }
    for (let left = missing.pop(); left !== undefined; left = missing.pop()) {
      if (left > 1) {
        missing.push(left - 1)
        break
      }
    }
  } while (missing.length > 0)
  if (at < bytes.length) throw refusal(at, 'bytes follow the end of the item')
}
