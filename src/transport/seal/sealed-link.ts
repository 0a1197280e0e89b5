import type { Address, ReplicaId } from '../../wire/index.js'
import type { Clock } from '../clock.js'
import type {
  ChannelStats,
  Link,
  LinkOptions,
  LinkStatus,
  PeerReport,
  SealCounters,
  SignalSeal,
  TransportFactory,
  Unsubscribe,
} from '../contract.js'
import { Listeners } from '../listeners.js'
import type { KeyRing } from './contract.js'
import { EndedStreams } from './ended-streams.js'
import { newOutbox, type Outbox, Outgoing } from './outgoing.js'
import { newPeriod, type Period } from './period.js'
import { isSameStatus } from './same-status.js'
import { SealedPeer, type SealedPeerOptions, type Standing } from './sealed-peer.js'

const TICK_MS = 1000
/** Who was here when the secret changed, or in an earlier life, and has not met this end again by then, is gone. */
const GRACE_MS = 5000
/** Twice as many as a relay lets into a room: one that makes up more of them costs no more than that. */
const MAX_PEERS = 1024

/** How the handshake with one peer of the inner link stands, for people who wonder why it is not there. */
export interface HandshakeReport {
  readonly peer: Address
  readonly state: Standing
  /** What it told of itself; undefined while it is not met. */
  readonly publicKey: Uint8Array | undefined
}

/** Who is here, as those who use this link were told. */
interface Present {
  readonly address: Address
  readonly peer: SealedPeer
  /** When its session ended without it going. */
  lostAtMs: number | undefined
}

export interface SealedLinkOptions {
  readonly clock: Clock
  readonly crypto: Pick<Crypto, 'subtle' | 'getRandomValues'>
}

