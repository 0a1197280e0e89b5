export { type Ballot, ballotAbove, ballotOf, MAX_BALLOT, roundOf, slotOf } from './ballot.js'
export {
  type Batch,
  type Command,
  commandsInterfere,
  type KeySpan,
  MAX_AFTER,
  NOOP,
  type Noop,
  type Proposed,
  type RangeSpan,
  read,
  readRange,
  type Seal,
  type Span,
  type Sweep,
  spansInterfere,
  type Value,
  valuesInterfere,
  write,
  writeRange,
} from './command.js'
export { type Configuration, configurationFault, sameConfiguration } from './configuration.js'
export {
  CommandTooLarge,
  EpaxosError,
  ForeignState,
  InvalidCommand,
  InvalidMessage,
  NotAVoter,
  Overloaded,
  ReplicaStopped,
  UnsafeSeal,
} from './errors.js'
export type { CommitPath } from './instance.js'
export {
  checkCommand,
  checkKey,
  commandBytes,
  MAX_COMMANDS_PER_BATCH,
  MAX_CONFLICTS,
  MAX_FETCH,
  MAX_KEY_CODE_UNITS,
  MAX_PAYLOAD_BYTES,
  MAX_RECOVER,
  MAX_SPANS_PER_COMMAND,
  MAX_SWEEP_BYTES,
  valueBytes,
} from './limits.js'
export type {
  Accept,
  AcceptOk,
  Commit,
  Conflict,
  Envelope,
  Fetch,
  Follow,
  Frontier,
  Gone,
  Mark,
  Message,
  Nack,
  PreAccept,
  PreAcceptOk,
  Recover,
  RecoverOk,
  Sealed,
  Validate,
  ValidateOk,
  Waiting,
} from './message.js'
export { MAX_VOTERS, type Quorums, quorumsOf } from './quorum.js'
export type { CoreEvent, Executable, Ready, RecoveryRule } from './ready.js'
export type { Deps, ExecutedSet, FloorRecord, GroupId, InstanceId, InstanceRecord, Phase, ReplicaId } from './record.js'
export { Replica } from './replica.js'
export type { ReplicaConfig } from './replica-config.js'
export type { Status, TraceCell } from './status.js'
export { Timers } from './timers.js'
export { defaultTuning, type Tuning } from './tuning.js'
