import type { Address } from '../../wire/index.js'
import type { Link, LinkOptions, LinkStatus, SignalSeal, Unsubscribe } from '../contract.js'
import { Listeners } from '../listeners.js'

/** What a relay gets to see. */
export interface Carried {
  readonly from: Address
  readonly to: readonly Address[]
  readonly bytes: Uint8Array
}

/** A relay in the hands of a test: it records everything, and brings what it likes to whom it likes. */
export class HostileRelay {
  readonly carried: Carried[] = []
  readonly links: TappedLink[] = []
  /** Whether a frame is brought to its receivers by itself. */
  passes: (carried: Carried) => boolean = () => true

  readonly transport = (options: LinkOptions): Link => {
    const link = new TappedLink(this, options)
    this.links.push(link)
    queueMicrotask(() => {
      if (link.closed) return
      link.open()
      for (const other of this.#others(link)) {
        link.reaches(other.self, true)
        other.reaches(link.self, true)
      }
    })
    return link
  }

  take(link: TappedLink, to: readonly Address[], bytes: Uint8Array): void {
    const carried = { from: link.self, to, bytes: bytes.slice() }
    this.carried.push(carried)
    if (this.passes(carried)) queueMicrotask(() => this.bring(carried))
  }

  bring({ from, to, bytes }: Carried): void {
    for (const address of to) this.inject(address, from, bytes)
  }

  /** Brings anything to anybody, in the name of anybody. */
  inject(to: Address, from: Address, bytes: Uint8Array): void {
    for (const link of this.links) if (isSame(link.self, to)) link.hears(from, bytes.slice())
  }

  leaves(link: TappedLink): void {
    // What it said before is on its way still.
    queueMicrotask(() => {
      for (const other of this.#others(link)) other.reaches(link.self, false)
    })
  }

  #others(link: TappedLink): readonly TappedLink[] {
    return this.links.filter((other) => other !== link && other.isOpen && other.room === link.room)
  }
}

export const isSame = (a: Address, b: Address): boolean => a.replica === b.replica && a.incarnation === b.incarnation

/** What the relay has in its hands of a link. */
export class TappedLink implements Link {
  readonly self: Address
  readonly room: string
  readonly signals: SignalSeal | undefined
  /** What it was last asked to have direct paths to. */
  wanted: readonly string[] = []
  closed = false
  isOpen = false
  /** What it says waits for a peer. */
  waitingBytes = 0
  readonly #relay: HostileRelay
  readonly #peers = new Map<string, Address>()
  readonly #messages = new Listeners<[Address, Uint8Array]>()
  readonly #comings = new Listeners<[Address, boolean]>()
  readonly #statuses = new Listeners<[LinkStatus]>()

  constructor(relay: HostileRelay, { self, room, signals }: LinkOptions) {
    this.#relay = relay
    this.self = self
    this.room = room
    this.signals = signals
  }

  open(): void {
    this.isOpen = true
    this.#tell()
  }

  reaches(peer: Address, here: boolean): void {
    if (here) this.#peers.set(peer.replica, peer)
    else if (this.#peers.get(peer.replica)?.incarnation === peer.incarnation) this.#peers.delete(peer.replica)
    else return
    this.#comings.tell(peer, here)
    this.#tell()
  }

  hears(from: Address, bytes: Uint8Array): void {
    if (!this.closed) this.#messages.tell(from, bytes)
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const peer = this.#peers.get(to.replica)
    if (this.closed || peer === undefined || !isSame(peer, to)) return false
    this.#relay.take(this, [to], bytes)
    return true
  }

  sendAll(to: readonly Address[], bytes: Uint8Array): void {
    this.#relay.take(this, to, bytes)
  }

  onMessage(listener: (from: Address, bytes: Uint8Array) => void): Unsubscribe {
    return this.#messages.add(listener)
  }

  onPeer(listener: (peer: Address, here: boolean) => void): Unsubscribe {
    return this.#comings.add(listener)
  }

  onStatus(listener: (status: LinkStatus) => void): Unsubscribe {
    return this.#statuses.add(listener)
  }

  status(): LinkStatus {
    const peers = [...this.#peers.values()].sort((a, b) => (a.replica < b.replica ? -1 : 1))
    return {
      state: this.closed ? 'closed' : this.isOpen ? 'open' : 'connecting',
      reason: undefined,
      peers: peers.map((peer) => ({ ...peer, kind: 'relay' as const })),
      counters: { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 },
    }
  }

  bufferedBytes(): number {
    return this.waitingBytes
  }

  direct(replicas: readonly string[]): void {
    this.wanted = replicas
  }

  close(): void {
    this.closed = true
    this.isOpen = false
    this.#messages.clear()
    this.#comings.clear()
    this.#statuses.clear()
    this.#relay.leaves(this)
  }

  #tell(): void {
    this.#statuses.tell(this.status())
  }
}
