import {
  type Command,
  defaultTuning,
  type Envelope,
  type GroupId,
  type InstanceRecord,
  type Message,
  Overloaded,
  type ReplicaId,
  type TraceCell,
} from '../core/index.js'
import type { Proposal, StateMachine } from '../state/index.js'
import type { Loaded, Storage } from '../storage/index.js'
import type { Address, ChannelStats, Link, LinkStatus, Unsubscribe } from '../transport/index.js'
import {
  decodePacket,
  encodePacket,
  MAX_ROOM_BYTES,
  type Membership,
  type Packet,
  packetBytesFor,
  WireError,
} from '../wire/index.js'
import { Computed, Notifier } from './cell.js'
import { SteadyClock } from './clock.js'
import type { Observable, Room, RoomOptions, RoomRole, RoomStatus } from './contract.js'
import { type Failure, failureOf } from './driver.js'
import { NotAMember, OutcomeUnknown, Unsupported } from './errors.js'
import { Founding } from './founding.js'
import type { Identity } from './identity.js'
import { randomId } from './ids.js'
import { Member } from './member.js'
import { leave, openOwn } from './own.js'
import { pack } from './packer.js'
import { Pending } from './pending.js'
import { startTicker } from './ticker.js'

/** Proposals that wait for the room to be founded. */
const MAX_EARLY = 1000
/** The status is told this often at most while only its numbers move: people read it. */
const STATUS_MS = 100

/**
 * Opens the room for this page or process: as the replica it was before, where this origin has one stored that
 * nobody else uses, else as a new one. It is founded when three have met; proposals wait for that.
 * @throws StorageError, StorageCorrupt, Unsupported; TypeError for a name or address that can't be
 */
export const openRoom = async <Api>(options: RoomOptions<Api>): Promise<Room<Api>> => {
  checkName(options.name)
  const own = await openOwn(options.storage, options.name)
  let link: Link | undefined
  try {
    const { identity, storage, loaded } = own
    const membership = loaded.fresh ? undefined : loaded.membership
    const records = await recordsOf(loaded, membership)
    const incarnation = (loaded.fresh ? 0 : loaded.starts) + 1
    // Before anything is said: a later life is known by it.
    await storage.writeStart(incarnation)
    const persisted = options.storage.durable ? await askToPersist() : undefined
    link = options.transport({ room: options.name, self: { replica: identity.id, incarnation } })
    return new LiveRoom(options, { identity, storage, incarnation, membership, records, persisted, link })
  } catch (error) {
    link?.close()
    await leave(own)
    throw error
  }
}

const checkName = (name: string): void => {
  const bytes = new TextEncoder().encode(name).length
  if (bytes < 1 || bytes > MAX_ROOM_BYTES || /\p{Surrogate}/u.test(name)) {
    throw new TypeError(`a room's name is text of 1 to ${MAX_ROOM_BYTES} bytes, not ${bytes}`)
  }
}

/** All of them: what a replica knows of its instances is held in memory anyway. */
const recordsOf = async (loaded: Loaded, membership: Membership | undefined): Promise<InstanceRecord[]> => {
  const records: InstanceRecord[] = []
  if (loaded.fresh) return records
  for await (const batch of loaded.batches) {
    if (batch.group !== membership?.group) {
      throw new Unsupported(`this storage holds records of group ${batch.group}, and is bound to ${membership?.group}`)
    }
    for (const record of batch.records) records.push(record)
  }
  return records
}

/** Whether the browser promises not to evict what is stored; undefined where it can't be asked. */
const askToPersist = async (): Promise<boolean | undefined> => {
  try {
    return await globalThis.navigator?.storage?.persist?.()
  } catch {
    return undefined
  }
}

interface Parts {
  readonly identity: Identity
  readonly storage: Storage
  readonly incarnation: number
  readonly membership: Membership | undefined
  readonly records: readonly InstanceRecord[]
  readonly persisted: boolean | undefined
  readonly link: Link
}

class LiveRoom<Api> implements Room<Api> {
  readonly state: Api
  readonly status: Observable<RoomStatus>
  readonly #options: RoomOptions<Api>
  readonly #parts: Parts
  readonly #machine: StateMachine
  readonly #founding: Founding
  readonly #pending = new Pending(randomId())
  readonly #clock = new SteadyClock()
  readonly #executed = new Notifier()
  readonly #status = new Computed(() => this.#statusNow())
  readonly #maxPacketBytes: number
  /** The life of each peer that the link has told of last. */
  readonly #peers = new Map<ReplicaId, Address>()
  readonly #refused = { packets: 0, strangers: 0 }
  readonly #endings: Unsubscribe[]
  /** Proposals made before there is a group. */
  #early: Command[] = []
  #member: Member | undefined
  #role: RoomRole = 'joining'
  #reason: string | undefined
  #storageError: string | undefined
  #statusAtMs = 0
  #closing: Promise<void> | undefined

