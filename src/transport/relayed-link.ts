import type { Address, ReplicaId } from '../wire/index.js'
import type { Clock } from './clock.js'
import {
  type ChannelStats,
  type Link,
  type LinkCounters,
  type LinkStatus,
  MAX_DIRECT_PEERS,
  type PeerStatus,
  type Unsubscribe,
} from './contract.js'
import type { DirectPath, DirectPathFactory } from './direct-path.js'
import { Reassembly } from './frames.js'
import { Listeners } from './listeners.js'
import { PacketQueue } from './packet-queue.js'
import { RelayConnection, type RelayConnectionOptions } from './relay-connection.js'

/** What silence is counted in. Hidden tabs run no timer more often. */
const TICK_MS = 1000
/** A socket has no event for "writable again". At most 50 times a second, and only while something waits. */
const RETRY_SEND_MS = 20

interface Peer {
  readonly address: Address
  readonly queue: PacketQueue
  readonly reassembly: Reassembly
  readonly direct: DirectPath | undefined
  /** Whether the relay has it in the room. */
  relayed: boolean
}

/** A link over the relay, and over direct paths where and while there are some. */
export class RelayedLink implements Link {
  readonly #self: Address
  readonly #clock: Clock
  readonly #random: () => number
  readonly #directPath: DirectPathFactory | undefined
  readonly #relay: RelayConnection
  readonly #peers = new Map<ReplicaId, Peer>()
  /** Those whose queue is not empty. */
  readonly #waiting = new Set<Peer>()
  #wanted: ReadonlySet<ReplicaId> = new Set()
  readonly #messageListeners = new Listeners<[from: Address, bytes: Uint8Array]>()
  readonly #peerListeners = new Listeners<[peer: Address, here: boolean]>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  readonly #counters = { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 }
  #cancelTick: () => void
  #cancelRetry: (() => void) | undefined

