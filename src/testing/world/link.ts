import type { ReplicaId } from '../../core/index.js'
import {
  type Address,
  LARGEST_LINK_PACKET_BYTES,
  type Link,
  type LinkOptions,
  type LinkReason,
  type LinkState,
  type LinkStatus,
  Listeners,
  type Unsubscribe,
} from '../../transport/index.js'
import { encodeRelayFrame } from '../../wire/index.js'

/** What a link asks of its network. */
export interface LinkPorts {
  readonly joined: (link: VirtualLink) => void
  readonly left: (link: VirtualLink) => void
  /** Calls `arrive` as often as the packet arrives. */
  readonly carry: (from: VirtualLink, to: VirtualLink, arrive: () => void) => void
}

/** A link of a `VirtualNetwork`. */
export class VirtualLink implements Link {
  readonly room: string
  readonly self: Address
  readonly #ports: LinkPorts
  #peers: ReadonlyMap<ReplicaId, VirtualLink> = new Map()
  readonly #messageListeners = new Listeners<[from: Address, bytes: Uint8Array]>()
  readonly #peerListeners = new Listeners<[peer: Address, here: boolean]>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  readonly #counters = { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 }
  #state: LinkState = 'connecting'
  #reason: LinkReason | undefined

  constructor({ room, self }: LinkOptions, ports: LinkPorts) {
    // Refuses what every other transport refuses.
    encodeRelayFrame({ kind: 'join', room, token: '', self })
    this.room = room
    this.self = self
    this.#ports = ports
    ports.joined(this)
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const peer = this.#peers.get(to.replica)
    if (peer?.self.incarnation !== to.incarnation || bytes.length > LARGEST_LINK_PACKET_BYTES) {
      this.#counters.packetsRefused++
      return false
    }
    this.#counters.packetsSent++
    this.#ports.carry(this, peer, () => peer.#receive(this, bytes.slice()))
    return true
  }

  sendAll(to: readonly Address[], bytes: Uint8Array): void {
    for (const address of to) this.send(address, bytes)
  }

  onMessage(listener: (from: Address, bytes: Uint8Array) => void): Unsubscribe {
    return this.#messageListeners.add(listener)
  }

  onPeer(listener: (peer: Address, here: boolean) => void): Unsubscribe {
    return this.#peerListeners.add(listener)
  }

  onStatus(listener: (status: LinkStatus) => void): Unsubscribe {
    return this.#statusListeners.add(listener)
  }

  status(): LinkStatus {
    const peers = [...this.#peers.values()].map(({ self }) => ({ ...self, kind: 'local' as const }))
    return {
      state: this.#state,
      reason: this.#reason,
      peers: peers.sort((a, b) => (a.replica < b.replica ? -1 : 1)),
      counters: { ...this.#counters },
    }
  }

  /** Always 0: what is accepted is under way. */
  bufferedBytes(): number {
    return 0
  }

  close(): void {
    this.#messageListeners.clear()
    this.#peerListeners.clear()
    this.#statusListeners.clear()
    this.end(undefined)
  }

  /** The network has let it in. */
  begin(): void {
    this.#state = 'open'
    this.#tellStatus()
  }

  end(reason: LinkReason | undefined): void {
    if (this.#state === 'closed') return
    this.reaches([])
    this.#state = 'closed'
    this.#reason = reason
    this.#ports.left(this)
    this.#tellStatus()
  }

  /** From now on these, and nobody else. */
  reaches(links: readonly VirtualLink[]): void {
    // A listener may have closed it.
    if (this.#state !== 'open') return
    const [before, now] = [this.#peers, new Map(links.map((link) => [link.self.replica, link]))]
    this.#peers = now
    const gone = [...before.values()].filter(({ self }) => !now.has(self.replica))
    // The same life on a new link: nothing has changed.
    const come = links.filter(({ self }) => before.get(self.replica)?.self.incarnation !== self.incarnation)
    for (const { self } of gone) this.#peerListeners.tell(self, false)
    for (const { self } of come) if (this.#peers === now) this.#peerListeners.tell(self, true)
    if (gone.length + come.length > 0) this.#tellStatus()
  }

  #receive(from: VirtualLink, packet: Uint8Array): void {
    if (this.#peers.get(from.self.replica) !== from) return
    this.#counters.packetsReceived++
    this.#messageListeners.tell(from.self, packet)
  }

  #tellStatus(): void {
    this.#statusListeners.tell(this.status())
  }
}
