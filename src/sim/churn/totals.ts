import { addUp, type Counts, Shared } from '../totals.js'
import type { ChurnReport } from './report.js'

/** What never happened in so many runs is not tested. */
const RUNS_FOR_ALL = 500

/** What many runs of the churn profile did together. */
export class ChurnTotals extends Shared {
  readonly numbers: Counts = {
    runs: 0,
    calls: 0,
    answered: 0,
    unanswered: 0,
    expired: 0,
    executed: 0,
    undecided: 0,
  }
  readonly policies: Counts = {}
  readonly life: Counts = {}

  add(report: ChurnReport): void {
    const { calls, answered, unanswered, expired, executed, undecided } = report
    addUp(this.numbers, { runs: 1, calls, answered, unanswered, expired, executed, undecided: Number(undecided) })
    addUp(this.policies, { [report.policy]: 1 })
    addUp(this.life, report.life)
    this.share(report)
  }

  /** What should have happened by now, and did not. */
  get unreached(): readonly string[] {
    const { runs = 0 } = this.numbers
    const never = runs < RUNS_FOR_ALL ? [] : Object.keys(this.life).filter((name) => this.life[name] === 0)
    return [...never, ...this.unmet(runs, 'early')]
  }
}
