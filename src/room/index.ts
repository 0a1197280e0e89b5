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
  Diagnosis,
  ListedOptions,
  LogFields,
  Logger,
  Meter,
  Observable,
  PeerDiagnosis,
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
export type { Rule } from './guard.js'
export { loadAll } from './late/parts.js'
export { openRoom, openRoomIn } from './open.js'
export { rebuildRoom } from './rebuild.js'
export { relayRoom } from './relay-room.js'
export { select } from './select.js'
