import type { Measure } from '../../bench/report.js'
import { medianOf } from './figures.js'
import type { Result } from './result.js'

/**
 * The page's sentences that people wrote. A figure in them is named, not written, so that it is never one that was once
 * measured: `{{core / Throughput / n = 3, 0 %, window 100}}` becomes that median, with its unit where that is short: what
 * is measured per something, the sentence says. The middle part is the measure's group, and left out where it has none.
 */

const NAMED = /\{\{([^{}]+)\}\}/g

const pathOf = (bench: string, { group, name }: Measure): string =>
  [bench, ...(group === undefined ? [] : [group]), name].join(' / ')

const withUnit = (measure: Measure): string =>
  measure.unit.includes(' per ') ? medianOf(measure) : `${medianOf(measure)} ${measure.unit}`.trimEnd()

const figureOf = (results: readonly Result[], path: string): string => {
  for (const { bench, measures } of results) {
    const measure = measures.find((each) => pathOf(bench, each) === path)
    if (measure !== undefined) return withUnit(measure)
  }
  throw new RangeError(`the notes name ${path}, which no result holds`)
}

/** @throws RangeError for a figure that was not measured */
export const notesOf = (text: string, results: readonly Result[]): string =>
  text.replaceAll(NAMED, (_, path: string) => figureOf(results, path.trim()))

/** Numbers in the notes that are neither named nor part of a name in code, such as `n = 3`. */
export const looseNumbers = (text: string): readonly string[] =>
  text
    .replaceAll(NAMED, '')
    .replaceAll(/`[^`]*`/g, '')
    .match(/\d[\d.,]*/g) ?? []
