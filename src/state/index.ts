export { ExactlyOnce, type ExactlyOnceOptions } from './exactly-once.js'
export { type Json, sameJson } from './json.js'
export type { Proposal, Propose, StateDefinition, StateMachine } from './machine.js'
export {
  type AddResult,
  type CompareAndSetResult,
  type LocalMap,
  type MapOperation,
  type MapResult,
  ReplicatedMap,
  replicatedMap,
} from './map.js'
export { NeedsUpdate } from './needs-update.js'
export { sessionId } from './session-id.js'
export type { Outcome } from './sessions.js'
export { InvalidSnapshot, MAX_CHUNK_BYTES } from './snapshot.js'
