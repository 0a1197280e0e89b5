import { cpus, loadavg } from 'node:os'
import { median } from './statistics.js'

/** One thing that was measured, as often as it was. */
export interface Measure {
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
  /** The median may not be above it. */
  readonly limit?: number
}

export interface Report {
  /** What was measured, on what: whole sentences. */
  readonly about: readonly string[]
  readonly measures: readonly Measure[]
  /** What must not have happened. */
  readonly failures: readonly string[]
}

/** @param count of what it is about; undefined: its own default @param say tells how it goes on */
export type Bench = (count: number | undefined, say: (line: string) => void) => Promise<Report>

export const machine = (): string => {
  const [cpu] = cpus()
  const load = loadavg()[0]?.toFixed(1)
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${process.platform}, Node ${process.versions.node}, load ${load}`
}

/** Failures, and measures over their limits. */
export const faultsOf = ({ measures, failures }: Report): readonly string[] => [
  ...failures,
  ...measures.flatMap(({ name, unit, values, limit }) =>
    // Also where nothing was measured.
    limit === undefined || median(values) <= limit
      ? []
      : [`${name}: ${short(median(values))} ${unit} is over ${limit} ${unit}`],
  ),
]

/** For people: each measure with its median, and its spread where it was measured more than once. */
export const linesOf = ({ about, measures }: Report): readonly string[] => {
  const width = Math.max(...measures.map(({ name }) => name.length))
  const lines = measures.map(({ name, unit, values, limit }) => {
    const spread = values.length > 1 ? `  ${short(Math.min(...values))} … ${short(Math.max(...values))}` : ''
    const bound = limit === undefined ? '' : `  (at most ${limit})`
    return `${name.padEnd(width)} ${short(median(values)).padStart(8)} ${unit}${spread}${bound}`
  })
  return [...about, ...lines]
}

/** Three digits that count, and all those before the point. */
export const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