  constructor(options: RelayConnectionOptions, directPath: DirectPathFactory | undefined) {
    this.#self = options.self
    this.#clock = options.clock
    this.#random = options.random
    this.#directPath = directPath
    this.#relay = new RelayConnection(options, {
      onState: () => this.#relayChanged(),
      onFrame: (frame) => {
        if (frame.kind === 'joined') this.#joined(frame.peers)
        else if (frame.kind === 'came') this.#came(frame.peer)
        else if (frame.kind === 'went') this.#left(frame.peer)
        else if (frame.kind === 'signal') this.#signalled(frame.peer, frame.body)
        else if (frame.kind === 'datagram') this.#received(frame.peer, frame.body)
      },
    })
    this.#cancelTick = this.#clock.after(TICK_MS, () => this.#tick())
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const peer = this.#peerAt(to)
    if (peer === undefined || !peer.queue.push(bytes)) {
      this.#counters.packetsRefused++
      return false
    }
    this.#counters.packetsSent++
    this.#waiting.add(peer)
    // While the relay takes nothing, looking at all who wait for it would only cost time.
    if (peer.direct?.open || this.#cancelRetry === undefined) this.#drain()
    return true
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
    // Told at every coming, so that it counts in rooms of hundreds: a spread takes many times as long.
    const peers = [...this.#peers.values()].map(({ address: { replica, incarnation }, direct }): PeerStatus => {
      return { replica, incarnation, kind: direct?.open ? 'webrtc' : 'relay' }
    })
    return {
      state: this.#relay.state,
      reason: this.#relay.reason,
      peers: peers.sort((a, b) => (a.replica < b.replica ? -1 : 1)),
      counters: this.#countersNow(),
    }
  }

  bufferedBytes(to: Address): number {
    return this.#peerAt(to)?.queue.bytes ?? 0
  }

  direct(replicas: readonly ReplicaId[]): void {
    this.#wanted = new Set(replicas.slice(0, MAX_DIRECT_PEERS))
    for (const peer of [...this.#peers.values()]) this.#choosePath(peer)
  }

  async channelStats(peer: Address): Promise<ChannelStats | undefined> {
    return this.#peerAt(peer)?.direct?.stats()
  }

  close(): void {
    this.#messageListeners.clear()
    this.#peerListeners.clear()
    this.#statusListeners.clear()
    this.#relay.close()
  }

  #peerAt({ replica, incarnation }: Address): Peer | undefined {
    const peer = this.#peers.get(replica)
    return peer?.address.incarnation === incarnation ? peer : undefined
  }

  #joined(peers: readonly Address[]): void {
    for (const address of peers) this.#meet(address)
    this.#tellStatus()
    this.#drain()
  }

  #came(address: Address): void {
    this.#meet(address)
    this.#tellStatus()
  }

  #meet(address: Address): void {
    // A listener may have closed the link.
    if (this.#relay.state !== 'open') return
    const known = this.#peers.get(address.replica)
    if (known !== undefined && known.address.incarnation >= address.incarnation) {
      // An earlier life is no news: the later one is still here by its channel.
      if (known.address.incarnation === address.incarnation) known.relayed = true
      return
    }
    if (known !== undefined) this.#forget(known)
    const peer = this.#newPeer(address)
    this.#peers.set(address.replica, peer)
    this.#choosePath(peer)
    this.#peerListeners.tell(address, true)
  }

  #newPeer(address: Address): Peer {
    const peer: Peer = {
      address,
      queue: new PacketQueue(Math.floor(this.#random() * 2 ** 32)),
      reassembly: new Reassembly(),
      direct: this.#directPath?.(this.#self.replica < address.replica, {
        onSignal: (body) => this.#relay.send('signal', address, body),
        onFrame: (frame) => this.#received(address, frame),
        onChange: () => this.#pathChanged(peer),
        onDrain: () => this.#drain(),
      }),
      relayed: true,
    }
    return peer
  }

  #choosePath(peer: Peer): void {
    const wanted = this.#wants(peer)
    if (wanted && !peer.direct?.busy) {
      const busy = this.#busyPeers()
      // One that only its other end wants has to go for one that is wanted here.
      if (busy.length >= MAX_DIRECT_PEERS) busy.find((other) => !this.#wants(other))?.direct?.close()
    }
    // A listener may have closed the link.
    if (this.#peerAt(peer.address) === peer) peer.direct?.want(wanted)
  }

  #wants({ address }: Peer): boolean {
    return this.#wanted.has(address.replica)
  }

  #signalled(from: Address, body: Uint8Array): void {
    const direct = this.#peerAt(from)?.direct
    if (direct?.busy || this.#busyPeers().length < MAX_DIRECT_PEERS) direct?.signalled(body)
  }

  #busyPeers(): Peer[] {
    return [...this.#peers.values()].filter(({ direct }) => direct?.busy)
  }

  #left(address: Address): void {
    const peer = this.#peerAt(address)
    if (peer === undefined) return
    peer.relayed = false
    this.#dropUnreachable(peer)
    this.#tellStatus()
  }

  #relayChanged(): void {
    const { state } = this.#relay
    if (state === 'closed') this.#shutDown()
    if (state === 'reconnecting') {
      for (const peer of [...this.#peers.values()]) {
        peer.relayed = false
        this.#dropUnreachable(peer)
      }
    }
    this.#tellStatus()
  }

  #pathChanged(peer: Peer): void {
    if (this.#peers.get(peer.address.replica) !== peer) return
    if (!peer.direct?.open) peer.queue.rewind()
    this.#dropUnreachable(peer)
    this.#tellStatus()
    this.#drain()
  }

  #dropUnreachable(peer: Peer): void {
    if (peer.relayed || peer.direct?.open) return
    this.#forget(peer)
    this.#peerListeners.tell(peer.address, false)
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.address.replica)
    this.#waiting.delete(peer)
    this.#counters.framesDropped += peer.reassembly.dropped
    peer.direct?.close()
  }

  #received(from: Address, frame: Uint8Array): void {
    const peer = this.#peerAt(from)
    if (peer === undefined) {
      this.#counters.framesDropped++
      return
    }
    const packet = peer.reassembly.accept(frame, this.#clock.nowMs())
    if (packet === undefined) return
    this.#counters.packetsReceived++
    this.#messageListeners.tell(peer.address, packet)
  }

  /** Hands out what the paths take, a frame to each peer in turn, so that no large packet holds up the others. */
  #drain(): void {
    let moved = true
    while (moved) {
      moved = false
      for (const peer of this.#waiting) {
        if (this.#sendNext(peer)) moved = true
        if (peer.queue.empty) this.#waiting.delete(peer)
      }
    }
    const blocked = [...this.#waiting].some(({ direct }) => !direct?.open)
    if (blocked && this.#relay.state === 'open') {
      this.#cancelRetry ??= this.#clock.after(RETRY_SEND_MS, () => {
        this.#cancelRetry = undefined
        this.#drain()
      })
    }
  }

  #sendNext({ address, queue, direct }: Peer): boolean {
    const path = direct?.open ? direct : this.#relay
    const frame = path.writable ? queue.shift() : undefined
    if (frame === undefined) return false
    if (path === direct) direct.send(frame)
    else this.#relay.send('datagram', address, frame)
    return true
  }

  #tick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => this.#tick())
    this.#relay.tick()
    const now = this.#clock.nowMs()
    for (const peer of [...this.#peers.values()]) {
      peer.reassembly.expire(now)
      peer.direct?.tick()
    }
  }

  #shutDown(): void {
    this.#cancelTick()
    this.#cancelRetry?.()
    for (const peer of [...this.#peers.values()]) {
      this.#forget(peer)
      this.#peerListeners.tell(peer.address, false)
    }
  }

  #countersNow(): LinkCounters {
    let { framesDropped } = this.#counters
    for (const { reassembly } of this.#peers.values()) framesDropped += reassembly.dropped
    return { ...this.#counters, framesDropped }
  }

  #tellStatus(): void {
    this.#statusListeners.tell(this.status())
  }
}
