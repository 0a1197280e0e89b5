import type { RecoveryRule } from '../core/index.js'
import type { Report } from './report.js'
import { reachable, recoveryRules } from './rules.js'

/** Counts by name. */
export type Counts = Record<string, number>

/** A rule that was never reached, though one size of group ran so many times, is not tested. */
const RUNS_FOR_ALL_RULES = 1000

/** What many runs did together. */
export class Totals {
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
  readonly messages: Counts = {}
  readonly fates: Counts = {}
  readonly mishaps: Counts = {}
  readonly paths: Counts = {}
  /** Null where no run could have reached it. */
  readonly recoveries: Record<string, number | null> = Object.fromEntries(recoveryRules.map((rule) => [rule, null]))
  largestLagMs = 0
  /** Runs by number of voters. */
  readonly #runs = new Map<number, number>()

  add(report: Report): void {
    for (const name of Object.keys(this.numbers)) {
      const value: unknown = name === 'runs' ? 1 : report[name as keyof Report]
      this.numbers[name] = (this.numbers[name] ?? 0) + Number(value)
    }
    if (report.theme !== undefined) addUp(this.themes, { [report.theme]: 1 })
    addUp(this.messages, report.messages)
    addUp(this.fates, report.fates)
    addUp(this.mishaps, report.mishaps)
    addUp(this.paths, report.paths)
    for (const rule of recoveryRules) {
      if (!reachable(rule, report.n)) continue
      this.recoveries[rule] = (this.recoveries[rule] ?? 0) + (report.recoveries[rule] ?? 0)
    }
    this.largestLagMs = Math.max(this.largestLagMs, report.lagMs)
    this.#runs.set(report.n, (this.#runs.get(report.n) ?? 0) + 1)
  }

  /** The rules that should have been reached by now, and were not. */
  get unreached(): readonly RecoveryRule[] {
    return Math.max(0, ...this.#runs.values()) < RUNS_FOR_ALL_RULES
      ? []
      : recoveryRules.filter((rule) => this.recoveries[rule] === 0)
  }
}

export const addUp = (sums: Counts, counts: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
}
