import type { Call } from '../history.js'
import { findUnlinearizable } from '../linearizability.js'
import { Violation } from './violation.js'

/** What each of the two searches may explore: a second or two's worth. Few histories take more. */
const MAX_CONFIGURATIONS = 50_000

/**
 * What clients were answered is as if one map had done it all, one call after the other. Where too much is concurrent for
 * them to tell, the machines have to: a call has happened by the time that one of them has executed it.
 * @param narrowed the history as the machines tell it: where that is linearizable, so is the clients'
 * @returns whether the history could be judged
 */
export const checkLinearizable = (history: readonly Call[], narrowed: () => readonly Call[]): boolean => {
  const found = findUnlinearizable(history, MAX_CONFIGURATIONS)
  const wrong = found?.verdict === 'undecided' ? findUnlinearizable(narrowed(), MAX_CONFIGURATIONS) : found
  if (wrong?.verdict === 'unlinearizable') throw new Violation('linearizability', wrong.explanation)
  return wrong === undefined
}
