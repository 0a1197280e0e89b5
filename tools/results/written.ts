import { readFileSync } from 'node:fs'
import { root } from '../entries.js'
import { imageOf, pageOf } from './page.js'
import type { Result } from './result.js'

export const PAGE = 'docs/performance.md'
export const NOTES = 'tools/results/not-fast.md'

/**
 * Each file that is made of the results, below the checkout, and what it holds; none without a result.
 * @throws RangeError for two plots of one name
 */
export const writtenOf = (results: readonly Result[]): ReadonlyMap<string, string> => {
  if (results.length === 0) return new Map()
  const plots = results.flatMap(({ plots = [] }) => plots)
  const twice = plots.find(({ name }, i) => plots.findIndex((other) => other.name === name) < i)
  if (twice !== undefined) throw new RangeError(`two plots are called ${twice.name}`)
  const notes = readFileSync(root + NOTES, 'utf8')
  return new Map([
    [PAGE, pageOf(results, notes)],
    ...plots.map((plot) => [`docs/${imageOf(plot)}`, `${plot.svg.trim()}\n`] as const),
  ])
}

/** Whether a file is one that results are written to. */
export const isWritten = (path: string): boolean => path === PAGE || /^docs\/images\/bench-[a-z0-9-]+\.svg$/.test(path)
