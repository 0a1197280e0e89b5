import { clientFaults } from './client-faults.js'
import { commitFaults } from './commit-faults.js'
import { conflictFaults } from './conflict-faults.js'
import { durabilityFaults } from './durability-faults.js'
import { epochFaults } from './epoch-faults.js'
import { executionFaults } from './execution-faults.js'
import { floorFaults } from './floor-faults.js'
import { machineFaults } from './machine-faults.js'
import { memberFaults } from './member-faults.js'
import type { Mutant } from './plugin.js'
import { progressFaults } from './progress-faults.js'
import { recoveryFaults } from './recovery-faults.js'
import { sessionFaults } from './session-faults.js'
import { validationFaults } from './validation-faults.js'
import { versionFaults } from './version-faults.js'

/** Faults that take a group whose members join and leave. */
const inChurn = (fault: Mutant): Mutant => ({ ...fault, profile: 'churn' })

/**
 * Every fault that the simulator has to convict. Not among them are those that change nothing in the end, since another
 * rule stands behind the one left out; the tests in src/core and src/member show what each rule does:
 * - H2 in the index: who knew the command of a no-op still reports it, and what nobody knew nobody executes.
 * - H10, giving way to a recoverer at work: back-off and jitter end a duel without it.
 * - H28, K14: where recoveries wait for each other their coordinators are alive, and answer one day.
 * - ValidateOk of an older ballot: who has once validated a command reports it with all that comes later.
 * - H18 in core, a voter that installs a snapshot inside its epoch: a member refuses first what core would refuse.
 * - Voting in an epoch that is over: who has executed its seal covers it with all that it votes for, which is void.
 * - Nothing kept of the epoch before: who lacks its commits gets the start of the next one instead.
 * - Numbers that go on where the last epoch ended: those passed over are recovered as no-ops.
 * - A sweep that is forgotten, or proposed once more, at a seal: the next one does its work, of two the second nothing.
 * - Observers that are not told each commit, or not recovered for: they hear how far voters are, and fetch; what blocks
 *   them blocks voters as well.
 * - H29, sealing towards members that lag: they get the start of their epoch, only later. That autopilot asks what core
 *   asks again, or that two voters seal at once, is no fault either: the second seal is void.
 * - What shows in the window of one write, or by an answer to a question that was asked long before: the start of an epoch
 *   that counts as written with an older one's, a checkpoint before its voter votes, or of the epoch before, snapshots that
 *   go back, or within a voter's epoch [H18]. The tests in src/member and src/core open those windows.
 * - H9 at a seal, what was executed proposed once more: its session has it executed once, and src/core sees the proposal.
 * - H29, a seal towards those who have not been heard of lately: the simulator seldom has them go for so long unseen.
 * - What a client sends without a quorum, more on its way than the window has room for, and a next place that is sent before
 *   it is durable: the member keeps what it can't propose, and a next life that knows only the last place asks there. That
 *   no more are named than `MAX_AFTER` shows where more calls are open than the simulator's residents make. The tests in
 *   src/member see all of these.
 * - What an earlier life has sent, or what is in doubt, placed anew once its session has ended: it takes eight sweeps while
 *   its node is away, and its first sending to have been executed. The tests in src/member see both.
 * - Early ones that take the room of what they wait for: a client sends nothing that would certainly come early, so that
 *   they are few. The tests in src/member fill a window with them.
 *
 * Nor those of rules whose subject is not there to break:
 * - H14: what has lost its disk comes back under another id in the simulator; who else would is kept out by src/room.
 * - H19: groups are founded in src/room, which the simulator does not run.
 * - Chunks that are not checked: nothing in the simulator changes a message on its way.
 * - H29 in autopilot's choice, and voters that it never replaces: the simulator brings back whom a seal counts on.
 * - K20 while there is work: the simulator looks at how much is held once all is done.
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
  ...clientFaults,
  ...machineFaults,
  ...floorFaults,
  ...[...epochFaults, ...memberFaults, ...versionFaults].map(inChurn),
]
