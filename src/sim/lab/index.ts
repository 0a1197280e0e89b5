export type {
  Chronicle,
  Deed,
  EpochView,
  Finding,
  Flight,
  Happening,
  LabAction,
  LabScript,
  LabSetup,
  LabStep,
  MailName,
  MemberView,
} from './contract.js'
export { type Figures, figuresOf, type ReplicaFigures, type Spread } from './figures.js'
export { LeaderWorld } from './leader.js'
export type { Distances, RoundTrip } from './optimum.js'
export { LabRefused } from './refused.js'
export { ruleInWords } from './rule-words.js'
export { playScenario } from './scenario.js'
export { formatAction, formatScript, InvalidScript, parseScript } from './script.js'
export { deedInWords } from './sentence.js'
export { type Branch, LabSession, type Opening } from './session.js'
export { type LabParts, LabWorld } from './world.js'
