import { MAX_SWEEP_BYTES } from '../core/index.js'
import { decodeJson, encodeJson, isCount, type Json } from './json.js'
import { isSessionId } from './session-id.js'

/** A session, and up to where its client has all answers; null: the session ends. */
export type Named = readonly [session: string, acknowledged: number | null]

/** What the payload of a sweep says. */
export interface SweepContent {
  /** How many sweeps its proposer had executed: of several that were proposed at once, one takes effect. */
  readonly after: number
  readonly named: readonly Named[]
}

/** A session's name, 16 digits, quotes, commas and brackets are 54 bytes; what comes around them all fits as well. */
const MAX_NAMED_BYTES = 64

/** Sessions that one sweep may name, so that its payload stays within bounds. */
export const MAX_NAMED: number = Math.floor(MAX_SWEEP_BYTES / MAX_NAMED_BYTES)

export const encodeSweep = ({ after, named }: SweepContent): Uint8Array => encodeJson([after, named])

/** Undefined for bytes that `encodeSweep` can't have made. */
export const decodeSweep = (payload: Uint8Array): SweepContent | undefined => {
  const raw = payload.length <= MAX_SWEEP_BYTES ? decodeJson(payload) : undefined
  if (!Array.isArray(raw) || raw.length !== 2) return undefined
  const [after, named] = raw as readonly Json[]
  return isCount(after) && Array.isArray(named) && named.every(isNamed) ? { after, named } : undefined
}

const isNamed = (raw: unknown): raw is Named =>
  Array.isArray(raw) && raw.length === 2 && isSessionId(raw[0]) && (raw[1] === null || isCount(raw[1]))
