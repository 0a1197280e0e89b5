/**
 * What members say to each other, sealed from one end to the other.
 *
 * Trusted are the members: all of them know the group's secret, so each could pose as another one. Not trusted are the
 * relay, the network, and members that were removed: they read and record all frames, keep them back, repeat them, bring
 * them to somebody else, into another room or over another path, change them, and make up their own.
 *
 * - Keys follow from the group's current secret, by HKDF; each is for one purpose, one sender, one receiver (a cast: for
 *   everyone), in one life each, and one meeting of theirs (`key-schedule.ts`). A frame that was moved opens nowhere.
 * - AES-GCM needs a nonce that no other frame of the same key has. Both ends put a fresh nonce into the key of a session,
 *   each link one into the key of its casts, so a counter does (`frames.ts`), whatever a storage has forgotten.
 * - A peer is `here` once it has echoed this end's nonce: it knows the secret, and is there now (`handshake.ts`). What was
 *   recorded before that belongs to another session. Casts have one key for all, so every hello tells from which counter
 *   on they are new.
 * - Within a session each counter passes once (`replay-window.ts`).
 * - When a member is removed there is a new secret, and from then on nothing passes that was sealed with an earlier one;
 *   but who says hello with an earlier one is answered with what leads to the current one, if there is anything for it.
 *
 * What this does not do. The relay sees who talks to whom, when and how much, says who is there, and may lose what it
 * likes; it can bring a cast to a member whom it was not for, so casts say what every member may hear. Whoever learns a
 * secret can read all that was recorded under it. A member that was away when another one was removed takes that one for
 * a member until it has met somebody who knows better. And what answers a hello with an earlier secret can be made by
 * all who have known that one: `KeyRing.change` and `refused` have to judge it, and public keys that a removed member
 * must not have made up are those in the replicated log, not those that hellos tell.
 */
import { type Clock, systemClock } from '../clock.js'
import type { LinkOptions, TransportFactory } from '../contract.js'
import type { KeyRing } from './contract.js'
import { SealUnavailable } from './seal-unavailable.js'
import { SealedLink } from './sealed-link.js'

export interface SealOptions {
  /** For tests. */
  readonly clock?: Clock
  /** For tests: where keys and nonces come from. */
  readonly crypto?: Pick<Crypto, 'subtle' | 'getRandomValues'>
}

/**
 * Opens a link of `transport` and seals whatever goes over it; peers are told of once they have shown that they know the
 * group's current secret, and are there now. Throws `SealUnavailable` where there is no WebCrypto, and what `transport` throws.
 *
 * @param options whose `room` should be `relayRoomOf(ring.group)`, so that the relay does not learn the group's id
 */
export const sealedLink = (
  transport: TransportFactory,
  options: LinkOptions,
  ring: KeyRing,
  { clock = systemClock, crypto = globalThis.crypto }: SealOptions = {},
): SealedLink => {
  // Absent outside of secure contexts, whatever the types say.
  if ((crypto as Partial<Crypto> | undefined)?.subtle === undefined) throw new SealUnavailable()
  return new SealedLink(transport, options, ring, { clock, crypto })
}
