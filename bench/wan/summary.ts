import { percentile } from '../statistics.js'
import type { Course, Taken } from './load.js'

/** How long something took, in virtual milliseconds. */
export interface Spread {
  readonly p50: number
  readonly p99: number
  readonly mean: number
}

/** Of the commands that were proposed at one place. */
export interface SiteSummary {
  readonly commit: Spread
  readonly execute: Spread
}

/** What is told of one run. */
export interface Summary {
  /** By slot. */
  readonly sites: readonly SiteSummary[]
  /** Of all commands, in hundredths: those committed on the fast path. */
  readonly fast: number
  readonly lag: Course['lag']
  readonly failures: readonly string[]
}

export const summaryOf = ({ taken, lag, failures }: Course, sites: number): Summary => {
  const fast = (100 * taken.filter((each) => each.fast).length) / taken.length
  return { sites: sitesOf(taken, sites), fast, lag, failures }
}

export const sitesOf = (taken: readonly Taken[], sites: number): readonly SiteSummary[] =>
  Array.from({ length: sites }, (_, slot) => {
    const here = taken.filter((each) => each.slot === slot)
    return {
      commit: spreadOf(here.map((each) => each.commitMs)),
      execute: spreadOf(here.map((each) => each.executeMs)),
    }
  })

const spreadOf = (tookMs: readonly number[]): Spread => ({
  p50: percentile(tookMs, 0.5),
  p99: percentile(tookMs, 0.99),
  mean: meanOf(tookMs),
})

/** NaN for none. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
