export type {
  Observable,
  RefusedCounters,
  Room,
  RoomOptions,
  RoomRole,
  RoomStatus,
  StorageStatus,
} from './contract.js'
export { ExecutionThrew, NotAMember, OutcomeUnknown, SessionExpired, Unsupported } from './errors.js'
export { openRoom } from './open.js'
