import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Report } from '../../bench/report.js'
import { root } from '../entries.js'

/** What `npm run bench -- NAME --json` writes. */
export interface Result extends Report {
  readonly bench: string
  /** What it ran on. */
  readonly machine: string
  readonly faults: readonly string[]
}

/** Below the checkout: `NAME.json` each. */
export const RESULTS = 'bench/results'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'
const isFigure = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isListOf = <T>(value: unknown, is: (each: unknown) => each is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is)
const isFigures = (value: unknown): value is readonly number[] => isListOf(value, isFigure) && value.length > 0

const isTarget = (value: unknown): boolean =>
  isFields(value) &&
  (value.better === 'more' || value.better === 'less') &&
  isFigure(value.goal) &&
  isFigure(value.floor)

const isYardstick = (value: unknown): boolean => isFields(value) && isText(value.what) && isFigures(value.values)

const measureFault = (value: unknown): string | undefined => {
  if (!isFields(value) || !isText(value.name) || !isText(value.unit)) return 'a measure without a name or a unit'
  const { group, name, values, target, yardstick } = value
  if (group !== undefined && !isText(group)) return `${name} is of a group that is no text`
  // What JSON makes of NaN is null: nothing was measured.
  if (!isFigures(values)) return `${name} has no values, or such as are no numbers`
  if (target !== undefined && !isTarget(target)) return `${name} has a target that is none`
  if (yardstick !== undefined && !isYardstick(yardstick)) return `${name} has a yardstick that is none`
  return undefined
}

/** It names a file of ours. */
const isPlot = (value: unknown): boolean =>
  isFields(value) &&
  isText(value.name) &&
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value.name) &&
  isText(value.title) &&
  isText(value.svg) &&
  value.svg.trimStart().startsWith('<svg')

const faultOf = (value: unknown): string | undefined => {
  if (!isFields(value) || !isText(value.bench) || !isText(value.machine)) return 'not of a bench on a machine'
  const { about, measures, plots = [], failures, faults } = value
  if (!isListOf(about, isText) || !isListOf(failures, isText) || !isListOf(faults, isText)) return 'not a list of texts'
  if (!Array.isArray(measures)) return 'no measures'
  if (!Array.isArray(plots) || !plots.every(isPlot)) return 'a plot that is none'
  return measures.map(measureFault).find((fault) => fault !== undefined)
}

const parsed = (name: string, json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new TypeError(`${RESULTS}/${name}.json is no JSON: was npm run with --silent?`, { cause })
  }
}

/** @param name of the bench @throws TypeError for what is no result of it */
export const resultOf = (name: string, json: string): Result => {
  const value = parsed(name, json)
  const fault = faultOf(value)
  if (fault !== undefined) throw new TypeError(`${RESULTS}/${name}.json is no result: ${fault}`)
  const result = value as Result
  if (result.bench !== name) throw new TypeError(`${RESULTS}/${name}.json is one of ${result.bench}`)
  return result
}

/** All that are there; none before the first was kept. */
export const results = (): readonly Result[] => {
  if (!existsSync(root + RESULTS)) return []
  const files = readdirSync(root + RESULTS).filter((file) => file.endsWith('.json'))
  return files.map((file) =>
    resultOf(file.slice(0, -'.json'.length), readFileSync(`${root}${RESULTS}/${file}`, 'utf8')),
  )
}
