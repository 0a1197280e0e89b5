import type { RecoveryRule } from '../core/index.js'
import type { Report } from './report.js'
import type { Errand } from './resident.js'
import { reachable, recoveryRules } from './rules.js'

/** Counts by name. */
export type Counts = Record<string, number>

export const addUp = (sums: Counts, counts: Numbers): void => {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
}

type Numbers = Readonly<Record<string, number>>

interface SharedReport extends Pick<Report, 'lagMs' | 'errands'> {
  readonly messages: Numbers
  readonly fates: Numbers
  readonly mishaps: Numbers
}

/** What never happened to a draft in so many runs is not tested. */
const RUNS_FOR_ALL_ERRANDS = 500
/**
 * Not that one is refused for good: it would have to be cut off for longer than two of its sessions live. Nor that one comes
 * early: a voter that proposes by itself hardly ever has that happen.
 */
const MUST_HAPPEN: readonly Errand[] = [
  'drafts',
  'made offline',
  'refused, full',
  'placed anew',
  'kept over a restart',
  'lost unkept',
  'brought again',
  'answered in a later life',
  'kept after their answer',
  'answer unknown',
]

/** What the runs of every profile have in common. */
export class Shared {
  readonly messages: Counts = {}
  readonly fates: Counts = {}
  readonly mishaps: Counts = {}
  readonly errands: Counts = {}
  largestLagMs = 0

  /**
   * @param runs so many there were: enough for all of these to have happened
   * @param others that must have happened as well
   */
  protected unmet(runs: number, ...others: readonly Errand[]): readonly string[] {
    return runs < RUNS_FOR_ALL_ERRANDS ? [] : [...MUST_HAPPEN, ...others].filter((errand) => this.errands[errand] === 0)
  }

  protected share({ messages, fates, mishaps, errands, lagMs }: SharedReport): void {
    addUp(this.errands, errands)
    addUp(this.messages, messages)
    addUp(this.fates, fates)
    addUp(this.mishaps, mishaps)
    this.largestLagMs = Math.max(this.largestLagMs, lagMs)
  }
}

/** A rule that was never reached, though one size of group ran so many times, is not tested. */
const RUNS_FOR_ALL_RULES = 1000

/** What many runs with the same voters throughout did together. */
export class Totals extends Shared {
  readonly numbers: Counts = {
    runs: 0,
    calls: 0,
    answered: 0,
    unanswered: 0,
    expired: 0,
    executed: 0,
    sweeps: 0,
    checkpoints: 0,
    compactions: 0,
    noops: 0,
    lostWrites: 0,
    undecided: 0,
  }
  readonly themes: Counts = {}
  readonly paths: Counts = {}
  /** Null where no run could have reached it. */
  readonly recoveries: Record<string, number | null> = Object.fromEntries(recoveryRules.map((rule) => [rule, null]))
  /** Runs by number of voters. */
  readonly #runs = new Map<number, number>()

  add(report: Report): void {
    for (const name of Object.keys(this.numbers)) {
      const value: unknown = name === 'runs' ? 1 : report[name as keyof Report]
      this.numbers[name] = (this.numbers[name] ?? 0) + Number(value)
    }
    if (report.theme !== undefined) addUp(this.themes, { [report.theme]: 1 })
    this.share(report)
    addUp(this.paths, report.paths)
    for (const rule of recoveryRules) {
      if (!reachable(rule, report.n)) continue
      this.recoveries[rule] = (this.recoveries[rule] ?? 0) + (report.recoveries[rule] ?? 0)
    }
    this.#runs.set(report.n, (this.#runs.get(report.n) ?? 0) + 1)
  }

  /** What should have been reached by now, and was not. */
  get unreached(): readonly string[] {
    return [...this.#unreachedRules, ...this.unmet(this.numbers.runs ?? 0)]
  }

  get #unreachedRules(): readonly RecoveryRule[] {
    return Math.max(0, ...this.#runs.values()) < RUNS_FOR_ALL_RULES
      ? []
      : recoveryRules.filter((rule) => this.recoveries[rule] === 0)
  }
}