  constructor(options: RoomOptions<Api>, parts: Parts) {
    const { link, identity, membership, storage } = parts
    this.#options = options
    this.#parts = parts
    const { machine, api } = options.state.create((proposal) => this.propose(proposal))
    this.#machine = machine
    this.state = api
    this.status = this.#status
    this.#maxPacketBytes = packetBytesFor(options.tuning?.maxCommandBytes ?? defaultTuning.maxCommandBytes)
    this.#founding = new Founding(identity.id, membership, {
      storage,
      greet: (peer, known) =>
        this.#sendPacket(peer, { kind: 'greeting', incarnation: parts.incarnation, membership: known }),
      founded: (known) => this.#begin(known),
      outside: (voters) => this.#end('outsider', `this room was founded by ${voters.length} others`),
      failed: (cause) => this.#fail(failureOf('write', cause)),
    })
    if (membership?.founded) this.#begin(membership)
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
    const address = this.#peers.get(peer)
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

  #begin(membership: Membership): void {
    if (this.#role !== 'joining') return
    const { id } = this
    const { storage, records, incarnation } = this.#parts
    const { tuning } = this.#options
    this.#member = new Member({
      id,
      membership,
      incarnation,
      restored: records,
      storage,
      machine: this.#machine,
      pending: this.#pending,
      tuning,
      send: (envelopes) => this.#send(membership, envelopes),
      executed: () => this.#executed.changed(),
      failed: (failure) => this.#fail(failure),
    })
    this.#role = 'voter'
    this.#member.tick(this.#clock.now())
    for (const command of this.#early) this.#propose(this.#member, command)
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
      this.#pending.threw(command, error)
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
    for (const command of this.#early) this.#pending.threw(command, new NotAMember(reason))
    this.#early = []
    this.#pending.failed(new OutcomeUnknown(reason))
    this.#status.changed()
  }

  #tick(): void {
    const now = this.#clock.now()
    this.#member?.tick(now)
    this.#founding.tick(now)
    if (now < this.#statusAtMs) return
    this.#statusAtMs = now + STATUS_MS
    this.#status.changed()
  }

  // What peers say, and what they are told.

  #onPeer(peer: Address, here: boolean): void {
    const { replica, incarnation } = peer
    if (here) {
      this.#peers.set(replica, peer)
      const seen = this.#parts.link.status().peers.find((other) => other.replica === replica)
      this.#founding.came(peer, seen?.before ?? false)
    } else {
      if (this.#peers.get(replica)?.incarnation === incarnation) this.#peers.delete(replica)
      this.#founding.went(peer)
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
    // Only what the life of the peer that is here now has said: anything else was under way for too long.
    const here = this.#peers.get(from.replica)?.incarnation
    if (packet.incarnation !== from.incarnation || here !== from.incarnation) this.#refused.strangers++
    else if (packet.kind === 'greeting') this.#founding.greeted(from, packet.membership)
    else this.#onMessages(from.replica, packet.group, packet.messages)
  }

  #onMessages(from: ReplicaId, group: GroupId, messages: readonly Message[]): void {
    const membership = this.#founding.membership
    if (membership?.group !== group || !membership.voters.includes(from)) this.#refused.strangers++
    else {
      // Timers of hidden pages are late: what arrives tells the time as well.
      this.#member?.tick(this.#clock.now())
      this.#member?.step(from, messages)
    }
  }

  #send({ group }: Membership, envelopes: readonly Envelope[]): void {
    const { incarnation } = this.#parts
    pack(envelopes, (to, messages) => {
      const peer = this.#peers.get(to)
      // Who isn't here misses it, as if the network had lost it.
      if (peer !== undefined) this.#sendPacket(peer, { kind: 'messages', group, incarnation, messages })
    })
  }

  #sendPacket(to: Address, packet: Packet): void {
    this.#parts.link.send(to, encodePacket(packet, this.#maxPacketBytes))
  }

  #statusNow(): RoomStatus {
    const { link, incarnation, persisted } = this.#parts
    const replica = this.#member?.replica.status()
    return {
      role: this.#role,
      reason: this.#role === 'joining' ? this.#founding.waitingFor : this.#reason,
      id: this.id,
      incarnation,
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
      refused: { ...this.#refused, messages: this.#member?.invalid ?? 0 },
    }
  }
}
