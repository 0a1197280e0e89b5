import {
  type Command,
  defaultTuning,
  type Envelope,
  type GroupId,
  Overloaded,
  type ReplicaId,
  type TraceCell,
} from '../core/index.js'
import { type Introduction, Starts } from '../member/index.js'
import { ExactlyOnce, type Proposal } from '../state/index.js'
import type { Storage } from '../storage/index.js'
import type { Address, ChannelStats, Link, LinkStatus, Unsubscribe } from '../transport/index.js'
import { decodePacket, encodePacket, type Membership, type Packet, packetBytesFor, WireError } from '../wire/index.js'
import { Computed, Notifier } from './cell.js'
import { SteadyClock } from './clock.js'
import type { Observable, Room, RoomOptions, RoomRole, RoomStatus } from './contract.js'
import { type Failure, failureOf } from './driver.js'
import { NotAMember, OutcomeUnknown } from './errors.js'
import { Founding } from './founding.js'
import type { Identity } from './identity.js'
import { Introductions } from './introductions.js'
import { type Inherited, Member } from './member.js'
import { pack } from './packer.js'
import { Pending } from './pending.js'
import type { Stored } from './stored.js'
import { startTicker } from './ticker.js'

/** Proposals that wait for the room to be founded. */
const MAX_EARLY = 1000
/** The status is told this often at most while only its numbers move: people read it. */
const STATUS_MS = 100

/** What a room lives on. */
export interface Parts {
  readonly identity: Identity
  readonly storage: Storage
  readonly introduction: Introduction
  readonly persisted: boolean | undefined
  readonly link: Link
}

export class LiveRoom<Api> implements Room<Api> {
  readonly state: Api
  readonly status: Observable<RoomStatus>
  readonly #options: RoomOptions<Api>
  readonly #parts: Parts
  readonly #machine: ExactlyOnce
  readonly #founding: Founding
  readonly #introductions: Introductions
  readonly #pending = new Pending(() => this.#machine.sweeps)
  readonly #clock = new SteadyClock()
  readonly #executed = new Notifier()
  readonly #status = new Computed(() => this.#statusNow())
  readonly #maxPacketBytes: number
  readonly #refused = { packets: 0, strangers: 0 }
  /** Packets that were too large to be sent. */
  #oversized = 0
  readonly #endings: Unsubscribe[]
  /** Proposals made before there is a group. */
  #early: Command[] = []
  #member: Member | undefined
  #role: RoomRole = 'joining'
  #reason: string | undefined
  #storageError: string | undefined
  #statusAtMs = 0
  #closing: Promise<void> | undefined

