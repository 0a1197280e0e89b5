import { decodeCallRow, encodeRow, type Json } from './json.js'
import type { Circumstances } from './machine.js'

/** What a command's payload says: which mutator, with which arguments, by whom, and when. */
export interface Call {
  /** Of the mutator; dotted where it is one of a part. */
  readonly name: string
  /** As they were given: the schema has not seen them. */
  readonly args: Json | undefined
  readonly circumstances: Circumstances
}

/** Room for a name, an e-mail address, a public key. */
export const MAX_AUTHOR_CODE_UNITS = 256

export const encodeCall = ({ name, args, circumstances: { now, seed, author } }: Call): Uint8Array =>
  encodeRow([name, args === undefined ? [] : [args], now, seed, author])

/** Undefined for bytes that `encodeCall` can't have made. */
export const decodeCall = (payload: Uint8Array): Call | undefined => {
  const raw = decodeCallRow(payload)
  if (!Array.isArray(raw) || raw.length !== 5) return undefined
  const [name, args, now, seed, author] = raw as readonly Json[]
  if (typeof name !== 'string' || !Array.isArray(args) || args.length > 1) return undefined
  if (typeof now !== 'number' || !Number.isFinite(now) || typeof seed !== 'number' || seed >>> 0 !== seed)
    return undefined
  if (typeof author !== 'string' || author.length > MAX_AUTHOR_CODE_UNITS) return undefined
  return { name, args: (args as readonly Json[])[0], circumstances: { now, seed, author } }
}
