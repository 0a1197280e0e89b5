export { CommandTooLarge, InvalidCommand, Overloaded, read, readRange, write, writeRange } from './core/index.js'
export {
  NotAMember,
  type Observable,
  OutcomeUnknown,
  openRoom,
  type Room,
  type RoomOptions,
  type RoomRole,
  type RoomStatus,
  Unsupported,
} from './room/index.js'
export {
  type AddResult,
  type CompareAndSetResult,
  type Json,
  type LocalMap,
  ReplicatedMap,
  replicatedMap,
  type StateDefinition,
  type StateMachine,
} from './state/index.js'
export { StorageCorrupt, StorageError } from './storage/index.js'
