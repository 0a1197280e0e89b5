import type { Address, RelayRate } from '../wire/index.js'

/** Who wants to sit in which room. */
export interface JoinRequest {
  readonly room: string
  /** Printable ASCII, at most `MAX_TOKEN_BYTES`; empty: none. */
  readonly token: string
  readonly self: Address
}

/** Who wants to sit in which room, and where it comes from. */
export interface AuthorizeRequest extends JoinRequest {
  /** Its network address, as far as it is known; else empty. */
  readonly address: string
  /** Of the page that it is; undefined: it is no browser. */
  readonly origin: string | undefined
}

/** One that throws or rejects lets nobody in; links try again, since it may have nothing to do with them. */
export type Authorize = (request: AuthorizeRequest) => Verdict | Promise<Verdict>

/** Whether somebody may sit in a room. */
export type Verdict = Admission | Refusal

export interface Admission {
  readonly admitted: true
  /** In milliseconds since 1970; from then on the socket is closed as `token-expired`. Default: never. */
  readonly expiresAtMs?: number
  /** What this socket may send, in place of the relay's limits. */
  readonly rate?: Partial<RelayRate>
}

export interface Refusal {
  readonly admitted: false
  /** What the link is told: after `token-expired` a new token may do. */
  readonly reason: 'unauthorized' | 'token-expired'
  /** For the relay's log; the link is not told. */
  readonly detail?: string
}

/** A seat that was taken: what a shell keeps of a socket that outlives the rooms in memory. */
export interface SeatRecord {
  readonly room: string
  readonly self: Address
  readonly rate: RelayRate
  readonly expiresAtMs: number | undefined
}

/**
 * Throws a `TypeError` where a hook has answered something else: nobody is let in by a mistake, and none of a rate that no
 * link could be told.
 */
export const checkedVerdict = (verdict: Verdict): Verdict => {
  if (typeof verdict !== 'object' || verdict === null || typeof verdict.admitted !== 'boolean') {
    throw new TypeError(
      `a verdict is { admitted: true } or { admitted: false, reason }, this one is ${String(verdict)}`,
    )
  }
  if (!verdict.admitted) {
    return verdict.reason === 'token-expired' ? verdict : { ...verdict, reason: 'unauthorized' }
  }
  const { expiresAtMs, rate } = verdict
  if (expiresAtMs !== undefined && !Number.isFinite(expiresAtMs)) {
    throw new TypeError(`expiresAtMs is ${String(expiresAtMs)}: milliseconds since 1970 needed`)
  }
  for (const perSecond of [rate?.bytesPerSecond, rate?.framesPerSecond]) {
    if (perSecond === undefined || (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= MAX_RATE)) continue
    throw new RangeError(`a rate of ${String(perSecond)}: 1 to ${MAX_RATE} per second`)
  }
  return verdict
}

/** As far as a frame can tell it. */
const MAX_RATE = 2 ** 32 - 1