  /**
   * @param stored is read here, and not kept: it is as large as all that the storage holds
   * @throws what making or restoring the state throws; ForeignState where it is not this replica's own
   */
  constructor(options: RoomOptions<Api>, parts: Parts, stored: Stored) {
    const { link, identity, introduction, storage } = parts
    this.#options = options
    this.#parts = parts
    const { machine, api } = options.state.create((proposal) => this.propose(proposal))
    this.#machine = new ExactlyOnce(machine)
    if (stored.checkpoint !== undefined) this.#machine.restore(stored.checkpoint.chunks)
    this.state = api
    this.status = this.#status
    this.#maxPacketBytes = packetBytesFor(options.tuning?.maxCommandBytes ?? defaultTuning.maxCommandBytes)
    this.#founding = new Founding(identity.id, stored.membership, {
      storage,
      bound: (known) => this.#bound(known),
      outside: (voters) => this.#end('outsider', `this room was founded by ${voters.length} others`),
      failed: (cause) => this.#fail(failureOf('write', cause)),
    })
    this.#introductions = new Introductions(introduction, new Starts(stored.lives), {
      send: (to, packet) => this.#sendPacket(to, packet),
      membership: () => this.#founding.membership,
      remember: (lives) => storage.writeLives(lives).catch((cause: unknown) => this.#fail(failureOf('write', cause))),
    })
    const { membership, records, checkpoint } = stored
    if (membership?.founded) this.#begin(membership, { records, executed: checkpoint?.executed })
    this.#endings = [
      link.onPeer((peer, here) => this.#onPeer(peer, here)),
      link.onMessage((from, bytes) => this.#onPacket(from, bytes)),
      link.onStatus((status) => this.#onLinkStatus(status)),
      startTicker(() => this.#tick()),
    ]
  }

  get id(): ReplicaId {
    return this.#parts.identity.id
  }

  propose(proposal: Proposal): Promise<unknown> {
    return this.#pending.open(proposal, (command) => {
      if (this.#role === 'voter') this.#member?.propose(command)
      else if (this.#role === 'joining') this.#hold(command)
      else throw new NotAMember(this.#reason ?? this.#role)
    })
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#executed.add(listener)
  }

  trace(length: number): readonly (readonly TraceCell[])[] {
    return this.#member?.replica.trace(length) ?? []
  }

  async channelStats(peer: ReplicaId): Promise<ChannelStats | undefined> {
    const address = this.#introductions.addressOf(peer)
    return address === undefined ? undefined : this.#parts.link.channelStats?.(address)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const { link, storage, identity } = this.#parts
    for (const end of this.#endings) end()
    link.close()
    this.#end('closed', 'the room was closed here')
    this.#executed.clear()
    this.#status.clear()
    await this.#member?.stop('closed')
    await storage.close()
    identity.release()
  }

  // What it is in the room.

  #onLinkStatus({ state, reason, peers }: LinkStatus): void {
    // For good, and not by this room: somebody else has this identity, or the relay will have none of it.
    if (state === 'closed') this.#stop(`the link was closed for good: ${reason}`)
    else this.#founding.order(peers)
    this.#status.changed()
  }

  #bound(membership: Membership): void {
    // Who has just been founded has not voted yet: there are no records.
    if (membership.founded) this.#begin(membership, { records: [], executed: undefined })
    this.#introductions.bound()
  }

  #begin(membership: Membership, inherited: Inherited): void {
    if (this.#role !== 'joining') return
    const { id } = this
    const { introduction, storage } = this.#parts
    const member = new Member(
      {
        id,
        membership,
        incarnation: introduction.start.count,
        batches: introduction.start.batches,
        storage,
        durable: this.#options.storage.durable,
        machine: this.#machine,
        pending: this.#pending,
        tuning: this.#options.tuning,
        send: (envelopes) => this.#send(membership, envelopes),
        unwritten: () => this.#introductions.unwritten(),
        applied: () => this.#executed.changed(),
        failed: (failure) => this.#fail(failure),
      },
      inherited,
    )
    this.#member = member
    this.#role = 'voter'
    member.tick(this.#clock.now())
    for (const command of this.#early) this.#propose(member, command)
    this.#early = []
    this.#status.changed()
  }

  /** Held until there is a group. */
  #hold(command: Command): void {
    if (this.#early.length >= MAX_EARLY) throw new Overloaded(this.#early.length)
    this.#early.push(command)
  }

  #propose(member: Member, command: Command): void {
    try {
      member.propose(command)
    } catch (error) {
      this.#pending.refused(command, error)
    }
  }

  #fail({ kind, reason }: Failure): void {
    if (kind === 'write') this.#storageError = reason
    this.#stop(reason)
  }

  /** Votes no more, and has nothing to say: the others see that it is gone. */
  #stop(reason: string): void {
    this.#end('stopped', reason)
    this.#founding.end()
    this.#parts.link.close()
    // Its writes under way may still fail: that changes nothing any more.
    void this.#member?.stop(reason)
  }

  /** From now on nothing can be proposed, and what is under way can't be told of any more. */
  #end(role: RoomRole, reason: string): void {
    if (this.#role === 'closed' || (this.#role === 'stopped' && role !== 'closed')) return
    this.#role = role
    this.#reason = reason
    for (const command of this.#early) this.#pending.refused(command, new NotAMember(reason))
    this.#early = []
    this.#pending.failed(new OutcomeUnknown(reason))
    this.#status.changed()
  }

  #tick(): void {
    const now = this.#clock.now()
    this.#member?.tick(now)
    if (this.#role === 'joining' || this.#role === 'voter') this.#introductions.tick(now)
    if (now < this.#statusAtMs) return
    this.#statusAtMs = now + STATUS_MS
    this.#status.changed()
  }

  // What peers say, and what they are told.

  #onPeer(peer: Address, here: boolean): void {
    const { replica, incarnation } = peer
    if (here) {
      this.#introductions.came(peer)
      const seen = this.#parts.link.status().peers.find((other) => other.replica === replica)
      this.#founding.came(replica, seen?.before ?? false)
    } else if (this.#introductions.addressOf(replica)?.incarnation === incarnation) {
      this.#introductions.went(replica)
      this.#founding.went(replica)
    }
  }

  #onPacket(from: Address, bytes: Uint8Array): void {
    let packet: Packet
    try {
      packet = decodePacket(bytes, this.#maxPacketBytes)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#refused.packets++
      return
    }
    const { replica, incarnation } = from
    // Only what the life of the peer that is here now has said: anything else was under way for too long.
    const here = this.#introductions.addressOf(replica)?.incarnation
    const said = packet.kind === 'greeting' ? packet.start.count : packet.incarnation
    if (said !== incarnation || here !== incarnation) this.#refused.strangers++
    else if (packet.kind === 'greeting') {
      this.#introductions.greeted(replica, packet)
      this.#founding.greeted(replica, packet.membership)
    } else if (!this.#isFellow(replica, packet.group)) this.#refused.strangers++
    else if (packet.kind === 'refused') this.#onRefused(packet)
    else this.#onMessages(replica, packet)
  }

  #isFellow(replica: ReplicaId, group: GroupId): boolean {
    const { membership } = this.#founding
    return membership?.group === group && membership.voters.includes(replica)
  }

  /** One of the voters knows more of this storage's past than this replica does [H14]. */
  #onRefused({ refused, known }: Extract<Packet, { kind: 'refused' }>): void {
    const { count, nonce } = this.#parts.introduction.start
    // What was said to another life, or to another copy, is not for this one.
    if (refused.count !== count || refused.nonce !== nonce) return
    this.#introductions.superseded(this.id, known)
    this.#stop(
      `others know another start ${known.count} of this replica, or promises that it has forgotten: its storage is an ` +
        'older copy; open the room again, as a new replica',
    )
  }

  #onMessages(from: ReplicaId, { batches, messages }: Extract<Packet, { kind: 'messages' }>): void {
    const verdict = this.#introductions.verdictOn(from)
    if (verdict === 'refused') this.#refused.strangers++
    // What somebody says before it has introduced itself is missed, as if the network had lost it: it will be said again.
    if (verdict === undefined || verdict === 'refused') return
    this.#introductions.heard(from, batches)
    // Timers of hidden pages are late: what arrives tells the time as well.
    this.#member?.tick(this.#clock.now())
    this.#member?.step(from, messages)
  }

  #send({ group }: Membership, envelopes: readonly Envelope[]): void {
    const incarnation = this.#parts.introduction.start.count
    const batches = this.#member?.batches ?? 0
    pack(envelopes, (to, messages) => {
      const peer = this.#introductions.receiver(to)
      // Who isn't here, or hasn't introduced itself, misses it, as if the network had lost it.
      if (peer !== undefined) this.#sendPacket(peer, { kind: 'messages', group, incarnation, batches, messages })
    })
  }

  #sendPacket(to: Address, packet: Packet): void {
    let bytes: Uint8Array<ArrayBuffer>
    try {
      bytes = encodePacket(packet, this.#maxPacketBytes)
    } catch (error) {
      if (!(error instanceof WireError && error.code === 'too-large')) throw error
      // As if the network had lost it: others can go on without this message, and not without this voter.
      this.#oversized++
      return
    }
    this.#parts.link.send(to, bytes)
  }

  #statusNow(): RoomStatus {
    const { link, introduction, persisted } = this.#parts
    const replica = this.#member?.replica.status()
    return {
      role: this.#role,
      reason: this.#role === 'joining' ? this.#founding.waitingFor : this.#reason,
      id: this.id,
      incarnation: introduction.start.count,
      group: this.#founding.membership?.group,
      voters: this.#founding.membership?.voters ?? [],
      suspected: replica?.suspected ?? [],
      quorum: this.#role === 'voter' ? (replica?.quorum ?? 'none') : 'none',
      committed: replica?.committed ?? [],
      executed: replica?.executed ?? [],
      pending: this.#pending.size,
      behind: replica?.behind ?? 0,
      link: link.status(),
      storage: { durable: this.#options.storage.durable, persisted, error: this.#storageError },
      oversized: this.#oversized,
      refused: { ...this.#refused, messages: this.#member?.invalid ?? 0 },
    }
  }
}
