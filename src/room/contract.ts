import type { Deps, GroupId, ReplicaId, TraceCell, Tuning } from '../core/index.js'
import type { Proposal, StateDefinition } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import type { ChannelStats, LinkStatus, TransportFactory, Unsubscribe } from '../transport/index.js'

export interface RoomOptions<Api> {
  /** Where members meet: 1 to 128 bytes as UTF-8. Whoever knows it, and the relay, can come. */
  readonly name: string
  readonly state: StateDefinition<Api>
  readonly storage: StorageFactory
  readonly transport: TransportFactory
  readonly tuning?: Partial<Tuning>
}

/** A value that changes: the shape that UI frameworks can subscribe to. */
export interface Observable<T> {
  /** The same object until it changes. */
  get(): T
  /** The listener is called after a change, at most once a turn. */
  subscribe(listener: (value: T) => void): Unsubscribe
}

export type RoomRole =
  /** Waiting for enough others to found the room; proposals wait, too. */
  | 'joining'
  | 'voter'
  /** The room was founded by others: nothing can be proposed here, or seen. */
  | 'outsider'
  /** Votes and proposes no more, see `reason`; local reads go on. */
  | 'stopped'
  | 'closed'

export interface RoomStatus {
  readonly role: RoomRole
  /** In words, where the role needs them; else undefined. */
  readonly reason: string | undefined
  readonly id: ReplicaId
  /** How often this replica was started, this start included. */
  readonly incarnation: number
  readonly group: GroupId | undefined
  /** Sorted; their order is that of the slots. Empty while there is no group. */
  readonly voters: readonly ReplicaId[]
  /** Voters not heard of lately. */
  readonly suspected: readonly ReplicaId[]
  /** Which path could commit now; 'none': too few voters are there. */
  readonly quorum: 'fast' | 'slow' | 'none'
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
  /**
   * Resolves with what the state machine answered once the proposal was executed here. Rejects with `NotAMember`,
   * `InvalidCommand`, `CommandTooLarge` or `Overloaded` when it was not proposed, with `SessionExpired` when it was,
   * twice, and will never be executed, with `ExecutionThrew` when the state machine threw, and with `OutcomeUnknown`
   * when this replica stopped, or was closed, before it was executed: it may or may not be.
   */
  propose(proposal: Proposal): Promise<unknown>
  /** The listener is called after commands were executed here, at most once a turn. */
  subscribe(listener: () => void): Unsubscribe
  readonly status: Observable<RoomStatus>
  /** The newest `length` instances of each row, by slot; empty while there is no group. For drawing. */
  trace(length: number): readonly (readonly TraceCell[])[]
  /** What the direct channel to a peer has carried; undefined where there is none. */
  channelStats(peer: ReplicaId): Promise<ChannelStats | undefined>
  /** Leaves the network and frees the identity for the next tab; proposals under way reject. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
