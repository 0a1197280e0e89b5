import type { ReplicaId, TraceCell } from '../core/index.js'
import type { Answer, Draft } from '../member/index.js'
import type { AnyState, Json, ValueOf } from '../state/index.js'
import type { ChannelStats } from '../transport/index.js'
import type { Diagnosis, Present, RoomStatus } from './contract.js'
import type { ExecutedState } from './executed-state.js'

/**
 * What the face of a room stands on: the replica in this tab (`Host`), or the one in another tab (`Guest`). The face goes
 * on when the one takes the other's place.
 */
export interface Backend<S extends AnyState> {
  readonly id: ReplicaId
  /** The executed state. Only this backend changes it; `executed` of the ports tells. */
  readonly machine: ExecutedState<ValueOf<S>>
  /** What waits here since an earlier life, or was a closed tab's; and what else has no answer, in order. */
  readonly drafts: readonly Draft[]
  readonly stateVersion: number
  /** The same draft may come twice: by its id it is taken once. @throws QueueFull, InvalidCommand, CommandTooLarge, NotAMember */
  propose(draft: Draft): void
  status(): RoomStatus
  /** What other tabs see of this one. */
  show(value: Json | undefined): void
  present(): readonly Present[]
  invite(): string
  trace(length: number): readonly (readonly TraceCell[])[]
  channelStats(peer: ReplicaId): Promise<ChannelStats | undefined>
  remove(member: ReplicaId): Promise<void>
  diagnose(): Promise<Diagnosis>
  leave(force: boolean): Promise<void>
  close(): Promise<void>
}

/** What a backend tells the face. */
export interface BackendPorts {
  /** This draft is durable. */
  readonly kept: (id: string) => void
  readonly committed: (id: string) => void
  /** After `executed` was told of what it did. */
  readonly settled: (id: string, answer: Answer) => void
  /** It was not taken after all, where `propose` could not tell at once. */
  readonly refused: (id: string, error: Error) => void
  /** The machine has changed, or is another one. */
  readonly executed: () => void
  readonly statusChanged: () => void
  readonly presentChanged: () => void
  /** Nothing can be proposed any more, and nothing told of what is under way. */
  readonly ended: (reason: string) => void
}
