import { asciiIn, isAscii } from './ascii.js'
import { WireError } from './error.js'
import { encodeHex, ID_BYTES } from './hex.js'
import { Told } from './told.js'
import { ARRAY, BYTE_STRING, FALSE, IN_BYTES, type Limits, NULL, TRUE, tooLarge, tooMany, UNSIGNED } from './writer.js'

// One that would drop a leading byte order mark, or replace what is not UTF-8, would read another text than was written.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Most keys; longer ones a decoder reads faster. */
const MAX_SHORT_BYTES = 64

/** The bits of a head that say how much, or where that is said. */
const ARGUMENT = 0x1f
/** The high half of 2⁵³. */
const UNSAFE_HIGH: number = 2 ** 21

/** What items of other kinds are called; those that this library never writes have no name. */
const NAMES: Readonly<Record<number, string>> = { 0: 'an integer', 2: 'a byte string', 4: 'an array' }

/**
 * Reads what a `Writer` writes, item by item, and nothing else of CBOR: no tags (big integers, dates, shared references), no
 * maps, no text whose decoding may differ, no length that the bytes do not hold. Whatever the bytes are, it takes as long as
 * there are bytes and throws nothing but a `WireError`. Heads may be longer than they need to be.
 */
export class Reader {
  readonly told: Told = new Told()
  readonly #bytes: Uint8Array
  readonly #limits: Limits
  #at = 0
  #items: number

  /** @throws WireError where there are too many bytes */
  constructor(bytes: Uint8Array, limits: Limits) {
    if (bytes.length > limits.bytes) throw tooLarge(bytes.length, limits)
    // A view of our own: slices of a Buffer would share its memory.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#limits = limits
    this.#items = limits.items - 1
  }

  /** @returns how many of the items that follow are its own: never more than there are bytes */
  array(): number {
    const length = this.#argument(ARRAY)
    if (length > this.#bytes.length - this.#at) throw this.#refusal('an array is longer than the bytes that follow')
    this.#items -= length
    if (this.#items < 0) throw tooMany(this.#limits)
    return length
  }

  integer(): number {
    const head = this.#bytes[this.#at] as number
    if (head >= IN_BYTES || head === undefined) return this.#argument(UNSIGNED)
    this.#at++
    return head
  }

  flag(): boolean {
    const head = this.#bytes[this.#at]
    if (head !== TRUE && head !== FALSE) throw this.#mismatch('a boolean')
    this.#at++
    return head === TRUE
  }

  /** @returns whether it was one, which is then behind */
  null(): boolean {
    return this.#skips(NULL)
  }

  /** @returns whether it was one, which is then behind */
  true(): boolean {
    return this.#skips(TRUE)
  }

  get isInteger(): boolean {
    return this.#major === UNSIGNED
  }

  get isByteString(): boolean {
    return this.#major === BYTE_STRING
  }

  /** Whether a short array comes next, the first item of which is an integer. */
  get isArrayOfInteger(): boolean {
    const head = this.#bytes[this.#at] as number
    const first = this.#bytes[this.#at + 1]
    return this.#major === ARRAY && (head & ARGUMENT) < IN_BYTES && first !== undefined && first >> 5 === UNSIGNED
  }

  /** @returns a copy, which neither pins nor shares what is read */
  bytes(most: number): Uint8Array<ArrayBuffer> {
    const end = this.#stringEnd(most)
    const start = this.#at
    this.#at = end
    return this.#bytes.slice(start, end) as Uint8Array<ArrayBuffer>
  }

  id(): string {
    const end = this.#stringEnd(Number.MAX_SAFE_INTEGER)
    const start = this.#at
    if (end - start !== ID_BYTES) {
      throw new WireError('shape', `${end - start} bytes are not an id of ${ID_BYTES} bytes`)
    }
    this.#at = end
    return encodeHex(this.#bytes.subarray(start, end))
  }

  /** @param most bytes of UTF-8 */
  text(most: number): string {
    const end = this.#stringEnd(most)
    const start = this.#at
    this.#at = end
    if (end - start <= MAX_SHORT_BYTES && isAscii(this.#bytes, start, end)) return asciiIn(this.#bytes, start, end)
    try {
      return strictUtf8.decode(this.#bytes.subarray(start, end))
    } catch {
      throw new WireError('shape', `${end - start} bytes are not valid UTF-8`)
    }
  }

  /** @throws WireError unless everything has been read */
  end(): void {
    if (this.#at < this.#bytes.length) throw this.#refusal('bytes follow the end')
  }

  get #major(): number | undefined {
    const head = this.#bytes[this.#at]
    return head === undefined ? undefined : head >> 5
  }

  #skips(simple: number): boolean {
    if (this.#bytes[this.#at] !== simple) return false
    this.#at++
    return true
  }

  /** The end of a byte string that begins here. */
  #stringEnd(most: number): number {
    const length = this.#argument(BYTE_STRING)
    if (length > this.#bytes.length - this.#at) {
      throw this.#refusal('a byte string is longer than the bytes that follow')
    }
    if (length > most) throw new WireError('range', `${length} bytes are more than ${most}`)
    return this.#at + length
  }

  #argument(major: number): number {
    const head = this.#bytes[this.#at]
    if (head === undefined || head >> 5 !== major) throw this.#mismatch(NAMES[major] as string)
    const argument = head & ARGUMENT
    this.#at++
    if (argument < IN_BYTES) return argument
    switch (argument - IN_BYTES) {
      case 0:
        return this.#big(1)
      case 1:
        return this.#big(2)
      case 2:
        return this.#big(4)
      case 3: {
        const high = this.#big(4)
        if (high >= UNSAFE_HIGH) throw this.#refusal('an integer is above 2⁵³ − 1')
        return high * 2 ** 32 + this.#big(4)
      }
      default:
        throw this.#refusal('indefinite and reserved lengths are not used')
    }
  }

  /** An integer of so many bytes, most significant first. */
  #big(bytes: number): number {
    const end = this.#at + bytes
    if (end > this.#bytes.length) throw this.#refusal('the bytes end inside an item')
    let value = 0
    while (this.#at < end) value = value * 256 + (this.#bytes[this.#at++] as number)
    return value
  }

  /** What is wrong with an item that is none of these. */
  #mismatch(expected: string): WireError {
    const head = this.#bytes[this.#at]
    if (head === undefined) return this.#refusal('the bytes end inside an item')
    const isSimple = head === TRUE || head === FALSE || head === NULL
    const found = isSimple ? (head === NULL ? 'null' : `${head === TRUE}`) : NAMES[head >> 5]
    if (found !== undefined) return new WireError('shape', `${found} is not ${expected}`)
    return this.#refusal('negative integers, text, maps, tags, floats and other simple values are not used')
  }

  #refusal(problem: string): WireError {
    return new WireError('structure', `${problem}, at byte ${this.#at}`)
  }
}
