export { type AwsRegion, awsRegions, awsRoundTripMs } from './aws.js'
export { Violation } from './checkers/violation.js'
export type { ChurnReport } from './churn/report.js'
export { simulateChurn } from './churn/simulate.js'
export type { ChurnOptions } from './churn/world.js'
export { SimulationFailed } from './failure.js'
export { type Ambush, type Faults, type Kind, type KindFault, type Link, type MailFault, noFaults } from './faults.js'
export { type Call, type CasOutcome, historyLines, InvalidHistory, type Operation, type Outcome } from './history.js'
export {
  type Branch,
  type Chronicle,
  type Deed,
  type Distances,
  deedInWords,
  type EpochView,
  type Figures,
  type Finding,
  type Flight,
  figuresOf,
  formatAction,
  formatScript,
  type Happening,
  InvalidScript,
  type LabAction,
  type LabParts,
  LabRefused,
  type LabScript,
  LabSession,
  type LabSetup,
  type LabStep,
  LabWorld,
  LeaderWorld,
  type MailName,
  type MemberView,
  type Opening,
  parseScript,
  playScenario,
  type ReplicaFigures,
  type RoundTrip,
  ruleInWords,
  type Spread,
} from './lab/index.js'
export { findUnlinearizable, type Undecided, type Unlinearizable } from './linearizability.js'
export type { Mishap } from './mischief.js'
export type { Fate } from './network.js'
export type { Report } from './report.js'
export { simulate } from './simulate.js'
export type { Theme } from './themes.js'
export type { Workload } from './workload.js'
export type { SimulationOptions } from './world.js'
