import { commitFaults } from './commit-faults.js'
import { conflictFaults } from './conflict-faults.js'
import { durabilityFaults } from './durability-faults.js'
import { executionFaults } from './execution-faults.js'
import { machineFaults } from './machine-faults.js'
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
 *
 * Nor those of rules whose subject is not there to break:
 * - H14: what has lost its disk comes back under another id in the simulator; who else would is kept out by src/room.
 * - H17: no conflict record is ever dropped.
 * - H18: a voter is offered no snapshot; one that is not its own is refused by the constructor of a replica.
 * - H19: groups are founded in src/room, which the simulator does not run.
 * - H20: no instance is ever truncated, so that "never seen" is true.
 * - H22: nothing is dropped at a stable floor, and no floor goes into dependencies.
 * - H23: there is no floor that a restarted voter could have forgotten.
 * - H25: there are no seals, so that no proposal is left behind by one.
 * - H26: there are no seals, so that none is proposed again.
 * - H29: there are no seals, so that the one voter of a group stays its voter.
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
  ...machineFaults,
]
