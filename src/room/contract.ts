/// <reference lib="esnext.disposable" preserve="true" />
import type { Deps, GroupId, ReplicaId, Span, TraceCell, Tuning } from '../core/index.js'
import type { Policy } from '../member/index.js'
import type { AnyState, CallsOf, ExportedState, Json, Mutation, Plain, Reading, ValueOf } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import type {
  ChannelStats,
  DirectFault,
  LinkKind,
  LinkStatus,
  TransportFactory,
  Unsubscribe,
} from '../transport/index.js'
import type { Rule } from './guard.js'

export interface RoomOptions<S extends AnyState> {
  readonly state: S
  readonly storage: StorageFactory
  readonly transport: TransportFactory
  /**
   * `shared`: of all tabs of this origin one is the member, the others use it, and one of them takes over when it closes.
   * It takes a durable storage, Web Locks and BroadcastChannel: without them it means `separate`, where each tab is a
   * member of its own. Default: `shared`.
   */
  readonly tabs?: 'shared' | 'separate'
  /** Who calls, for `tx.author`: at most 256 characters. Others take this word for it. Default: the replica's id. */
  readonly author?: string
  /** What may wait for an answer, kept over restarts. Default: 1000 proposals, of 16 MiB together. */
  readonly queue?: { readonly proposals?: number; readonly bytes?: number }
  /**
   * Runs every mutator twice before it is proposed, and throws where the two differ. Default: unless the program was built
   * for production (`process.env.NODE_ENV`).
   */
  readonly development?: boolean
  readonly logger?: Logger
  readonly meter?: Meter
  /**
   * Who should vote, asked while this member is a voter. Default: `autopilot()`, or `fixedVoters` where the voters are
   * listed. False: this member changes nothing.
   */
  readonly autopilot?: Policy | false
  readonly tuning?: Partial<Tuning>
}

export interface CreateOptions<S extends AnyState> extends RoomOptions<S> {
  /** Where the members meet, `ws://…` or `wss://…`: handed to the transport, and part of the invite. */
  readonly relay?: string
  /** What the room begins with: the `export()` of another one. Its version is one that `state` can execute. */
  readonly from?: ExportedState
}

/** Where a room says what happens, for people who look after it. All are called synchronously, and must not throw. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Where a room counts and measures. See docs/observability.md for the names. */
export interface Meter {
  /** Adds to a counter. */
  count(name: string, amount: number, attributes?: LogFields): void
  /** Records a duration, in milliseconds. */
  time(name: string, ms: number, attributes?: LogFields): void
}

/** For servers: a room whose first voters are listed. Each of them calls `createRoom` with the same list, at every start. */
export interface ListedOptions<S extends AnyState> extends CreateOptions<S> {
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
  /** Why none of them can have its answer now, in words; undefined where they can, or there are none. */
  readonly waiting: string | undefined
  /** Whether the member is in this tab, or in another one of this origin that this tab uses. */
  readonly tab: 'host' | 'guest'
  /**
   * Members that have executed the same and hold another state, and which mutators did it where that can be told: they are
   * not deterministic. Empty while all is well.
   */
  readonly diverged: readonly { readonly member: ReplicaId; readonly mutators: readonly string[] }[]
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
  /**
   * Members that this place was before, and whose storage could not be trusted when this one was opened: what they held is
   * left aside, under their ids, and they never vote again.
   */
  readonly quarantined: readonly ReplicaId[]
}

/** What came from outside and was dropped, since the room was opened. */
export interface RefusedCounters {
  /** Packets that could not be read. */
  readonly packets: number
  /** Messages that no member can have sent. */
  readonly messages: number
  /** Packets of another group, of a stranger, of a peer's earlier life, or of one that must not vote any more. */
  readonly strangers: number
  /** Packets of members that are cut off. */
  readonly cut: number
  /** Members that have broken the rules, and are not listened to for a while. */
  readonly cutOff: readonly { readonly member: ReplicaId; readonly reason: Rule }[]
}

/** What members show of themselves, outside consensus: where a cursor is, a name. Lossy, and gone with who says it. */
export interface Presence<T = Json> extends Observable<readonly Present<T>[]> {
  /** What the others see of this tab from now on; undefined: nothing. At most 4096 bytes as JSON. @throws TypeError */
  set<V extends Plain<V>>(value: (Json extends T ? V : T) | undefined): void
}

export interface Present<T = Json> {
  /** Of the tab: random, for as long as it is open. */
  readonly tab: string
  readonly member: ReplicaId
  readonly self: boolean
  readonly value: T
}

