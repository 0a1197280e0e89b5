import { type Address, MAX_CAST_PEERS, type ReplicaId } from '../wire/index.js'
import { Alarms } from './alarms.js'
import type { ChannelStats, Link, LinkCounters, LinkStatus, PeerReport, SignalSeal, Unsubscribe } from './contract.js'
import { DirectChoice } from './direct-choice.js'
import type { DirectPathFactory } from './direct-path.js'
import { HALF_OF_IDS, Reassembly } from './frames.js'
import { Listeners } from './listeners.js'
import { Outgoing } from './outgoing.js'
import { PacketQueue } from './packet-queue.js'
import { onWaking, type Waking } from './page-life.js'
import { RelayConnection, type RelayConnectionOptions } from './relay-connection.js'
import { byReplica, type RemotePeer, reportOf, statusOf } from './remote-peer.js'
import { SignalLane } from './signal-lane.js'

/** All who can be in a room, and a few whom only direct paths still reach: a relay that names more makes them up. */
const MAX_PEERS = 2 * MAX_CAST_PEERS

/** What silence is counted in. */
const TICK_MS = 1000

/** A link over the relay, and over direct paths where and while there are some. */
export class RelayedLink implements Link {
  readonly #self: Address
  readonly #signals: SignalSeal | undefined
  readonly #random: () => number
  readonly #directPath: DirectPathFactory | undefined
  readonly #alarms: Alarms
  readonly #relay: RelayConnection
  readonly #outgoing: Outgoing
  readonly #peers = new Map<ReplicaId, RemotePeer>()
  readonly #choice = new DirectChoice(this.#peers)
  readonly #messageListeners = new Listeners<[from: Address, bytes: Uint8Array]>()
  readonly #peerListeners = new Listeners<[peer: Address, here: boolean]>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  readonly #counters = { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 }
  readonly #stopWaking: () => void
  readonly #stopTicking: () => void

