import { bytesToHex, ID_BYTES } from '../../wire/index.js'

/** 128 random bits as 32 lower-case hex digits: made anew for one purpose, and never again. */
export type Nonce = string

export const NONCE_BYTES: number = ID_BYTES

/** Where random bytes come from, as `Crypto.getRandomValues`. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => unknown

export const newNonce = (random: RandomBytes): Nonce => {
  const bytes = new Uint8Array(NONCE_BYTES)
  random(bytes)
  return bytesToHex(bytes)
}
