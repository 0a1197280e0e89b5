import type { LinkStatus } from '../contract.js'

/** Whether there is nothing to tell: state, reason and peers are the same. */
export const isSameStatus = (a: LinkStatus, b: LinkStatus): boolean =>
  a.state === b.state &&
  a.reason === b.reason &&
  a.peers.length === b.peers.length &&
  a.peers.every(({ replica, incarnation, kind }, at) => {
    const other = b.peers[at]
    return replica === other?.replica && incarnation === other.incarnation && kind === other.kind
  })
