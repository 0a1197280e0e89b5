import type { Address } from '../wire/index.js'
import type { Clock } from './clock.js'
import type { ChannelStats, Link, LinkCounters, LinkStatus, Unsubscribe } from './contract.js'
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
  /** Whether it had joined when this link did. */
  before: boolean
}

/** A link over the relay, and over direct paths where and while there are some. */
export class RelayedLink implements Link {
  readonly #self: Address
  readonly #clock: Clock
  readonly #random: () => number
  readonly #directPath: DirectPathFactory | undefined
  readonly #relay: RelayConnection
  readonly #peers = new Map<string, Peer>()
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
        else if (frame.kind === 'came') this.#meet(frame.peer, false)
        else if (frame.kind === 'went') this.#left(frame.peer)
        else if (frame.kind === 'signal') this.#peerAt(frame.peer)?.direct?.signalled(frame.body)
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
    this.#drain()
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
    const peers = [...this.#peers.values()].map(({ address, direct, before }) => ({
      ...address,
      kind: direct?.open ? ('webrtc' as const) : ('relay' as const),
      before,
    }))
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
    for (const address of peers) this.#meet(address, true)
    this.#drain()
  }

  #meet(address: Address, before: boolean): void {
    // A listener may have closed the link.
    if (this.#relay.state !== 'open') return
    const known = this.#peers.get(address.replica)
    if (known !== undefined && known.address.incarnation >= address.incarnation) {
      // An earlier life is no news: the later one is still here by its channel.
      if (known.address.incarnation === address.incarnation) {
        known.relayed = true
        known.before = before
        this.#tellStatus()
      }
      return
    }
    if (known !== undefined) this.#forget(known)
    this.#peers.set(address.replica, this.#newPeer(address, before))
    this.#peerListeners.tell(address, true)
    this.#tellStatus()
  }

  #newPeer(address: Address, before: boolean): Peer {
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
      before,
    }
    return peer
  }

  #left(address: Address): void {
    const peer = this.#peerAt(address)
    if (peer === undefined) return
    peer.relayed = false
    this.#dropUnreachable(peer)
  }

  #relayChanged(): void {
    const { state } = this.#relay
    if (state === 'closed') this.#shutDown()
    if (state === 'reconnecting') {
      for (const peer of [...this.#peers.values()]) this.#left(peer.address)
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
    this.#tellStatus()
  }

  #forget(peer: Peer): void {
    peer.direct?.close()
    this.#counters.framesDropped += peer.reassembly.dropped
    this.#peers.delete(peer.address.replica)
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
    let waiting = true
    while (waiting) {
      waiting = false
      for (const peer of this.#peers.values()) {
        if (!peer.queue.empty && this.#sendNext(peer)) waiting = true
      }
    }
    const blocked = [...this.#peers.values()].some(({ queue, direct }) => !queue.empty && !direct?.open)
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
