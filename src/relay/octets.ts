import { type Address, bytesToHex, hexToBytes, ID_BYTES, MAX_ROOM_BYTES, WireError } from '../wire/index.js'

export const ROOM_BYTES: number = 1 + MAX_ROOM_BYTES
export const U48_BYTES = 6
export const ADDRESS_BYTES: number = ID_BYTES + 4

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes fields one after another. They are in bounds. */
export class Output {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #at = 0

  constructor(mostBytes: number) {
    this.#bytes = new Uint8Array(mostBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(value: number): void {
    this.#bytes[this.#at++] = value
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value)
    this.#at += 2
  }

  u48(value: number): void {
    this.#view.setUint16(this.#at, Math.floor(value / 2 ** 32))
    this.#view.setUint32(this.#at + 2, value >>> 0)
    this.#at += U48_BYTES
  }

  raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  room(room: string): void {
    const { written } = encoder.encodeInto(room, this.#bytes.subarray(this.#at + 1, this.#at + ROOM_BYTES))
    this.u8(written)
    this.#at += written
  }

  address({ replica, incarnation }: Address): void {
    this.raw(hexToBytes(replica))
    this.#view.setUint32(this.#at, incarnation)
    this.#at += 4
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at)
  }
}

/** Reads fields one after another; throws a `WireError` where there is none. */
export class Input {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  u48(): number {
    const at = this.#take(U48_BYTES)
    return this.#view.getUint16(at) * 2 ** 32 + this.#view.getUint32(at + 2)
  }

  flag(): boolean {
    const value = this.u8()
    if (value > 1) throw new WireError('range', `${value} is neither 0 nor 1`)
    return value === 1
  }

  raw(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  room(): string {
    const length = this.u8()
    if (length < 1 || length > MAX_ROOM_BYTES) {
      throw new WireError('range', `${length} is not one of 1 … ${MAX_ROOM_BYTES}`, 'room')
    }
    const name = this.raw(length)
    try {
      return decoder.decode(name)
    } catch {
      throw new WireError('shape', 'not UTF-8', 'room')
    }
  }

  address(): Address {
    const replica = bytesToHex(this.raw(ID_BYTES))
    const incarnation = this.#view.getUint32(this.#take(4))
    if (incarnation === 0) throw new WireError('range', '0, the first is 1', 'incarnation')
    return { replica, incarnation }
  }

  end(): void {
    if (this.left > 0) throw new WireError('shape', `${this.left} bytes too many`)
  }

  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new WireError('shape', `cut off at byte ${this.#bytes.length}`)
    this.#at += length
    return at
  }
}
