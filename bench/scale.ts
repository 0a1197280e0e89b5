import { built, measured } from './child.js'
import type { Bench, Measure } from './report.js'
import { type Axis, axes } from './scale/axes.js'
import type { Figure, Step } from './scale/costs.js'
import { against, grown } from './scale/growth.js'
import { median } from './statistics.js'

/** Of each figure. */
const VALUES = 5
/** A million keys at three replicas take some gigabytes. */
const FLAGS = ['--max-old-space-size=8192']

/** What a command costs as more of everything is there: each step in a process of its own. */
export const scale: Bench = async (values = VALUES, say) => {
  const file = await built('scale/step.ts')
  const findings: string[] = []
  const measures: Measure[] = []
  for (const axis of axes) {
    const steps: Step[] = []
    for (const size of axis.steps) {
      const step = await measured<Step>(file, [axis.name, String(size), String(values)], FLAGS)
      say(`${axis.title}, ${axis.label(size)}: ${step.figures.map(inWords).join(', ')}${step.cut ? ', cut' : ''}`)
      if (step.cut) findings.push(`${axis.title}: ${axis.label(size)} took longer than a step may, and was ended.`)
      steps.push(step)
    }
    const [first] = steps as [Step]
    for (const [at, figure] of first.figures.entries()) {
      const figures = steps.map(({ figures }) => figures[at] as Figure)
      measures.push(...measuresOf(axis, figures))
      const points = figures.map(({ values }, i) => ({ size: axis.steps[i] as number, cost: median(values) }))
      const what = figure.name === undefined ? axis.title : `${axis.title}, ${figure.name}`
      findings.push(...grown(what, axis.steps.map(axis.label), points, figure.grows))
    }
  }
  return { about: [...ABOUT, ...findings], measures, failures: [] }
}

const ABOUT = [
  'Processor time of all replicas together, collector included; × is against the first step.',
  'In core: 3 voters, 100 commands on their way, each writing 64 bytes to a key of its own, in one thread, nothing encoded; with observers 10 on their way.',
  'One key: all commands interfere, and share instances. One voter: nothing is sent.',
  'In rooms: encoded, copied, decoded, checked, and applied to a replicated map; 12 commands on their way; nothing sealed or stored.',
]

const measuresOf = ({ title, steps, label }: Axis, figures: readonly Figure[]): readonly Measure[] => {
  const [first] = figures as [Figure]
  const group = first.name === undefined ? title : `${title}: ${first.name}`
  return figures.flatMap(({ unit, values }, i): readonly Measure[] => {
    const name = label(steps[i] as number)
    const cost = { group, name, unit, values }
    return i === 0
      ? [cost]
      : [cost, { group, name: `${name}, growth`, unit: '×', values: [against(values, first.values)] }]
  })
}

const inWords = ({ name, unit, values }: Figure): string =>
  `${name === undefined ? '' : `${name} `}${median(values).toFixed(1)} ${unit}`
