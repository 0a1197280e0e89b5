import { cpus, loadavg, totalmem } from 'node:os'
import { median } from './statistics.js'

/** What a figure is held against. */
export interface Target {
  readonly better: 'more' | 'less'
  /** What is aimed at. */
  readonly goal: number
  /** Its median on the wrong side of this is a failure. */
  readonly floor: number
}

/** One thing that was measured, as often as it was. */
export interface Measure {
  /** Measures of one group stand together. */
  readonly group?: string
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
  readonly target?: Target
  /** What the machine can do at best, measured in the same run in the same unit, and in words what that was. */
  readonly yardstick?: { readonly what: string; readonly values: readonly number[] }
}

/** A drawing, for the page of results. */
export interface Plot {
  /** Of the file: lower-case letters and hyphens. */
  readonly name: string
  readonly title: string
  readonly svg: string
}

export interface Report {
  /** What was measured, on what: whole sentences. */
  readonly about: readonly string[]
  readonly measures: readonly Measure[]
  readonly plots?: readonly Plot[]
  /** What must not have happened. */
  readonly failures: readonly string[]
}

/** @param count of what it is about; undefined: its own default @param say tells how it goes on */
export type Bench = (count: number | undefined, say: (line: string) => void) => Promise<Report>

/** Fails above that. */
export const atMost = (floor: number, goal: number = floor): Target => ({ better: 'less', goal, floor })
/** Fails below that. */
export const atLeast = (floor: number, goal: number = floor): Target => ({ better: 'more', goal, floor })

export const machine = (): string => {
  const [cpu] = cpus()
  const load = loadavg()[0]?.toFixed(1)
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}, load ${load}`
}

/** Whether a median is where it has to be; NaN never is. */
export const meets = (value: number, better: Target['better'], bound: number): boolean =>
  better === 'more' ? value >= bound : value <= bound

/** Failures, and measures on the wrong side of their floors, also where nothing was measured. */
export const faultsOf = ({ measures, failures }: Report): readonly string[] => [
  ...failures,
  ...measures.flatMap(({ group, name, unit, values, target }) => {
    if (target === undefined || meets(median(values), target.better, target.floor)) return []
    const side = target.better === 'more' ? 'under' : 'over'
    return [
      `${group === undefined ? '' : `${group}, `}${name}: ${short(median(values))} ${unit} is ${side} ${target.floor} ${unit}`,
    ]
  }),
]

/** For people: each measure with its median, and its spread where it was measured more than once. */
export const linesOf = ({ about, measures }: Report): readonly string[] => {
  const width = Math.max(0, ...measures.map(({ name }) => name.length))
  let group: string | undefined
  const lines = measures.flatMap((measure) => {
    const heading = measure.group === group || measure.group === undefined ? [] : ['', measure.group]
    group = measure.group
    return [...heading, lineOf(measure, width)]
  })
  return [...about, ...lines]
}

const lineOf = ({ name, unit, values, target, yardstick }: Measure, width: number): string => {
  const parts = [`${name.padEnd(width)} ${short(median(values)).padStart(8)} ${unit}`]
  if (values.length > 1) parts.push(spreadOf(values))
  if (target !== undefined) parts.push(`(${targetInWords(target)})`)
  if (yardstick !== undefined) parts.push(`[${yardstick.what}: ${short(median(yardstick.values))} ${unit}]`)
  return parts.join('  ')
}

export const spreadOf = (values: readonly number[]): string =>
  `${short(Math.min(...values))} … ${short(Math.max(...values))}`

export const targetInWords = ({ better, goal, floor }: Target): string => {
  const side = better === 'more' ? 'at least' : 'at most'
  return goal === floor ? `${side} ${floor}` : `${side} ${floor}, aimed at ${goal}`
}

/** Three digits that count, and all those before the point. */
export const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
