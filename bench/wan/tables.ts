import { atMost, type Measure, type Target } from '../report.js'
import type { Outcome } from './outcome.js'
import { nameOf, optimumMs } from './places.js'
import { nameOfScene, type Scene } from './scenes.js'
import { meanOf, type SiteSummary, type Summary } from './summary.js'

/** All that was measured of a scene: against the targets, then place by place, then the same of a log with a leader. */
export const measuresOf = (outcome: Outcome): readonly Measure[] => {
  const { scene, runs, led } = outcome
  const name = nameOfScene(scene)
  const leader = led[0] === undefined ? undefined : scene.places[led[0].leader]
  return [
    ...runs.flatMap(({ interference, summaries }) =>
      inGroup(`${name}: all places, ${interference} %`, overall(scene, interference, summaries)),
    ),
    ...runs.flatMap(({ interference, summaries }) =>
      inGroup(`${name}: each place, ${interference} %`, bySite(scene, summaries, true)),
    ),
    ...(leader === undefined
      ? []
      : inGroup(`${name}: Multi-Paxos, led from ${nameOf[leader]}`, bySite(scene, led, false))),
  ]
}

const inGroup = (group: string, measures: readonly Measure[]): readonly Measure[] =>
  measures.map((measure) => ({ group, ...measure }))

/** Two spreads of two phases per place. @param beside whether the optimum stands beside them */
const bySite = (
  { places, writeMs }: Scene,
  runs: readonly { readonly sites: readonly SiteSummary[] }[],
  beside: boolean,
): readonly Measure[] =>
  places.flatMap((place, slot) => {
    const optimum = { what: 'optimum', values: [optimumMs(places, slot, writeMs)] }
    return (['commit', 'execute'] as const).flatMap((phase) =>
      (['p50', 'p99', 'mean'] as const).map((figure) => ({
        name: `${nameOf[place]}, ${phase} ${figure}`,
        unit: 'ms',
        values: runs.map(({ sites }) => sites[slot]?.[phase][figure] ?? Number.NaN),
        ...(beside && { yardstick: optimum }),
      })),
    )
  })

/** Of all places together, one value per run. */
const overall = (scene: Scene, interference: number, runs: readonly Summary[]): readonly Measure[] => {
  const { places, writeMs } = scene
  const optima = places.map((_, slot) => optimumMs(places, slot, writeMs))
  const slowest = Math.max(...optima)
  const above = ({ sites }: Summary): number =>
    100 * (meanOf(sites.map(({ execute }) => execute.mean)) / meanOf(optima) - 1)
  const worst = ({ sites }: Summary): number => Math.max(...sites.map(({ execute }) => execute.p99))
  const apart = ({ sites }: Summary): number =>
    Math.max(
      ...sites.flatMap(({ execute: { p50, p99 } }, slot) => [p50, p99].map((ms) => Math.abs(ms - (optima[slot] ?? 0)))),
    )
  const measure = (name: string, unit: string, of: (run: Summary) => number, target?: Target): Measure => {
    return { name, unit, values: runs.map(of), ...(target && { target }) }
  }
  return [
    ...(interference === 0 ? [measure('execute p50 and p99, farthest from the optimum', 'ms', apart, atMost(1))] : []),
    measure('mean execute, above the optimum', '%', above, meanTarget(scene, interference)),
    measure(
      'p99 execute of the worst place, by the slowest optimum',
      '×',
      (run) => worst(run) / slowest,
      isHeld(scene) && interference === 100 ? atMost(5, 3.5) : undefined,
    ),
    measure('committed on the fast path', '%', ({ fast }) => fast),
    measure(
      'instances committed and not executed, at most',
      '',
      ({ lag }) => Math.max(...lag),
      isHeld(scene) ? atMost(LAG_PER_VOTER * places.length) : undefined,
    ),
    measure(
      '… in the second half of the run, more than in the first',
      '',
      ({ lag: [first, second] }) => second - first,
      isHeld(scene) ? atMost(places.length) : undefined,
    ),
  ]
}

/** Of five cities with their voters in memory: that is what is aimed at. */
const isHeld = ({ places, writeMs }: Scene): boolean => places.length === 5 && writeMs === 0

/** So many of each voter's are a small bound: it does not depend on how long the run is. */
const LAG_PER_VOTER = 10

const meanTarget = (scene: Scene, interference: number): Target | undefined => {
  if (!isHeld(scene)) return undefined
  if (interference === 2) return atMost(10, 5)
  // With more clients some other write of the shared key is always on its way: two round trips each are over the goal by themselves.
  return interference === 10 && scene.clients === 1 ? atMost(20, 10) : undefined
}
