import type { ReplicaId } from '../core/index.js'
import type { Storage } from '../storage/index.js'
import type { Address, PeerStatus } from '../transport/index.js'
import type { Membership } from '../wire/index.js'
import { randomId } from './ids.js'
import { Lobby, type LobbyAction } from './lobby.js'

/** Until the room is founded everybody says where they belong this often: a greeting may be lost. */
const GREET_MS = 1000

export interface FoundingPorts {
  readonly storage: Storage
  /** Says to a peer where this replica belongs. */
  readonly greet: (peer: Address, membership: Membership | undefined) => void
  /** This replica may vote from now on. */
  readonly founded: (membership: Membership) => void
  readonly outside: (voters: readonly ReplicaId[]) => void
  readonly failed: (cause: unknown) => void
}

/** Carries out what the lobby decides: writes it down first, then says it. */
export class Founding {
  readonly #ports: FoundingPorts
  readonly #lobby: Lobby
  readonly #peers = new Map<ReplicaId, Address>()
  /** What is durable, and may be said. */
  #written: Membership | undefined
  #over = false
  #greetAtMs = 0

  constructor(self: ReplicaId, membership: Membership | undefined, ports: FoundingPorts) {
    this.#ports = ports
    this.#lobby = new Lobby(self, membership, randomId)
    this.#written = membership
  }

  /** The group this replica belongs to, once that is durable. */
  get membership(): Membership | undefined {
    return this.#written
  }

  /** What it waits for, in words. */
  get waitingFor(): string {
    return this.#lobby.waitingFor
  }

  came(peer: Address, before: boolean): void {
    this.#peers.set(peer.replica, peer)
    this.#carryOut(this.#lobby.came(peer.replica, before))
    this.#greet(peer)
  }

  /** Who was here before this replica changes when one of the two has come again. */
  order(peers: readonly PeerStatus[]): void {
    for (const { replica, before } of peers) {
      if (this.#peers.has(replica)) this.#carryOut(this.#lobby.came(replica, before))
    }
  }

  /** Nothing is said or decided any more. */
  end(): void {
    this.#over = true
  }

  went(peer: Address): void {
    if (this.#peers.get(peer.replica)?.incarnation !== peer.incarnation) return
    this.#peers.delete(peer.replica)
    this.#carryOut(this.#lobby.went(peer.replica))
  }

  greeted(from: Address, membership: Membership | undefined): void {
    this.#carryOut(this.#lobby.greeted(from.replica, membership))
    // It has yet to hear, or has missed, that there is a group.
    if (this.#written?.founded && !membership?.founded) this.#greet(from)
  }

  tick(nowMs: number): void {
    if (this.#written?.founded || nowMs < this.#greetAtMs) return
    this.#greetAtMs = nowMs + GREET_MS
    this.#greetAll()
  }

  #carryOut(action: LobbyAction | undefined): void {
    if (action === undefined || this.#over) return
    if (action.kind === 'outside') {
      this.#over = true
      this.#ports.outside(action.voters)
      return
    }
    const { membership } = action
    this.#ports.storage.writeMembership(membership).then(
      () => {
        this.#written = membership
        if (this.#over) return
        this.#greetAll()
        if (membership.founded) this.#ports.founded(membership)
      },
      (cause: unknown) => this.#ports.failed(cause),
    )
  }

  #greetAll(): void {
    for (const peer of this.#peers.values()) this.#greet(peer)
  }

  #greet(peer: Address): void {
    if (!this.#over) this.#ports.greet(peer, this.#written)
  }
}
