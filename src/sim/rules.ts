import { quorumsOf, type RecoveryRule } from '../core/index.js'

/** Every case of protocol §5, in the order of the page. */
export const recoveryRules: readonly RecoveryRule[] = [
  'committed',
  'accepted',
  'coordinator',
  'too-few',
  'validate',
  'unopposed',
  'opposed',
  'tight',
  'waiting',
  'overtaken',
  'covered',
  'rival',
  'late-committed',
  'late-accepted',
  'late-coordinator',
]

/** Whether a group of `n` can come to this case at all. */
export const reachable = (rule: RecoveryRule, n: number): boolean => {
  const { f, e } = quorumsOf(n)
  if (rule === 'committed' || rule === 'accepted' || rule === 'coordinator') return true
  // Without the initial coordinator there is no quorum: it is always among Q.
  if (f === 0) return false
  // Outside Q there are f voters, the instance's own coordinator among them. A conflict is of another row: its
  // coordinator can be outside too only where there is room for two.
  if (rule === 'tight') return f >= 2
  // The recovery of c waits for x. R of x and R of c share nobody: who had both gave one of them more dependencies.
  // Neither coordinator is in the R of the other, so that |R of x| ≤ n − 2 − |R of c|, and |R of c| is at least n − f − e.
  if (rule === 'rival') return n - 2 - (n - f - e) > n - f - e
  return true
}
