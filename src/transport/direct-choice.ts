import type { ReplicaId } from '../wire/index.js'
import { MAX_DIRECT_PEERS } from './contract.js'
import type { RemotePeer } from './remote-peer.js'

/** Which peers have direct paths, of which there are so many at most: those wanted here first, then who asks first. */
export class DirectChoice {
  readonly #peers: ReadonlyMap<ReplicaId, RemotePeer>
  #wanted: ReadonlySet<ReplicaId> = new Set()

  /** `peers` are all that are known at any moment. */
  constructor(peers: ReadonlyMap<ReplicaId, RemotePeer>) {
    this.#peers = peers
  }

  want(replicas: readonly ReplicaId[]): void {
    this.#wanted = new Set(replicas.slice(0, MAX_DIRECT_PEERS))
    for (const peer of [...this.#peers.values()]) this.apply(peer)
  }

  /** To be called for each peer once it is known. */
  apply(peer: RemotePeer): void {
    const wanted = this.#wants(peer)
    if (wanted && !peer.direct?.busy) {
      const busy = this.#busy()
      // One that only its other end wants has to go for one that is wanted here.
      if (busy.length >= MAX_DIRECT_PEERS) busy.find((other) => !this.#wants(other))?.direct?.close()
    }
    // A listener may have closed the link.
    if (this.#peers.get(peer.address.replica) === peer) peer.direct?.want(wanted)
  }

  /** Whether a peer that asks may have one. */
  admits({ direct }: RemotePeer): boolean {
    return (direct?.busy ?? false) || this.#busy().length < MAX_DIRECT_PEERS
  }

  #wants({ address }: RemotePeer): boolean {
    return this.#wanted.has(address.replica)
  }

  #busy(): RemotePeer[] {
    return [...this.#peers.values()].filter(({ direct }) => direct?.busy)
  }
}
