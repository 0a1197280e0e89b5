import { PAIR, SIGNAL } from './frames.js'
import type { StreamKey, TwoWays } from './key-schedule.js'
import { IncomingStream, OutgoingStream } from './streams.js'

interface Ways {
  readonly toPeer: OutgoingStream
  readonly fromPeer: IncomingStream
}

/** What two lives say to each other alone, since a meeting in which each has shown that it is there. */
export interface Session {
  /** The peer's. */
  readonly publicKey: Uint8Array
  readonly pairs: Ways
  readonly signals: Ways
}

/** @param number of the secret that the keys were made from */
export const newSession = (
  subtle: SubtleCrypto,
  number: number,
  { toPeer, fromPeer }: TwoWays<StreamKey>,
  publicKey: Uint8Array,
): Session => {
  // One key for both kinds: the kind is part of every frame's nonce.
  const ways = (kind: typeof PAIR | typeof SIGNAL): Ways => ({
    toPeer: new OutgoingStream(subtle, kind, number, toPeer),
    fromPeer: new IncomingStream(subtle, fromPeer, 0),
  })
  return { publicKey, pairs: ways(PAIR), signals: ways(SIGNAL) }
}
