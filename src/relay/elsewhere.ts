import type { Address } from '../wire/index.js'

/**
 * The rest of a service that consists of several relays: who is in the same rooms there. Without one a relay is all there
 * is. Nothing here throws, or waits: what can't be told to the others now is lost, as frames may be.
 */
export interface Elsewhere {
  /**
   * Somebody has taken a seat here: a new one, or that of an earlier life, which does not leave it by `left` before. Who is
   * in that room elsewhere comes by `came`.
   */
  joined(room: string, self: Address): void
  left(room: string, self: Address): void
  /** Who is in that room elsewhere, as far as is known here, in no order. */
  peers(room: string): Iterable<Address>
  /** False: no receiver is known to be elsewhere. @param to all of one room */
  forward(room: string, kind: 'datagram' | 'signal', from: Address, to: readonly Address[], body: Uint8Array): boolean
}

/** What the rooms of one relay are told of the others by. */
export interface ElsewhereEvents {
  /**
   * Whoever sits here in its place, in an earlier life or in the same one on an older socket, is closed as `replaced`; a
   * later life keeps its seat, and this call is ignored.
   */
  cameElsewhere(room: string, peer: Address): void
  /** Not told where it has come here meanwhile. */
  wentElsewhere(room: string, peer: Address): void
  /** To those of the receivers that sit here; the others are left alone. */
  arrived(room: string, kind: 'datagram' | 'signal', from: Address, to: readonly Address[], body: Uint8Array): void
}
