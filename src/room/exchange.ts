import type { Configuration, GroupId, ReplicaId } from '../core/index.js'
import type { Introduction, KnownLife, MemberEnvelope, MemberMessage, Standing } from '../member/index.js'
import type { Address, Link, Unsubscribe } from '../transport/index.js'
import {
  decodePacket,
  encodePacket,
  type Greeting,
  type Packet,
  type PresenceEntry,
  WIRE_VERSION,
  WireError,
} from '../wire/index.js'
import { type Cut, PeerGuard } from './guard.js'
import { Introductions, type Peer } from './introductions.js'
import { pack } from './packer.js'
import type { Reporter } from './reporting.js'

export interface ExchangeOptions {
  readonly group: GroupId
  readonly self: ReplicaId
  readonly introduction: Introduction
  /** What earlier lives knew of others. */
  readonly lives: readonly KnownLife[]
  readonly link: Link
  /** Packets may be so large. */
  readonly maxPacketBytes: number
  readonly reporter: Reporter | undefined
}

export interface ExchangePorts {
  /** Milliseconds, never decreasing. */
  readonly now: () => number
  readonly standing: () => Standing
  /** Batches of records that the own storage holds durably. */
  readonly batches: () => number
  readonly remember: (lives: readonly KnownLife[]) => void
  readonly met: (peer: ReplicaId, greeting: Greeting) => void
  /** Whether too few voters of the own epoch are heard of. */
  readonly cutOff: () => boolean
  readonly came: (peer: ReplicaId) => void
  readonly went: (peer: ReplicaId) => void
  readonly messages: (from: ReplicaId, messages: readonly MemberMessage[]) => void
  readonly presence: (from: ReplicaId, entries: readonly PresenceEntry[]) => void
  /** Somebody knows more of this storage's past than this replica does: it must not vote [H14]. */
  readonly superseded: (starts: number) => void
}

/** What members say to each other over a link: packed, checked, and only between those that have introduced themselves. */
export class Exchange {
  readonly #options: ExchangeOptions
  readonly #ports: ExchangePorts
  readonly #introductions: Introductions
  readonly #endings: readonly Unsubscribe[]
  readonly #guard: PeerGuard
  readonly #refused = { packets: 0, strangers: 0, cut: 0 }
  /** Packets that were too large to be sent. */
  oversized = 0
  /** The highest version of packets that others speak, and this program does not. */
  newerWire: number | undefined

