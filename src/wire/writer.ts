import { WireError } from './error.js'
import { ID_BYTES, putId } from './hex.js'
import { Told } from './told.js'

/** How large some bytes may be, and how many items of CBOR they may hold: integers, byte strings, arrays and simple values. */
export interface Limits {
  readonly bytes: number
  readonly items: number
}

export const UNSIGNED = 0
export const BYTE_STRING = 2
export const ARRAY = 4
export const SIMPLE = 7

export const FALSE = 0xf4
export const TRUE = 0xf5
export const NULL = 0xf6

/** Arguments from here on take bytes of their own: one, two, four or eight. */
export const IN_BYTES = 24
const MAX_HEAD_BYTES = 9

const FIRST_ROOM_BYTES: number = 16 << 10
/** More room than this is not kept for the next one. */
const MOST_KEPT_BYTES: number = 1 << 20

const utf8 = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u
/** Most keys; what is longer takes so long that one more call is not felt. In code units. */
const MAX_SHORT_TEXT = 64

/**
 * Writes CBOR (RFC 8949), of which this library uses a small part: unsigned integers below 2⁵³, byte strings, arrays, false,
 * true and null, all of definite length, each head as short as it can be.
 */
export class Writer {
  #room = new Uint8Array(FIRST_ROOM_BYTES)
  #at = 0
  #items = 1
  #told = new Told()
  readonly #indexes = new Map<string, number>()

  get told(): Told {
    return this.#told
  }

  /** @param length of the items that come next, all of which are its own */
  array(length: number): void {
    this.#items += length
    this.#head(ARRAY, length)
  }

  /** @param value whole, from 0 to 2⁵³ − 1 */
  integer(value: number): void {
    this.#head(UNSIGNED, value)
  }

  flag(value: boolean): void {
    this.#simple(value ? TRUE : FALSE)
  }

  null(): void {
    this.#simple(NULL)
  }

  bytes(value: Uint8Array): void {
    this.#head(BYTE_STRING, value.length)
    this.#reserve(value.length)
    this.#room.set(value, this.#at)
    this.#at += value.length
  }

  /** @param hex of 32 lower-case digits @throws WireError for anything else */
  id(hex: string): void {
    this.#head(BYTE_STRING, ID_BYTES)
    this.#reserve(ID_BYTES)
    putId(this.#room, this.#at, hex)
    this.#at += ID_BYTES
  }

  /** As the bytes of its UTF-8. @returns whether it has one: half a surrogate pair has none */
  text(value: string): boolean {
    return (value.length <= MAX_SHORT_TEXT && this.#ascii(value)) || this.#unicode(value)
  }

  /** @returns the place among those that were told, of which the caller has told the last one */
  indexOf(session: string): number | undefined {
    const { sessions } = this.#told
    const last = sessions.length - 1
    return sessions[last] === session ? last : this.#indexes.get(session)
  }

  /** A session that was told just now. */
  toldSession(session: string, sequence: number): void {
    const { sessions, sequences } = this.#told
    this.#indexes.set(session, sessions.length)
    sessions.push(session)
    sequences.push(sequence)
  }

  begin(): void {
    if (this.#room.length > MOST_KEPT_BYTES) this.#room = new Uint8Array(FIRST_ROOM_BYTES)
    this.#at = 0
    this.#items = 1
    this.#told = new Told()
    this.#indexes.clear()
  }

  /** @returns all that was written since it began, in a buffer of its own @throws WireError where it is over a limit */
  end(limits: Limits): Uint8Array<ArrayBuffer> {
    if (this.#at > limits.bytes) throw tooLarge(this.#at, limits)
    if (this.#items > limits.items) throw tooMany(limits)
    return this.#room.slice(0, this.#at)
  }

  #head(major: number, argument: number): void {
    this.#reserve(MAX_HEAD_BYTES)
    const room = this.#room
    const kind = major << 5
    if (argument < IN_BYTES) room[this.#at++] = kind | argument
    else if (argument < 2 ** 8) {
      room[this.#at++] = kind | IN_BYTES
      room[this.#at++] = argument
    } else if (argument < 2 ** 16) {
      room[this.#at++] = kind | (IN_BYTES + 1)
      room[this.#at++] = argument >> 8
      room[this.#at++] = argument
    } else if (argument < 2 ** 32) {
      room[this.#at++] = kind | (IN_BYTES + 2)
      this.#uint32(argument)
    } else {
      room[this.#at++] = kind | (IN_BYTES + 3)
      this.#uint32(Math.floor(argument / 2 ** 32))
      this.#uint32(argument)
    }
  }

  /** Of a larger number its lowest 32 bits. */
  #uint32(value: number): void {
    const room = this.#room
    room[this.#at++] = value >>> 24
    room[this.#at++] = value >>> 16
    room[this.#at++] = value >>> 8
    room[this.#at++] = value
  }

  #simple(value: number): void {
    this.#reserve(1)
    this.#room[this.#at++] = value
  }

  #ascii(value: string): boolean {
    const { length } = value
    const start = this.#at
    this.#head(BYTE_STRING, length)
    this.#reserve(length)
    const room = this.#room
    const at = this.#at
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i)
      if (unit >= 0x80) {
        this.#at = start
        return false
      }
      room[at + i] = unit
    }
    this.#at += length
    return true
  }

  #unicode(value: string): boolean {
    if (loneSurrogate.test(value)) return false
    this.bytes(utf8.encode(value))
    return true
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#room.length) return
    const larger = new Uint8Array(Math.max(2 * this.#room.length, this.#at + bytes))
    larger.set(this.#room)
    this.#room = larger
  }
}

export const tooLarge = (length: number, { bytes }: Limits): WireError =>
  new WireError('too-large', `${length} bytes are more than the limit of ${bytes}`)

export const tooMany = ({ items }: Limits): WireError =>
  new WireError('structure', `more than the limit of ${items} items`)