/** What is known of why members see each other, or don't. */
export interface Diagnosis {
  /** In whole sentences, what matters most first. Empty: nothing is wrong, as far as this member can tell. */
  readonly findings: readonly string[]
  /** All of whom anything is known, sorted by id: voters, members that are here, and those that can't be reached. */
  readonly peers: readonly PeerDiagnosis[]
}

/** How it stands between this member and another one. */
export interface PeerDiagnosis {
  readonly id: ReplicaId
  /** What is wrong, in whole sentences. */
  readonly findings: readonly string[]
  /** How bytes reach it now; undefined: not at all. */
  readonly path: LinkKind | undefined
  /** Why there is no direct path; undefined where there is one, or the transport knows none. */
  readonly direct: DirectFault | undefined
  /** Whether both ends have shown each other that they know the room's secret; undefined where nothing is sealed. */
  readonly sealed: boolean | undefined
  /** Whether it has said who it is, and is listened to. */
  readonly introduced: boolean
  /** Milliseconds since anything was heard of it; undefined: never. */
  readonly silentMs: number | undefined
}

/** A live member of a room; or, where tabs are shared, a tab that uses one. */
export interface Room<S extends AnyState = AnyState> {
  readonly id: ReplicaId
  /**
   * Resolves once there is a state here: until then a room that was joined looks like an empty one, and what is called waits.
   * Rejects with `NotAMember` where it ends before.
   */
  readonly ready: Promise<void>
  /**
   * The state's mutators. A call shows in `state` at once, is kept until it can be sent, and resolves with its result once it
   * is executed here. It rejects with a `QueueFull`, `UndeclaredKey`, `InvalidArguments` … when it was not proposed; with an
   * `ExecutionThrew` when the mutator threw; with `OutcomeUnknown` when this room can't tell any more.
   */
  readonly mutate: CallsOf<S>
  /** What has been executed here, and on top of it what was called here and has not been, as if it were next. */
  readonly state: Observable<ValueOf<S>>
  /** What has been executed here. */
  readonly executed: Observable<ValueOf<S>>
  /** What was called in this tab and has no answer yet, in order; and what tabs that are closed have left. */
  readonly pending: Observable<readonly Mutation<unknown>[]>
  readonly presence: Presence
  readonly status: Observable<RoomStatus>
  /**
   * Looks at the state in its place in the order: it sees all that was answered anywhere before this was called
   * (linearizable). Resolves with what `query` returns, which may only look at what is touched, when it is executed here.
   *
   *     const free = await room.read([readRange('seat/', 'seat0')], (tx) =>
   *       [...tx.scan({ from: 'seat/', to: 'seat0' })].length)
   */
  read<R>(touches: readonly Span[], query: (tx: Reading) => R extends PromiseLike<unknown> ? never : R): Promise<R>
  /** What has been executed here, as JSON. @throws NoStateYet */
  export(): ExportedState
  /** Text for a link, best after its `#`, or a QR code: whoever has it can come in. */
  invite(): string
  /** The newest `length` instances of each row of the present epoch, by slot; empty while joining, and in a guest tab. For drawing. */
  trace(length: number): readonly (readonly TraceCell[])[]
  /** What the direct channel to a peer has carried; undefined where there is none, and in a guest tab. */
  channelStats(peer: ReplicaId): Promise<ChannelStats | undefined>
  /**
   * Has another member go for good: it votes no more, and all others get a new secret, so that from then on it can read
   * nothing of what is said, and say nothing that is taken. Invites from before lead nowhere then. Resolves when that was
   * executed here. Whoever is neither here nor registered, as every member on a durable storage is, needs a new invite.
   * Rejects with `LastVoter` for the only voter, with `NotAMember` when the room ends meanwhile, with a TypeError for oneself
   * and for what is no member's id. Where this member goes before that, another one finishes what was begun.
   */
  remove(member: ReplicaId): Promise<void>
  /** Why members can't see each other, in words for people, with what there is to know of every connection. */
  diagnose(): Promise<Diagnosis>
  /**
   * Goes for good: a voter first hands over, which may take some seconds; then the room is closed, in all tabs that share the
   * member, and its stored identity never used again. Rejects with `LastVoter` where nobody can take over, and with
   * `NotAMember` when the room ends meanwhile. With `force` it goes at once, and the room may never go on without it.
   */
  leave(options?: { readonly force?: boolean }): Promise<void>
  /**
   * Leaves the network and frees the identity for the next tab. What waits is kept for the next time where the storage is
   * durable; the promises of what has no answer reject with `OutcomeUnknown`. A sole voter first hands over to a member that
   * has caught up, if that takes less than two seconds. Idempotent.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
