/** What two ends of a channel tell each other while it is being built: the session as a u32, then JSON. */
import { MAX_BODY_BYTES } from '../wire/index.js'
import { SEAL_OVERHEAD_BYTES } from './seal/contract.js'

export interface ChannelSignal {
  /** One attempt to build a channel; chosen by its initiator. In a request it says nothing. */
  readonly session: number
  readonly description: SessionDescription | Candidate | Request
}

interface SessionDescription {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
}

interface Candidate {
  readonly type: 'candidate'
  readonly candidate: {
    readonly candidate: string
    readonly sdpMLineIndex: number | null
    readonly sdpMid: string | null
  }
}

/** From the end that makes no offers: it wants one. */
interface Request {
  readonly type: 'request'
}

const SESSION_BYTES = 4
/** In its seal it fits into a frame of the relay. */
export const MAX_SIGNAL_BYTES: number = MAX_BODY_BYTES - SEAL_OVERHEAD_BYTES

/** Undefined for what simple-peer says beside offers, answers and candidates: none of it is needed here. */
export const encodeSignal = (session: number, description: unknown): Uint8Array | undefined => {
  const checked = describe(description)
  if (checked === undefined) return undefined
  const text = new TextEncoder().encode(JSON.stringify(checked))
  const bytes = new Uint8Array(SESSION_BYTES + text.length)
  if (bytes.length > MAX_SIGNAL_BYTES) return undefined
  new DataView(bytes.buffer).setUint32(0, session)
  bytes.set(text, SESSION_BYTES)
  return bytes
}

/** Undefined for anything that is not a signal. */
export const decodeSignal = (bytes: Uint8Array): ChannelSignal | undefined => {
  if (bytes.length < SESSION_BYTES || bytes.length > MAX_SIGNAL_BYTES) return undefined
  const session = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(SESSION_BYTES)))
  } catch {
    return undefined
  }
  const description = describe(parsed)
  return description === undefined ? undefined : { session, description }
}

const describe = (value: unknown): ChannelSignal['description'] | undefined => {
  if (!isRecord(value)) return undefined
  const { type, sdp, candidate } = value
  if (type === 'offer' || type === 'answer') return typeof sdp === 'string' ? { type, sdp } : undefined
  if (type === 'request') return { type }
  if (type !== 'candidate' || !isRecord(candidate)) return undefined
  const { candidate: line, sdpMLineIndex = null, sdpMid = null } = candidate
  if (typeof line !== 'string') return undefined
  if (sdpMLineIndex !== null && typeof sdpMLineIndex !== 'number') return undefined
  if (sdpMid !== null && typeof sdpMid !== 'string') return undefined
  return { type, candidate: { candidate: line, sdpMLineIndex, sdpMid } }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
