import { drawArrow } from './arrow.js'
import type { Led, Look } from './look.js'
import { FULL_SIZE, markOf, outlineOf } from './shapes.js'
import { SvgPen, svg } from './svg.js'

const LOOKS: readonly (readonly [Look, string])[] = [
  ['none', 'only a promise of it is known'],
  ['pre-accepted', 'pre-accepted'],
  ['accepted', 'accepted'],
  ['committed', 'committed'],
  ['executed', 'executed; the number is its place in the order'],
  ['no-op', 'no-op'],
  ['void', 'void: after the end of the epoch'],
]

const MARKS: readonly (readonly [Led, string])[] = [
  ['fast', 'fast: one round trip'],
  ['slow', 'slow: two'],
  ['recovered', 'recovered'],
]

const EDGES: readonly (readonly [string, string])[] = [
  ['edge', 'depends on it, and on all before it in its row'],
  ['edge faint', 'the same, which goes without saying: another dependency says it, or it stands for older ones'],
  ['edge grown', 'more than was proposed: a reply has named it'],
]

const { halfWidth, halfHeight } = FULL_SIZE

/** What shapes, colours, marks and arrows mean, behind a line that opens it. */
export const drawLegend = (): HTMLDetailsElement => {
  const legend = document.createElement('details')
  const summary = document.createElement('summary')
  const list = document.createElement('ul')
  legend.className = 'legend'
  summary.textContent = 'What the signs mean'
  legend.append(summary, list)
  for (const [look, meaning] of LOOKS) {
    const drawing = svg('svg', { viewBox: viewBox(-halfWidth - 2, -halfHeight - 2, halfWidth + 2, halfHeight + 2) })
    const cell = svg('g', { class: look })
    const text = svg('text', { y: 4 })
    text.textContent = look === 'executed' ? '12' : ''
    cell.append(svg('path', { d: outlineOf(look) }), text)
    drawing.append(cell)
    list.append(item(drawing, meaning))
  }
  for (const [led, meaning] of MARKS) {
    const drawing = svg('svg', { class: 'mark', viewBox: viewBox(-10, halfHeight, 10, halfHeight + 9) })
    drawing.append(svg('path', { d: markOf(led) }))
    list.append(item(drawing, meaning))
  }
  for (const [style, meaning] of EDGES) {
    const pen = new SvgPen()
    drawArrow(pen, { x: 50, y: 0 }, { x: 0, y: 0 }, FULL_SIZE, 50)
    const drawing = svg('svg', { viewBox: viewBox(10, -12, 40, 12) })
    drawing.append(svg('path', { class: style, d: pen.d }))
    list.append(item(drawing, meaning))
  }
  const drawing = svg('svg', { viewBox: viewBox(-18, -16, 18, 16) })
  drawing.append(svg('rect', { class: 'hull', x: -16, y: -12, width: 32, height: 24, rx: 12 }))
  list.append(item(drawing, 'a cycle of dependencies: executed one right after the other'))
  return legend
}

const viewBox = (left: number, top: number, right: number, bottom: number): string =>
  `${left} ${top} ${right - left} ${bottom - top}`

const item = (drawing: SVGSVGElement, meaning: string): HTMLLIElement => {
  drawing.setAttribute('aria-hidden', 'true')
  const entry = document.createElement('li')
  entry.append(drawing, meaning)
  return entry
}
