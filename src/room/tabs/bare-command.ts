import { type Command, commandBytes } from '../../core/index.js'
import type { Proposal } from '../../state/index.js'

/** A proposal as a command that no client has given its place: to be checked, and measured, by. */
export const bareCommand = ({ spans, payload }: Proposal): Command => ({
  spans,
  payload,
  session: '0'.repeat(32),
  sequence: 1,
  acknowledged: 0,
  after: [],
})

/** About what it takes from tab to tab, in bytes. */
export const proposalBytes = (proposal: Proposal): number => commandBytes(bareCommand(proposal))