  constructor(options: ExchangeOptions, ports: ExchangePorts) {
    const { group, self, introduction, lives, link } = options
    const { standing, remember, met, cutOff } = ports
    this.#options = options
    this.#ports = ports
    this.#guard = new PeerGuard((cut) => options.reporter?.cutOff(cut.member, cut.reason))
    this.#introductions = new Introductions(group, self, introduction, lives, {
      send: (to, packet) => this.#send([to], packet),
      standing,
      remember,
      met,
      cutOff,
    })
    this.#endings = [
      link.onPeer((peer, here) => this.#onPeer(peer, here)),
      link.onMessage((from, bytes) => this.#onPacket(from, bytes)),
    ]
  }

  get refused(): { readonly packets: number; readonly strangers: number; readonly cut: number } {
    return { ...this.#refused }
  }

  /** Who is not listened to, since it has broken the rules. */
  get cutOff(): readonly Cut[] {
    return this.#guard.cuts(this.#ports.now())
  }

  get peers(): Iterable<Peer> {
    return this.#introductions.peers
  }

  peer(replica: ReplicaId): Peer | undefined {
    return this.#introductions.peer(replica)
  }

  /** One that says of the own epoch that it has other voters, or versions: it is not listened to. */
  get contradicting(): ReplicaId | undefined {
    return this.#introductions.contradicting
  }

  /** What was heard of others' storages, and is to be written with the next records. */
  unwritten(): readonly KnownLife[] | undefined {
    return this.#introductions.unwritten()
  }

  heardOf(configuration: Configuration): void {
    this.#introductions.heardOf(configuration)
  }

  entered(configuration: Configuration): void {
    this.#introductions.entered(configuration)
  }

  /** This replica never starts again on its storage. */
  ended(): void {
    this.#introductions.ended()
  }

  tick(nowMs: number): void {
    this.#introductions.tick(nowMs)
  }

  send(envelopes: readonly MemberEnvelope[]): void {
    const { group, introduction } = this.#options
    const incarnation = introduction.start.count
    const batches = this.#ports.batches()
    pack(envelopes, (to, messages) => {
      // Who isn't here, or hasn't introduced itself, misses it, as if the network had lost it.
      const receivers = to.flatMap((id) => this.#introductions.receiver(id) ?? [])
      this.#send(receivers, { kind: 'messages', group, incarnation, batches, messages })
    })
  }

  /** What the tabs of this member show. */
  show(to: ReplicaId, entries: readonly PresenceEntry[]): void {
    const { group, introduction } = this.#options
    // Nothing depends on it: nobody has to have introduced itself.
    const address = this.#introductions.peer(to)?.address
    const incarnation = introduction.start.count
    if (address !== undefined) this.#send([address], { kind: 'presence', group, incarnation, entries })
  }

  /** Hears nothing any more. What was said leaves still. */
  end(): void {
    for (const end of this.#endings) end()
  }

  #onPeer(address: Address, here: boolean): void {
    const { replica, incarnation } = address
    if (here) {
      this.#introductions.came(address)
      this.#ports.came(replica)
    } else if (this.#introductions.peer(replica)?.address.incarnation === incarnation) {
      this.#introductions.went(replica)
      this.#ports.went(replica)
    }
  }

  /** It has said what no member can have said. */
  broke(replica: ReplicaId): void {
    this.#guard.broke(replica, 'impossible', this.#ports.now())
  }

  #onPacket(from: Address, bytes: Uint8Array): void {
    this.#options.reporter?.received(bytes.length)
    const { replica, incarnation } = from
    if (this.#guard.admit(replica, bytes.length, this.#ports.now()) !== 'ok') return this.#drop('cut')
    const packet = this.#read(replica, bytes)
    if (packet === undefined) return
    const peer = this.#introductions.peer(replica)
    // Only what the life of the peer that is here now has said: anything else was under way for too long.
    const said = packet.kind === 'greeting' ? packet.start.count : packet.incarnation
    if (packet.group !== this.#options.group || said !== incarnation || peer?.address.incarnation !== incarnation) {
      this.#drop('strangers')
    } else if (packet.kind === 'greeting') this.#introductions.greeted(replica, packet)
    else if (packet.kind === 'refused') this.#onRefused(peer, packet)
    else if (peer.verdict === 'refused') this.#drop('strangers')
    else if (packet.kind === 'presence') this.#ports.presence(replica, packet.entries)
    // What somebody says before it has introduced itself is missed, as if the network had lost it: it will be said again.
    else if (peer.greeting !== undefined) {
      this.#introductions.heard(replica, packet.batches)
      this.#ports.messages(replica, packet.messages)
    }
  }

  #drop(what: keyof typeof DROPPED): void {
    this.#refused[what]++
    this.#options.reporter?.dropped(DROPPED[what])
  }

  #read(from: ReplicaId, bytes: Uint8Array): Packet | undefined {
    try {
      return decodePacket(bytes, this.#options.maxPacketBytes)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#drop('packets')
      const { version } = error
      // Who speaks another version breaks no rule.
      if (version === undefined) this.#guard.broke(from, 'unreadable', this.#ports.now())
      if (version !== undefined && version > (this.newerWire ?? WIRE_VERSION)) this.newerWire = version
      return undefined
    }
  }

  /** By a voter; or by an observer: who else could tell a sole voter? */
  #onRefused({ greeting }: Peer, { refused, known }: Extract<Packet, { kind: 'refused' }>): void {
    if (greeting?.configuration === undefined) {
      this.#drop('strangers')
      return
    }
    const { count, nonce } = this.#options.introduction.start
    // What was said to another life, or to another copy, is not for this one.
    if (refused.count !== count || refused.nonce !== nonce) return
    this.#introductions.ended(known)
    this.#ports.superseded(known.count)
  }

  #send(to: readonly Address[], packet: Packet): void {
    const { link, maxPacketBytes } = this.#options
    const [first] = to
    if (first === undefined) return
    let bytes: Uint8Array<ArrayBuffer>
    try {
      bytes = encodePacket(packet, maxPacketBytes)
    } catch (error) {
      if (!(error instanceof WireError && error.code === 'too-large')) throw error
      // As if the network had lost it: others can go on without this message, and not without this voter.
      this.oversized++
      this.#options.reporter?.dropped('oversized')
      return
    }
    for (const _ of to) this.#options.reporter?.sent(bytes.length)
    if (to.length === 1) link.send(first, bytes)
    else link.sendAll(to, bytes)
  }
}

/** What each of the counters is called where things are counted. */
const DROPPED = { packets: 'unreadable', strangers: 'stranger', cut: 'cut-off' } as const
