export type {
  Observable,
  RefusedCounters,
  Room,
  RoomOptions,
  RoomRole,
  RoomStatus,
  StorageStatus,
} from './contract.js'
export { NotAMember, OutcomeUnknown, Unsupported } from './errors.js'
export { openRoom } from './room.js'
