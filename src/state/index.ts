export type { CallOf, PartCalls, Parts, StateCalls, StateParts } from './define-state.js'
export { defineState } from './define-state.js'
export type { Migration } from './definition.js'
export { type CountedDigest, ExactlyOnce, type ExactlyOnceOptions } from './exactly-once.js'
export { type ExportedState, exportOf, importedPieces } from './export.js'
export { decodeJson, encodeJson, type Json, type Plain, sameJson } from './json.js'
export type {
  AnyState,
  Caller,
  CallsOf,
  Circumstances,
  Digest,
  Mutation,
  Proposal,
  Stage,
  StateDefinition,
  StateMachine,
  ValueOf,
} from './machine.js'
export { type MapCalls, type ReplicatedMap, replicatedMap } from './map.js'
export { MigrationThrew, migrateMachine } from './migration.js'
export {
  type AnyMutator,
  type KeyRange,
  type Mutator,
  type Mutators,
  type Part,
  type Reading,
  type Result,
  refuse,
  type ScanOptions,
  type Tx,
  type View,
  type Writing,
} from './mutator.js'
export { NeedsUpdate } from './needs-update.js'
export { Overlay, type Shown } from './overlay.js'
export { type ClaimResult, type Claims, type ClaimsMutators, claims, type UnclaimResult } from './parts/claims.js'
export type { Composable } from './parts/composable.js'
export { type Counter, type CounterMutators, counter } from './parts/counter.js'
export { type InsertResult, type Item, type ItemResult, type List, type ListMutators, list } from './parts/list.js'
export { type AcquireResult, type Lock, type LockMutators, lock, type ReleaseResult } from './parts/lock.js'
export { type AddResult, type CompareAndSetResult, type MapMutators, map, type SharedMap } from './parts/map.js'
export type { Place } from './parts/order.js'
export { type RehearsalOptions, rehearse } from './rehearse.js'
export { MAX_REGISTERED, type Roster, type RosterProposal, rosterCommand, type SecretChange } from './roster.js'
export { seededRandom } from './seeded.js'
export { sessionId } from './session-id.js'
export type { Outcome, Settled } from './sessions.js'
export { InvalidSnapshot, MAX_CHUNK_BYTES } from './snapshot.js'
export type { SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.js'
export {
  type ArgumentIssue,
  InvalidArguments,
  NotDeterministic,
  UndeclaredKey,
  UnknownMutator,
} from './state-errors.js'
