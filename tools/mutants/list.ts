import { commitFaults } from './commit-faults.js'
import { conflictFaults } from './conflict-faults.js'
import { durabilityFaults } from './durability-faults.js'
import { executionFaults } from './execution-faults.js'
import type { Mutant } from './plugin.js'
import { progressFaults } from './progress-faults.js'
import { recoveryFaults } from './recovery-faults.js'
import { sessionFaults } from './session-faults.js'
import { validationFaults } from './validation-faults.js'

/** Every fault that the simulator has to convict. */
export const mutants: readonly Mutant[] = [
  ...conflictFaults,
  ...commitFaults,
  ...recoveryFaults,
  ...validationFaults,
  ...durabilityFaults,
  ...executionFaults,
  ...progressFaults,
  ...sessionFaults,
]
