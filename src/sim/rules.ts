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
  // R, the voters that hold c unchanged, is at least this large where c may have been committed fast.
  const unchanged = n - f - e
  // Who is alone knows of no commit but its own, and recovers none that it knows of.
  if (rule === 'committed') return n > 1
  if (rule === 'accepted' || rule === 'coordinator') return true
  // Without the initial coordinator there is no quorum: it is always among Q.
  if (f === 0) return false
  // Outside Q there are f voters, the instance's own coordinator among them. A conflict is of another row: its
  // coordinator can be outside too only where there is room for two.
  if (rule === 'tight') return f >= 2
  // R of c and R of x share nobody: who had both gave one of them more dependencies. Neither coordinator is in the R of
  // the other. So |R of x| ≤ n − 2 − |R of c|, and more than n − f − e of them must have x unchanged.
  if (rule === 'rival') return n - 2 - unchanged > unchanged
  // A conflict that is committed and does not cover c has the votes of n − f that did not know c: neither its
  // coordinator nor R.
  if (rule === 'opposed' || rule === 'overtaken') return n - 1 - unchanged >= n - f
  return true
}
