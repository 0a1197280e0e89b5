import { commitFaults } from './commit-faults.js'
import { conflictFaults } from './conflict-faults.js'
import { durabilityFaults } from './durability-faults.js'
import { executionFaults } from './execution-faults.js'
import type { Mutant } from './plugin.js'
import { progressFaults } from './progress-faults.js'
import { recoveryFaults } from './recovery-faults.js'
import { sessionFaults } from './session-faults.js'
import { validationFaults } from './validation-faults.js'

/**
 * Every fault that the simulator has to convict. Not among them are those that change nothing in the end, since another
 * rule stands behind the one left out; scripts in src/core/scenarios show what each rule does:
 * - H2 in the index: who knew the command of a no-op still reports it, and what nobody knew nobody executes.
 * - H10, giving way to a recoverer at work: back-off and jitter end a duel without it.
 * - H28, K14: where recoveries wait for each other their coordinators are alive, and answer one day.
 * - ValidateOk of an older ballot: who has once validated a command reports it with all that comes later.
 */
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
