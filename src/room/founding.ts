import type { ReplicaId } from '../core/index.js'
import type { Storage } from '../storage/index.js'
import type { PeerStatus } from '../transport/index.js'
import type { Membership } from '../wire/index.js'
import { randomId } from './ids.js'
import { Lobby, type LobbyAction } from './lobby.js'

export interface FoundingPorts {
  readonly storage: Storage
  /** It is durable where this replica belongs, and may be said; once founded, it may vote. */
  readonly bound: (membership: Membership) => void
  readonly outside: (voters: readonly ReplicaId[]) => void
  readonly failed: (cause: unknown) => void
}

/** Carries out what the lobby decides: writes it down first, then has it said. */
export class Founding {
  readonly #ports: FoundingPorts
  readonly #lobby: Lobby
  readonly #here = new Set<ReplicaId>()
  /** What is durable, and may be said. */
  #written: Membership | undefined
  #over = false

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

  came(replica: ReplicaId, before: boolean): void {
    this.#here.add(replica)
    this.#carryOut(this.#lobby.came(replica, before))
  }

  /** Who was here before this replica changes when one of the two has come again. */
  order(peers: readonly PeerStatus[]): void {
    for (const { replica, before } of peers) {
      if (this.#here.has(replica)) this.#carryOut(this.#lobby.came(replica, before))
    }
  }

  /** Nothing is decided any more. */
  end(): void {
    this.#over = true
  }

  went(replica: ReplicaId): void {
    this.#here.delete(replica)
    this.#carryOut(this.#lobby.went(replica))
  }

  greeted(from: ReplicaId, membership: Membership | undefined): void {
    this.#carryOut(this.#lobby.greeted(from, membership))
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
        if (!this.#over) this.#ports.bound(membership)
      },
      (cause: unknown) => this.#ports.failed(cause),
    )
  }
}
