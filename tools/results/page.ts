import type { Measure, Plot } from '../../bench/report.js'
import { boundOf, medianOf, shareOf, spreadOf, targetOf, verdictOf, yardstickOf } from './figures.js'
import { notesOf } from './notes.js'
import type { Result } from './result.js'
import { tableOf } from './table.js'

/** What each bench is about, in the order of the page. */
const sections: Readonly<Record<string, string>> = {
  core: 'The protocol alone',
  wire: 'Bytes',
  store: 'Disks',
  node: 'Three processes',
  browser: 'Three tabs',
  wan: 'Across the planet',
  scale: 'As things grow',
  size: 'What a page loads',
  restart: 'A start',
  observers: 'An audience',
  lab: 'The Lab',
}

/** Of a plot, beside the page. */
export const imageOf = ({ name }: Plot): string => `images/bench-${name}.svg`

/** @param notes see notes.ts @throws RangeError for a result of a bench that has no section */
export const pageOf = (results: readonly Result[], notes: string): string => {
  const order = Object.keys(sections)
  const stranger = results.find(({ bench }) => !order.includes(bench))
  if (stranger !== undefined) throw new RangeError(`the page has no section for ${stranger.bench}`)
  const sorted = results.toSorted((a, b) => order.indexOf(a.bench) - order.indexOf(b.bench))
  const parts = [
    '# Performance',
    'How fast it is, what bounds it, and what is not fast. This page is generated from what `npm run bench -- NAME --json` wrote on the machines named; every figure is the median of the values measured, with the smallest and the largest. A yardstick is what the machine did at best in the same run, in the same unit; "of it" says how much of that is reached.',
    promises(sorted),
    notesOf(notes, sorted).trim(),
    ...sorted.flatMap(sectionOf),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const promises = (results: readonly Result[]): string => {
  const rows = results.flatMap(({ bench, measures }) =>
    measures.flatMap((measure) => (measure.target === undefined ? [] : [{ bench, measure, target: measure.target }])),
  )
  if (rows.length === 0) return ''
  const table = tableOf(rows, [
    { head: 'bench', cell: ({ bench }) => `\`${bench}\`` },
    { head: 'figure', cell: ({ measure: { group, name } }) => (group === undefined ? name : `${group}: ${name}`) },
    { head: 'measured', cell: ({ measure }) => `${medianOf(measure)} ${measure.unit}`, right: true },
    { head: 'goal', cell: ({ target: { better, goal } }) => boundOf(better, goal), right: true },
    { head: 'floor', cell: ({ target: { better, floor } }) => boundOf(better, floor), right: true },
    { head: 'verdict', cell: ({ measure }) => verdictOf(measure) },
  ])
  return `## What was aimed at\n\n${table}`
}

const sectionOf = ({ bench, machine, about, measures, plots = [], faults }: Result): readonly string[] => [
  `## ${sections[bench]}`,
  `\`npm run bench -- ${bench}\`, on ${machine}.`,
  about.map((line) => `- ${line}`).join('\n'),
  ...(faults.length === 0 ? [] : [`What failed:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`]),
  ...plots.map((plot) => `![${plot.title}](${imageOf(plot)})`),
  ...groupsOf(measures).flatMap(groupOf),
]

/** Measures of one name, in the order of their first one. */
const groupsOf = (measures: readonly Measure[]): readonly (readonly Measure[])[] => {
  const groups = new Map<string | undefined, Measure[]>()
  for (const measure of measures) {
    const group = groups.get(measure.group)
    if (group === undefined) groups.set(measure.group, [measure])
    else group.push(measure)
  }
  return [...groups.values()]
}

const groupOf = (measures: readonly Measure[]): readonly string[] => {
  const [first] = measures
  const unit = sharedBy(measures, (measure) => measure.unit)
  const yardsticks = measures.filter(({ yardstick }) => yardstick !== undefined)
  const yardstick = sharedBy(yardsticks, (measure) => measure.yardstick?.what)
  const table = tableOf(measures, [
    { head: '', cell: ({ name }) => name.trim() },
    { head: unit === undefined ? 'median' : `median, ${unit}`, cell: medianOf, right: true },
    { head: 'unit', cell: (measure) => (unit === undefined ? measure.unit : '') },
    { head: 'spread', cell: spreadOf, right: true },
    { head: 'target', cell: targetOf },
    {
      head: yardstick === undefined ? 'yardstick' : `yardstick: ${yardstick}`,
      cell: (measure) => [yardstickOf(measure), ...(yardstick === undefined ? whatOf(measure) : [])].join(' '),
      right: true,
    },
    { head: 'of it', cell: shareOf, right: true },
  ])
  return first?.group === undefined ? [table] : [`### ${first.group}`, table]
}

const whatOf = ({ yardstick }: Measure): readonly string[] => (yardstick === undefined ? [] : [`(${yardstick.what})`])

/** What all have in common; undefined where they differ. */
const sharedBy = (measures: readonly Measure[], of: (measure: Measure) => string | undefined): string | undefined => {
  const all = new Set(measures.map(of))
  const [only] = all
  return all.size === 1 && only !== '' ? only : undefined
}
