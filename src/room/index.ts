export { autopilot, fixedVoters, type Policy } from '../member/index.js'
export { decodeInvite as parseInvite, InvalidInvite, type Invite } from '../wire/index.js'
export type {
  CreateOptions,
  ListedOptions,
  Observable,
  RefusedCounters,
  Room,
  RoomMember,
  RoomOptions,
  RoomRole,
  RoomStatus,
  StorageStatus,
} from './contract.js'
export { createRoom } from './create.js'
export {
  ExecutionThrew,
  IdentityLost,
  LastVoter,
  NotAMember,
  OutcomeUnknown,
  SessionExpired,
  Unsupported,
} from './errors.js'
export { openRoom } from './open.js'
export { rebuildRoom } from './rebuild.js'
