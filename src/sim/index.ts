export { Violation } from './checkers.js'
export { type Faults, noFaults } from './faults.js'
export { type Report, SimulationFailed, type SimulationOptions, simulate } from './simulate.js'
export type { Workload } from './workload.js'