  /** Throws where address, room, relay or token can't be. Direct paths are to have their timers of these alarms. */
  constructor(options: RelayConnectionOptions, directPath: ((alarms: Alarms) => DirectPathFactory) | undefined) {
    const alarms = new Alarms(options.clock)
    this.#self = options.self
    this.#signals = options.signals
    this.#random = options.random
    this.#alarms = alarms
    this.#directPath = directPath?.(alarms)
    this.#relay = new RelayConnection(
      { ...options, clock: alarms },
      {
        onState: () => this.#relayChanged(),
        onSign: () => alarms.runDue(),
        onFrame: (frame) => {
          if (frame.kind === 'joined') this.#joined(frame.peers)
          else if (frame.kind === 'came') this.#came(frame.peer)
          else if (frame.kind === 'went') this.#left(frame.peer)
          else if (frame.kind === 'signal') this.#signalled(frame.peer, frame.body)
          else if (frame.kind === 'datagram') this.#received(frame.peer, frame.body)
        },
      },
    )
    this.#outgoing = new Outgoing(this.#relay, alarms, options.random)
    this.#stopTicking = alarms.every(TICK_MS, () => this.#everySecond())
    this.#stopWaking = onWaking((waking) => this.#wake(waking))
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const peer = this.#peerAt(to)
    const taken = peer !== undefined && this.#outgoing.add(peer, bytes)
    this.#count(1, taken ? 1 : 0)
    if (taken) this.#outgoing.flush(peer.direct?.open ?? false)
    return taken
  }

  sendAll(to: readonly Address[], bytes: Uint8Array): void {
    const relayed = new Set<RemotePeer>()
    let [offered, taken, direct] = [0, 0, false]
    for (const address of to) {
      const peer = this.#peerAt(address)
      if (peer?.relayed && !peer.direct?.open) {
        relayed.add(peer)
        continue
      }
      offered++
      if (peer === undefined || !this.#outgoing.add(peer, bytes)) continue
      taken++
      direct = true
    }
    this.#count(offered + relayed.size, taken + this.#outgoing.addAll([...relayed], bytes))
    this.#outgoing.flush(direct)
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
    return {
      state: this.#relay.state,
      reason: this.#relay.reason,
      peers: [...this.#peers.values()].map(statusOf).sort(byReplica),
      counters: this.#countersNow(),
    }
  }

  report(): readonly PeerReport[] {
    const now = this.#alarms.nowMs()
    return [...this.#peers.values()].map((peer) => reportOf(peer, now)).sort(byReplica)
  }

  bufferedBytes(to: Address): number {
    const peer = this.#peerAt(to)
    return peer === undefined ? 0 : this.#outgoing.bytesFor(peer)
  }

  direct(replicas: readonly ReplicaId[]): void {
    this.#choice.want(replicas)
  }

  async channelStats(peer: Address): Promise<ChannelStats | undefined> {
    return this.#peerAt(peer)?.direct?.stats()
  }

  tick(): void {
    this.#alarms.runDue()
  }

  close(): void {
    this.#messageListeners.clear()
    this.#peerListeners.clear()
    this.#statusListeners.clear()
    this.#relay.close()
  }

  #peerAt({ replica, incarnation }: Address): RemotePeer | undefined {
    const peer = this.#peers.get(replica)
    return peer?.address.incarnation === incarnation ? peer : undefined
  }

  #joined(peers: readonly Address[]): void {
    for (const address of peers) this.#meet(address)
    this.#tellStatus()
    this.#outgoing.drain()
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
    else if (this.#peers.size >= MAX_PEERS) return
    const peer = this.#newPeer(address)
    this.#peers.set(address.replica, peer)
    this.#choice.apply(peer)
    this.#peerListeners.tell(address, true)
  }

  #newPeer(address: Address): RemotePeer {
    const peer: RemotePeer = {
      address,
      queue: new PacketQueue(Math.floor(this.#random() * HALF_OF_IDS)),
      reassembly: new Reassembly(),
      signals: new SignalLane(this.#signals, address, {
        onSealed: (body) => this.#relay.send({ kind: 'signal', peer: address, body }),
        onOpened: (body) => this.#directSignalled(peer, body),
        onLost: () => peer.direct?.unsent(),
      }),
      direct: this.#directPath?.(this.#self.replica < address.replica, {
        onSignal: (body) => peer.signals.send(body),
        onFrame: (frame) => this.#received(address, frame),
        onSign: () => {
          peer.heardAtMs = this.#alarms.nowMs()
          this.#alarms.runDue()
        },
        onChange: () => this.#pathChanged(peer),
        onDrain: () => this.#outgoing.drain(),
      }),
      relayed: true,
      heardAtMs: this.#alarms.nowMs(),
    }
    return peer
  }

  #signalled(from: Address, body: Uint8Array): void {
    this.#peerAt(from)?.signals.receive(body)
  }

  #directSignalled(peer: RemotePeer, body: Uint8Array): void {
    if (this.#peerAt(peer.address) !== peer) return
    peer.heardAtMs = this.#alarms.nowMs()
    if (this.#choice.admits(peer)) peer.direct?.signalled(body)
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

  #pathChanged(peer: RemotePeer): void {
    if (this.#peers.get(peer.address.replica) !== peer) return
    if (!peer.direct?.open) peer.queue.rewind()
    this.#dropUnreachable(peer)
    this.#tellStatus()
    this.#outgoing.drain()
  }

  #dropUnreachable(peer: RemotePeer): void {
    if (peer.relayed || peer.direct?.open) return
    this.#forget(peer)
    this.#peerListeners.tell(peer.address, false)
  }

  #forget(peer: RemotePeer): void {
    this.#peers.delete(peer.address.replica)
    this.#outgoing.forget(peer)
    this.#counters.framesDropped += peer.reassembly.dropped
    peer.signals.close()
    peer.direct?.close()
  }

  #received(from: Address, frame: Uint8Array): void {
    const peer = this.#peerAt(from)
    if (peer === undefined) {
      this.#counters.framesDropped++
      return
    }
    peer.heardAtMs = this.#alarms.nowMs()
    const packet = peer.reassembly.accept(frame, peer.heardAtMs)
    if (packet === undefined) return
    this.#counters.packetsReceived++
    this.#messageListeners.tell(peer.address, packet)
  }

  #everySecond(): void {
    const now = this.#alarms.nowMs()
    this.#relay.tick()
    for (const peer of [...this.#peers.values()]) {
      peer.reassembly.expire(now)
      peer.direct?.tick()
    }
  }

  /** There may be ways now that there were not. */
  #wake(waking: Waking): void {
    this.#alarms.runDue()
    this.#relay.wake(waking)
    for (const { direct } of [...this.#peers.values()]) direct?.wake(waking)
  }

  #shutDown(): void {
    this.#stopWaking()
    this.#stopTicking()
    this.#outgoing.stop()
    for (const peer of [...this.#peers.values()]) {
      this.#forget(peer)
      this.#peerListeners.tell(peer.address, false)
    }
  }

  #count(offered: number, taken: number): void {
    this.#counters.packetsSent += taken
    this.#counters.packetsRefused += offered - taken
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
