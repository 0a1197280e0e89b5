import type { Deps, GroupId, ReplicaId, TraceCell, Tuning } from '../core/index.js'
import type { Policy } from '../member/index.js'
import type { Proposal, StateDefinition } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import type { ChannelStats, LinkStatus, TransportFactory, Unsubscribe } from '../transport/index.js'

export interface RoomOptions<Api> {
  readonly state: StateDefinition<Api>
  readonly storage: StorageFactory
  readonly transport: TransportFactory
  /**
   * Who should vote, asked while this member is a voter. Default: `autopilot()`, or `fixedVoters` where the voters are
   * listed. False: this member changes nothing.
   */
  readonly autopilot?: Policy | false
  readonly tuning?: Partial<Tuning>
}

export interface CreateOptions<Api> extends RoomOptions<Api> {
  /** Where the members meet, `ws://…` or `wss://…`: handed to the transport, and part of the invite. */
  readonly relay?: string
}

/** For servers: a room whose first voters are listed. Each of them calls `createRoom` with the same list, at every start. */
export interface ListedOptions<Api> extends CreateOptions<Api> {
  /** 32 random lower-case hex digits, made once for this room. */
  readonly group: GroupId
  /** The same, and the same at all: whoever knows it can come. Default: the group's id, which is then to be kept secret. */
  readonly secret?: string
  /** One to nine ids, of 32 random lower-case hex digits each. An id whose storage was lost is never used again [H14]. */
  readonly voters: readonly ReplicaId[]
  /** Which of them this is. */
  readonly id: ReplicaId
}

/** A value that changes: the shape that UI frameworks can subscribe to. */
export interface Observable<T> {
  /** The same object until it changes. */
  get(): T
  /** The listener is called after a change, at most once a turn. */
  subscribe(listener: (value: T) => void): Unsubscribe
}

export type RoomRole =
  /** It has no state yet: it waits for members that have, or is being given it; proposals wait, too. */
  | 'joining'
  | 'voter'
  /** It executes everything, votes on nothing, and proposes through voters. */
  | 'observer'
  /** It was a voter, and has handed over. */
  | 'retired'
  /** Takes part no more, see `reason`; local reads go on. */
  | 'stopped'
  | 'closed'

export interface RoomStatus {
  readonly role: RoomRole
  /** In words, where the role needs them; else undefined. */
  readonly reason: string | undefined
  /** What people should know, or do, now: in whole sentences. Undefined: nothing. */
  readonly advice: string | undefined
  readonly id: ReplicaId
  /** How often this replica was started, this start included. */
  readonly incarnation: number
  readonly group: GroupId
  /** The epoch, counted from 0; undefined while joining. */
  readonly epoch: number | undefined
  /** Sorted; their order is that of the slots. Empty while joining. */
  readonly voters: readonly ReplicaId[]
  /** Voters not heard of lately. */
  readonly suspected: readonly ReplicaId[]
  /** Which path could commit now; 'none': too few voters are there. */
  readonly quorum: 'fast' | 'slow' | 'none'
  /** How many of those that are here may be lost, one after the other, with the room still going on. */
  readonly survives: number
  /** All voters, this member, and whoever else has introduced itself here; sorted by id. Observers know voters only. */
  readonly members: readonly RoomMember[]
  /** Why the voters are who they are, or will be others: what this member's policy has said last. */
  readonly decision: string | undefined
  /** How much of the state has arrived, in bytes, while it is being given to this member. */
  readonly snapshot: { readonly done: number; readonly bytes: number } | undefined
  /** Per row, how far commits are known here, and executed. */
  readonly committed: Deps
  readonly executed: Deps
  /** Own proposals not answered yet. */
  readonly pending: number
  /** Instances known of whose commits are not. */
  readonly behind: number
  readonly link: LinkStatus
  readonly storage: StorageStatus
  /** Packets that were not sent, since they would have been too large for any member to take. */
  readonly oversized: number
  readonly refused: RefusedCounters
}

export interface RoomMember {
  readonly id: ReplicaId
  readonly role: 'voter' | 'observer' | 'joining'
  /** Its storage outlives its process; undefined where it was not heard of since this room was opened. */
  readonly durable: boolean | undefined
  /** Another of these members shares its browser profile, or machine: they fall together. */
  readonly sharesPlace: boolean
  /** It isn't here, or, a voter, was not heard of lately. */
  readonly silent: boolean
}

export interface StorageStatus {
  readonly durable: boolean
  /** Whether the browser has promised not to evict it; undefined where that can't be told. */
  readonly persisted: boolean | undefined
  /** Why the last write failed; undefined while all is well. */
  readonly error: string | undefined
}

/** What came from outside and was dropped, since the room was opened. */
export interface RefusedCounters {
  /** Packets that could not be read. */
  readonly packets: number
  /** Messages that no member can have sent. */
  readonly messages: number
  /** Packets of another group, of a stranger, of a peer's earlier life, or of one that must not vote any more. */
  readonly strangers: number
}

/** A live member of a room. */
export interface Room<Api> {
  readonly id: ReplicaId
  readonly state: Api
  /** Text for a link, best after its `#`, or a QR code: whoever has it can come in. */
  invite(): string
  /**
   * Resolves with what the state machine answered once the proposal was executed here; it waits for that in every role,
   * joining included. Rejects with `NotAMember`, `InvalidCommand`, `CommandTooLarge` or `Overloaded` when it was not
   * proposed, with `SessionExpired` when it was, twice, and will never be executed, with `ExecutionThrew` when the state
   * machine threw, and with `OutcomeUnknown` when this replica stopped, or was closed, before it was executed: it may or
   * may not be.
   */
  propose(proposal: Proposal): Promise<unknown>
  /** The listener is called after commands were executed, or a whole state has come, at most once a turn. */
  subscribe(listener: () => void): Unsubscribe
  readonly status: Observable<RoomStatus>
  /** The newest `length` instances of each row of the present epoch, by slot; empty while joining. For drawing. */
  trace(length: number): readonly (readonly TraceCell[])[]
  /** What the direct channel to a peer has carried; undefined where there is none. */
  channelStats(peer: ReplicaId): Promise<ChannelStats | undefined>
  /**
   * Goes for good: a voter first hands over, which may take some seconds; then the room is closed, and its stored identity
   * never used again. Rejects with `LastVoter` where nobody can take over, and with `NotAMember` when the room ends
   * meanwhile. With `force` it goes at once, and the room may never go on without it.
   */
  leave(options?: { readonly force?: boolean }): Promise<void>
  /**
   * Leaves the network and frees the identity for the next tab; proposals under way reject. A sole voter first hands over
   * to a member that has caught up, if that takes less than two seconds. Idempotent.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
