import { ChurnTotals } from './churn/totals.js'
import { type Call, type ChurnReport, type Report, simulate, simulateChurn } from './index.js'
import { Totals } from './totals.js'

/** What may be written down of one run. */
export interface Watchers {
  readonly trace?: (line: string) => void
  readonly history?: (calls: readonly Call[]) => void
}

/** What a seed runs, and what becomes of many runs. */
export interface Profile {
  /** Of each seed, a run with each of these numbers of voters; undefined: one, whose numbers of voters change. */
  readonly sizes: readonly (number | undefined)[]
  /** @throws SimulationFailed */
  run(seed: number, size: number | undefined, watchers: Watchers): Report | ChurnReport
  readonly totals: Totals | ChurnTotals
  /** All runs together, for machines, and for people. */
  all(): object
  lines(): string
}

type Counts = Readonly<Record<string, number | null>>

/** A dash: no group of this size can come to it. */
const list = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count ?? '–'}`)
    .join(' · ')

const traffic = ({ messages, fates, mishaps, errands }: Totals | ChurnTotals): string =>
  `drafts in queues: ${list(errands)}
mishaps: ${list(mishaps)}
messages: ${list(fates)} · ${list(messages)}`

/** Groups whose voters stay the same. */
export const fixed = (sizes: readonly number[]): Profile => {
  const totals = new Totals()
  return {
    sizes,
    totals,
    run(seed, n = 0, watchers) {
      const report = simulate({ seed, n, ...watchers })
      totals.add(report)
      return report
    },
    all() {
      const { numbers, themes, errands, messages, fates, mishaps, paths, recoveries, largestLagMs } = totals
      return { voters: sizes, ...numbers, themes, errands, messages, fates, mishaps, paths, recoveries, largestLagMs }
    },
    lines: () => `with ${sizes.join(', ')} voters: no violation.
${list(totals.numbers)}
commits: ${list(totals.paths)}
${traffic(totals)}
recoveries: ${list(totals.recoveries)}
largest execution lag with a quorum connected: ${totals.largestLagMs} virtual ms`,
  }
}

/** Groups that members join and leave. */
export const churn = (): Profile => {
  const totals = new ChurnTotals()
  return {
    sizes: [undefined],
    totals,
    run(seed, _, watchers) {
      const report = simulateChurn({ seed, ...watchers })
      totals.add(report)
      return report
    },
    all() {
      const { numbers, policies, life, errands, messages, fates, mishaps, largestLagMs } = totals
      return { profile: 'churn', ...numbers, policies, life, errands, messages, fates, mishaps, largestLagMs }
    },
    lines: () => `of the churn profile: no violation.
${list(totals.numbers)}
life: ${list(totals.life)}
policies: ${list(totals.policies)}
${traffic(totals)}
longest until all were in one epoch, and had executed everything: ${totals.largestLagMs} virtual ms`,
  }
}
