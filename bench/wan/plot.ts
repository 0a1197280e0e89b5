import type { Plot } from '../report.js'
import { median } from '../statistics.js'
import type { Outcome } from './outcome.js'
import { nameOf, optimumMs } from './places.js'
import { nameOfScene } from './scenes.js'
import type { Spread } from './summary.js'

/** In pixels. */
const WIDTH = 700
const LEFT = 130
const RIGHT = 20
const TOP = 66
const ROW = 16
/** Between places. */
const GAP = 12
const BOTTOM = 34

/** It follows the page's colours, light or dark. */
const STYLE = `
text{font:12px system-ui,sans-serif;fill:#1f2328}
.title{font-size:14px;font-weight:600}
.quiet{fill:#59636e}
.grid{stroke:#d1d9e0}
.optimum{stroke:#1a7f37;stroke-width:2}
.led{stroke:#bc4c00;stroke-width:2;stroke-dasharray:4 3}
.range{stroke:#0969da;stroke-width:2}
.middle{fill:#0969da}
.far{fill:#fff;stroke:#0969da;stroke-width:2}
.ground{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}
.quiet{fill:#9198a1}
.grid{stroke:#3d444d}
.optimum{stroke:#3fb950}
.led{stroke:#db6d28}
.range{stroke:#4493f8}
.middle{fill:#4493f8}
.far{fill:#0d1117;stroke:#4493f8}
.ground{fill:#0d1117}
}`

/** How long until a command is executed: per place, and share of interference, the median and the 99th of 100. */
export const plotOf = (outcome: Outcome): Plot => {
  const { scene, runs, led } = outcome
  const { places, clients, writeMs } = scene
  const title = `${nameOfScene(scene)}: until a command is executed, in ms`
  const executed = places.map((_, slot) =>
    runs.map(({ summaries }) => middle(summaries.map(({ sites }) => sites[slot]?.execute))),
  )
  const throughLeader = places.map((_, slot) => middle(led.map(({ sites }) => sites[slot]?.execute)).p50)
  const most = Math.max(...throughLeader, ...executed.flat().map(({ p99 }) => p99))
  const stepMs = STEPS_MS.find((step) => most / step <= MAX_STEPS) ?? most
  const steps = Math.ceil(most / stepMs)
  const x = (ms: number): number => round(LEFT + (ms / (steps * stepMs)) * (WIDTH - LEFT - RIGHT))
  const siteHeight = runs.length * ROW + GAP
  const foot = TOP + places.length * siteHeight
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${foot + BOTTOM}" width="${WIDTH}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${foot + BOTTOM}"/>`,
    text(10, 22, title, 'title'),
    ...legend(),
    ...Array.from({ length: steps + 1 }, (_, i) => i * stepMs).flatMap((ms) => [
      line('grid', x(ms), TOP, x(ms), foot),
      text(x(ms), foot + 16, String(ms), 'quiet', 'middle'),
    ]),
  ]
  for (const [slot, place] of places.entries()) {
    const top = TOP + slot * siteHeight + GAP / 2
    const bottom = top + runs.length * ROW
    const optimum = x(optimumMs(places, slot, writeMs))
    const leading = x(throughLeader[slot] ?? Number.NaN)
    lines.push(text(10, top + 13, nameOf[place]))
    lines.push(line('optimum', optimum, top, optimum, bottom), line('led', leading, top, leading, bottom))
    for (const [row, { interference }] of runs.entries()) {
      const { p50, p99 } = executed[slot]?.[row] ?? NOTHING
      const y = top + row * ROW + ROW / 2
      lines.push(text(LEFT - 8, y + 4, `${interference} %`, 'quiet', 'end'), line('range', x(p50), y, x(p99), y))
      lines.push(circle('far', x(p99), y), circle('middle', x(p50), y))
    }
  }
  const name = `wan-${places.length}-cities-${clients}-${clients === 1 ? 'client' : 'clients'}`
  return { name, title, svg: [...lines, '</svg>'].join('\n') }
}

const STEPS_MS = [25, 50, 100, 200, 500, 1000]
const MAX_STEPS = 8

const NOTHING: Spread = { p50: Number.NaN, p99: Number.NaN, mean: Number.NaN }

/** Of several runs. */
const middle = (spreads: readonly (Spread | undefined)[]): Spread => {
  const of = (figure: keyof Spread): number => median(spreads.map((spread = NOTHING) => spread[figure]))
  return { p50: of('p50'), p99: of('p99'), mean: of('mean') }
}

const legend = (): readonly string[] => {
  const y = 44
  return [
    circle('middle', 15, y),
    text(24, y + 4, 'p50'),
    circle('far', 65, y),
    text(74, y + 4, 'p99, at each share of interference'),
    line('optimum', 290, y - 6, 290, y + 6),
    text(297, y + 4, 'optimum: to the fast quorum and back'),
    line('led', 560, y - 6, 560, y + 6),
    text(567, y + 4, 'Multi-Paxos'),
  ]
}

const round = (value: number): number => Math.round(value * 10) / 10

const text = (x: number, y: number, words: string, style = '', anchor = 'start'): string =>
  `<text x="${x}" y="${y}"${style === '' ? '' : ` class="${style}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${words}</text>`

const line = (style: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="${style}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`

const circle = (style: string, cx: number, cy: number): string =>
  `<circle class="${style}" cx="${cx}" cy="${cy}" r="4"/>`
