export {
  CommandTooLarge,
  ForeignState,
  InvalidCommand,
  Overloaded,
  read,
  readRange,
  write,
  writeRange,
} from './core/index.js'
export {
  ExecutionThrew,
  NotAMember,
  type Observable,
  OutcomeUnknown,
  openRoom,
  type Room,
  type RoomOptions,
  type RoomRole,
  type RoomStatus,
  SessionExpired,
  Unsupported,
} from './room/index.js'
export {
  type AddResult,
  type CompareAndSetResult,
  InvalidSnapshot,
  type Json,
  type LocalMap,
  type MapOperation,
  type MapResult,
  ReplicatedMap,
  replicatedMap,
  type StateDefinition,
  type StateMachine,
} from './state/index.js'
export { StorageCorrupt, StorageError } from './storage/index.js'
