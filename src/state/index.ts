export type { Json } from './json.js'
export type { Proposal, Propose, StateDefinition, StateMachine } from './machine.js'
export { type AddResult, type CompareAndSetResult, type LocalMap, ReplicatedMap, replicatedMap } from './map.js'
