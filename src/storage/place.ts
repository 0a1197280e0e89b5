import { bytesToHex, ID_BYTES } from '../wire/index.js'

/** A name that no other place has: 32 lower-case hex digits, random. */
export const randomPlace = (): string => bytesToHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)))
