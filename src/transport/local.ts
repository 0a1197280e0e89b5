import { type Address, encodeRelayFrame } from '../wire/index.js'
import type { Link, LinkOptions, LinkReason, LinkState, LinkStatus, TransportFactory, Unsubscribe } from './contract.js'
import { LARGEST_LINK_PACKET_BYTES } from './frames.js'
import { Listeners } from './listeners.js'

/** Links within one process: for tests, and for examples in Node. */
export interface LocalNetwork {
  readonly transport: TransportFactory
  /** Cuts this replica off from all others, as if its network had gone. */
  isolate(replica: string): void
  /** Undoes `isolate`. */
  reconnect(replica: string): void
}

/** Every call makes a network of its own. Packets arrive once and in order, a microtask after they were sent. */
export const localNetwork = (): LocalNetwork => {
  const links = new Set<LocalLink>()
  const isolated = new Set<string>()
  const connected = (a: LocalLink, b: LocalLink): boolean =>
    links.has(a) &&
    links.has(b) &&
    a !== b &&
    a.room === b.room &&
    !isolated.has(a.self.replica) &&
    !isolated.has(b.self.replica)
  /** Tells a link and each of the others whether they reach each other. */
  const settle = (link: LocalLink): void => {
    for (const other of [...links]) {
      link.reaches(other, connected(link, other))
      other.reaches(link, connected(other, link))
    }
  }
  const settleAll = (replica: string): void => {
    for (const link of [...links]) if (link.self.replica === replica) settle(link)
  }
  const join = (link: LocalLink): void => {
    const other = [...links].find(({ room, self }) => room === link.room && self.replica === link.self.replica)
    if (other !== undefined && other.self.incarnation > link.self.incarnation) {
      link.end('replaced')
      return
    }
    if (other !== undefined) links.delete(other)
    links.add(link)
    link.begin()
    settle(link)
    other?.end('replaced')
  }
  const leave = (link: LocalLink): void => {
    if (!links.delete(link)) return
    for (const other of [...links]) other.reaches(link, false)
  }
  return {
    transport: Object.assign((options: LinkOptions) => new LocalLink(options, join, leave), { withinProcess: true }),
    isolate: (replica) => {
      isolated.add(replica)
      settleAll(replica)
    },
    reconnect: (replica) => {
      isolated.delete(replica)
      settleAll(replica)
    },
  }
}

class LocalLink implements Link {
  readonly room: string
  readonly self: Address
  readonly #leave: (link: LocalLink) => void
  readonly #peers = new Map<string, LocalLink>()
  readonly #messageListeners = new Listeners<[from: Address, bytes: Uint8Array]>()
  readonly #peerListeners = new Listeners<[peer: Address, here: boolean]>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  readonly #counters = { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 }
  #state: LinkState = 'connecting'
  #reason: LinkReason | undefined

  constructor({ room, self }: LinkOptions, join: (link: LocalLink) => void, leave: (link: LocalLink) => void) {
    // Refuses what every other transport refuses.
    encodeRelayFrame({ kind: 'join', room, token: '', self })
    this.room = room
    this.self = self
    this.#leave = leave
    queueMicrotask(() => {
      if (this.#state === 'connecting') join(this)
    })
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const peer = this.#peers.get(to.replica)
    if (peer?.self.incarnation !== to.incarnation || bytes.length > LARGEST_LINK_PACKET_BYTES) {
      this.#counters.packetsRefused++
      return false
    }
    this.#counters.packetsSent++
    // A copy, as every network makes one.
    const packet = bytes.slice()
    queueMicrotask(() => peer.#receive(this, packet))
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
    this.#state = 'closed'
    this.#reason = reason
    this.#leave(this)
    for (const peer of [...this.#peers.values()]) this.reaches(peer, false)
    this.#tellStatus()
  }

  reaches(peer: LocalLink, here: boolean): void {
    const { replica } = peer.self
    const known = this.#peers.get(replica)
    if (here ? known === peer || this.#state !== 'open' : known !== peer) return
    if (here) this.#peers.set(replica, peer)
    else this.#peers.delete(replica)
    // The same life on a new link: nothing has changed.
    if (here && known?.self.incarnation === peer.self.incarnation) return
    this.#peerListeners.tell(peer.self, here)
    this.#tellStatus()
  }

  #receive(from: LocalLink, packet: Uint8Array): void {
    if (this.#peers.get(from.self.replica) !== from) return
    this.#counters.packetsReceived++
    this.#messageListeners.tell(from.self, packet)
  }

  #tellStatus(): void {
    this.#statusListeners.tell(this.status())
  }
}
