export {
  type AutopilotOptions,
  autopilot,
  type Candidate,
  type Decision,
  fixedVoters,
  type Policy,
  type PolicyView,
  QueueFull,
} from '../member/index.js'
export { decodeInvite as parseInvite, InvalidInvite, type Invite } from '../wire/index.js'
export type {
  CreateOptions,
  ListedOptions,
  LogFields,
  Logger,
  Meter,
  Observable,
  Presence,
  Present,
  RefusedCounters,
  Room,
  RoomMember,
  RoomOptions,
  RoomRole,
  RoomStatus,
  StorageStatus,
} from './contract.js'
export { createRoom, createRoomIn } from './create.js'
export { deepEqual } from './deep-equal.js'
export type { Environment } from './environment.js'
export {
  ExecutionThrew,
  IdentityLost,
  LastVoter,
  NoStateYet,
  NotAMember,
  OutcomeUnknown,
  SessionExpired,
  Unsupported,
} from './errors.js'
export { openRoom, openRoomIn } from './open.js'
export { rebuildRoom } from './rebuild.js'
export { select } from './select.js'
