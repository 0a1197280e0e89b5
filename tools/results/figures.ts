import { type Measure, meets, short, type Target } from '../../bench/report.js'
import { median } from '../../bench/statistics.js'

/** As people write it: three digits that count, and thousands apart. */
export const written = (value: number): string => {
  const [whole = '', fraction] = short(value).split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

export const medianOf = ({ values }: Pick<Measure, 'values'>): string => written(median(values))

/** From the least to the most; nothing where it was measured once. */
export const spreadOf = ({ values }: Measure): string =>
  values.length < 2 ? '' : `${written(Math.min(...values))} … ${written(Math.max(...values))}`

export const yardstickOf = ({ yardstick }: Measure): string => (yardstick === undefined ? '' : medianOf(yardstick))

/** The median in yardsticks. */
export const shareOf = ({ values, yardstick }: Measure): string =>
  yardstick === undefined ? '' : `${written(median(values) / median(yardstick.values))} ×`

export const boundOf = (better: Target['better'], bound: number): string =>
  `${better === 'more' ? '≥' : '≤'} ${written(bound)}`

/** What has become of what was aimed at. */
export const verdictOf = ({ values, target }: Measure): string => {
  if (target === undefined) return ''
  const { better, goal, floor } = target
  if (meets(median(values), better, goal)) return 'goal met'
  return meets(median(values), better, floor) ? 'floor met' : '**missed**'
}

export const targetOf = (measure: Measure): string => {
  if (measure.target === undefined) return ''
  const { better, goal, floor } = measure.target
  const aim = goal === floor ? '' : `, floor ${written(floor)}`
  return `${boundOf(better, goal)}${aim}: ${verdictOf(measure)}`
}