/** A link whose packets only members can read and write, over one that anybody may read, repeat, and write on. */
export class SealedLink implements Link {
  readonly #clock: Clock
  readonly #inner: Link
  readonly #options: SealedPeerOptions
  readonly #outboxes = new Map<ReplicaId, Outbox>()
  readonly #present = new Map<ReplicaId, Present>()
  /** Those without a session. */
  readonly #unmet = new Set<SealedPeer>()
  /** Those that have gone, and have said something before that is being opened. */
  readonly #leaving = new Set<SealedPeer>()
  readonly #outgoing: Outgoing
  readonly #messageListeners = new Listeners<[from: Address, bytes: Uint8Array]>()
  readonly #peerListeners = new Listeners<[peer: Address, here: boolean]>()
  readonly #statusListeners = new Listeners<[status: LinkStatus]>()
  readonly #counters = { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 }
  readonly #sealed: { -readonly [Why in keyof SealCounters]: number } = {
    forged: 0,
    replayed: 0,
    outdated: 0,
    unmet: 0,
  }
  readonly #unsubscribe: Unsubscribe
  readonly #newPeriod: () => Period
  #period: Period
  #wanted: readonly ReplicaId[] = []
  #cancelTick: (() => void) | undefined
  #told: LinkStatus
  #closed = false

  constructor(transport: TransportFactory, link: LinkOptions, ring: KeyRing, { clock, crypto }: SealedLinkOptions) {
    const { subtle } = crypto
    const random = (bytes: Uint8Array<ArrayBuffer>): unknown => crypto.getRandomValues(bytes)
    this.#clock = clock
    this.#options = { subtle, random, clock, ring, self: link.self, ended: new EndedStreams() }
    this.#newPeriod = () => newPeriod(subtle, random, ring, link.self)
    // First, since it refuses what can't be.
    this.#inner = transport({ ...link, signals: this.#signals() })
    this.#period = this.#newPeriod()
    this.#outgoing = new Outgoing(this.#inner, {
      isPresent: (address) => this.#isPresent(address),
      refused: () => this.#counters.packetsRefused++,
    })
    this.#told = this.status()
    this.#inner.onPeer((peer, here) => (here ? this.#came(peer) : this.#went(peer)))
    this.#inner.onMessage((from, frame) => this.#arrived(from, frame))
    this.#inner.onStatus((status) => this.#tellStatus(status))
    this.#unsubscribe = ring.onChange(() => this.#rekey())
  }

  send(to: Address, bytes: Uint8Array): boolean {
    const outbox = this.#openTo(to)
    const accepted = outbox !== undefined && this.#outgoing.send(outbox, bytes)
    this.#counters[accepted ? 'packetsSent' : 'packetsRefused']++
    return accepted
  }

  sendAll(to: readonly Address[], bytes: Uint8Array): void {
    const outboxes = to.flatMap((address) => this.#openTo(address) ?? [])
    const accepted = this.#outgoing.sendAll(outboxes, bytes, this.#period.casts.stream)
    this.#counters.packetsSent += accepted
    this.#counters.packetsRefused += to.length - accepted
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
    return this.#statusOf(this.#inner.status())
  }

  /** What waits for being sealed included. */
  bufferedBytes(to: Address): number {
    const outbox = this.#closed ? undefined : this.#outboxOf(to)
    return outbox === undefined ? 0 : this.#outgoing.bufferedBytes(outbox)
  }

  /** Only those who are met are asked for a direct path: what the others say to open it could not be read. */
  direct(replicas: readonly ReplicaId[]): void {
    this.#wanted = [...replicas]
    this.#direct()
  }

  async channelStats(peer: Address): Promise<ChannelStats | undefined> {
    return this.#inner.channelStats?.(peer)
  }

  /** Those that are not met included. */
  report(): readonly PeerReport[] {
    return this.#inner.report?.() ?? []
  }

  /** Of all that the inner link reaches, in the order of their ids. */
  handshakes(): readonly HandshakeReport[] {
    return [...this.#outboxes.values()]
      .map(({ peer }) => ({ peer: peer.address, state: peer.standing, publicKey: peer.session?.publicKey }))
      .sort((a, b) => (a.peer.replica < b.peer.replica ? -1 : 1))
  }

  /** What a peer that is met has told of itself. */
  publicKey(replica: ReplicaId): Uint8Array | undefined {
    return this.#outboxes.get(replica)?.peer.session?.publicKey
  }

  tick(): void {
    this.#inner.tick?.()
    if (!this.#closed) this.#look()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#messageListeners.clear()
    this.#peerListeners.clear()
    this.#statusListeners.clear()
    this.#unsubscribe()
    this.#cancelTick?.()
    // What was accepted before leaves still, as it does from a link that seals nothing.
    this.#outgoing.after(() => this.#inner.close())
  }

  #signals(): SignalSeal {
    return {
      seal: async (to, body) => this.#outboxOf(to)?.peer.session?.signals.toPeer.seal(body),
      open: async (from, body) => {
        const peer = this.#outboxOf(from)?.peer
        if (peer === undefined) this.#refused('unmet')
        return peer?.openSignal(body)
      },
    }
  }

  // Who is there.

  #came(address: Address): void {
    if (this.#closed || address.replica === this.#options.self.replica) return
    const known = this.#outboxes.get(address.replica)?.peer
    if (known?.address.incarnation === address.incarnation) return
    if (known !== undefined) {
      known.end()
      this.#unmet.delete(known)
    }
    if (known === undefined && this.#outboxes.size >= MAX_PEERS) this.#forgetStranger()
    if (known === undefined && this.#outboxes.size >= MAX_PEERS) return
    const peer: SealedPeer = new SealedPeer(address, this.#period, this.#options, {
      send: (frame) => this.#outgoing.greet(address, frame),
      met: () => this.#met(outbox),
      received: (content) => this.#received(peer, content),
      refused: (why) => this.#refused(why),
      dropped: () => this.#counters.framesDropped++,
    })
    const outbox = newOutbox(peer)
    this.#outboxes.set(address.replica, outbox)
    this.#lose(peer)
    peer.greet()
  }

  /** The one that has gone unmet for longest, if there is one. */
  #forgetStranger(): void {
    for (const peer of this.#unmet) {
      if (this.#isPresent(peer.address)) continue
      peer.end()
      this.#unmet.delete(peer)
      this.#outboxes.delete(peer.address.replica)
      return
    }
  }

  #went(address: Address): void {
    const peer = this.#outboxOf(address)?.peer
    if (this.#closed || peer === undefined) return
    this.#outboxes.delete(address.replica)
    this.#unmet.delete(peer)
    this.#leaving.add(peer)
    peer.finish(() => {
      this.#leaving.delete(peer)
      if (this.#present.get(address.replica)?.peer === peer) this.#leave(address.replica)
    })
  }

  #met(outbox: Outbox): void {
    const { peer } = outbox
    const { address } = peer
    if (this.#closed || this.#outboxOf(address) !== outbox) return
    const known = this.#present.get(address.replica)?.address
    this.#unmet.delete(peer)
    this.#present.set(address.replica, { address, peer, lostAtMs: undefined })
    this.#outgoing.resume(outbox)
    if (this.#wanted.includes(address.replica)) this.#direct()
    if (known?.incarnation === address.incarnation) return
    this.#peerListeners.tell(address, true)
    this.#tellStatus(this.#inner.status())
  }

  /** It has no session now. */
  #lose(peer: SealedPeer): void {
    this.#unmet.add(peer)
    const present = this.#present.get(peer.address.replica)
    if (present !== undefined) present.lostAtMs ??= this.#clock.nowMs()
    this.#armTick()
  }

  #leave(replica: ReplicaId): void {
    const present = this.#present.get(replica)
    if (present === undefined) return
    this.#present.delete(replica)
    this.#peerListeners.tell(present.address, false)
    this.#tellStatus(this.#inner.status())
  }

  #rekey(): void {
    this.#period = this.#newPeriod()
    for (const peer of this.#leaving) peer.end()
    for (const { peer } of this.#outboxes.values()) {
      this.#lose(peer)
      peer.rekey(this.#period)
    }
  }

  #armTick(): void {
    this.#cancelTick ??= this.#clock.after(TICK_MS, () => {
      this.#cancelTick = undefined
      this.#look()
      // A listener may have closed the link.
      if (!this.#closed && this.#unmet.size > 0) this.#armTick()
    })
  }

  /** At those that are not met: whether a hello is due, and whether they are given up. */
  #look(): void {
    const nowMs = this.#clock.nowMs()
    for (const peer of [...this.#unmet]) {
      peer.tick()
      const { replica } = peer.address
      const lostAtMs = this.#present.get(replica)?.lostAtMs
      if (lostAtMs === undefined || nowMs - lostAtMs < GRACE_MS) continue
      const outbox = this.#outboxes.get(replica)
      if (outbox !== undefined) this.#outgoing.giveUp(outbox)
      this.#leave(replica)
    }
  }

  #direct(): void {
    if (this.#closed) return
    this.#inner.direct?.(this.#wanted.filter((replica) => this.#outboxes.get(replica)?.peer.session !== undefined))
  }

  // What is heard.

  #arrived(from: Address, frame: Uint8Array): void {
    if (this.#closed) return
    const peer = this.#outboxOf(from)?.peer
    if (peer === undefined) this.#refused('unmet')
    else peer.arrived(frame)
  }

  #received(from: SealedPeer, content: Uint8Array): void {
    // It may have gone before it was met, with both under way.
    if (this.#closed || this.#present.get(from.address.replica)?.peer !== from) return
    this.#counters.packetsReceived++
    this.#messageListeners.tell(from.address, content)
  }

  #refused(why: keyof SealCounters): void {
    this.#sealed[why]++
  }

  // What is told.

  #outboxOf({ replica, incarnation }: Address): Outbox | undefined {
    const outbox = this.#outboxes.get(replica)
    return outbox?.peer.address.incarnation === incarnation ? outbox : undefined
  }

  /** Where packets for this peer go; undefined where it is not here. */
  #openTo(to: Address): Outbox | undefined {
    return this.#closed || !this.#isPresent(to) ? undefined : this.#outboxOf(to)
  }

  #isPresent({ replica, incarnation }: Address): boolean {
    return this.#present.get(replica)?.address.incarnation === incarnation
  }

  #statusOf({ state, reason, peers, counters }: LinkStatus): LinkStatus {
    return {
      state: this.#closed ? 'closed' : state,
      reason: this.#closed && state !== 'closed' ? undefined : reason,
      peers: this.#closed ? [] : peers.filter((peer) => this.#isPresent(peer)),
      counters: { ...this.#counters, framesDropped: this.#counters.framesDropped + counters.framesDropped },
      sealed: { ...this.#sealed },
    }
  }

  /** Who comes to the inner link, and is not met yet, changes nothing. */
  #tellStatus(inner: LinkStatus): void {
    const [before, now] = [this.#told, this.#statusOf(inner)]
    this.#told = now
    if (!isSameStatus(before, now)) this.#statusListeners.tell(now)
  }
}
