import { bytesToHex } from '../wire/index.js'

/** So many random bytes are asked for at once: the call costs more than the bytes, and each command takes some. */
const AHEAD = 1024

let pool = new Uint8Array(0)
let used = 0

/** @returns bytes that nobody had before, good until the next call */
const randomBytes = (count: number): Uint8Array => {
  if (used + count > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(AHEAD))
    used = 0
  }
  const bytes = pool.subarray(used, used + count)
  used += count
  return bytes
}

/** A random 128-bit name: 32 lower-case hex digits. */
export const randomId = (): string => bytesToHex(randomBytes(16))

/** Uniform in [0, 1), and nobody's to foresee. */
export const randomUnit = (): number => {
  let sum = 0
  for (const byte of randomBytes(4)) sum = sum * 256 + byte
  return sum / 2 ** 32
}
