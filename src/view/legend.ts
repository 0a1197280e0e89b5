import type { Led, Look } from './look.js'
import { arrow, HALF_HEIGHT, HALF_WIDTH, markOf, outlineOf } from './shapes.js'
import { svg } from './svg.js'

const LOOKS: readonly (readonly [Look, string])[] = [
  ['pre-accepted', 'pre-accepted'],
  ['accepted', 'accepted'],
  ['committed', 'committed'],
  ['executed', 'executed, in this order here'],
  ['no-op', 'no-op'],
]

const MARKS: readonly (readonly [Led, string])[] = [
  ['fast', 'fast: one round trip'],
  ['slow', 'slow: two'],
  ['recovered', 'recovered'],
]

/** What shapes, colours, marks and arrows mean. */
export const drawLegend = (): HTMLUListElement => {
  const list = document.createElement('ul')
  list.className = 'legend'
  for (const [look, meaning] of LOOKS) {
    const drawing = svg('svg', { viewBox: viewBox(-HALF_WIDTH - 2, -HALF_HEIGHT - 2, HALF_WIDTH + 2, HALF_HEIGHT + 2) })
    const cell = svg('g', { class: `cell ${look}` })
    const text = svg('text', { y: 4 })
    text.textContent = look === 'executed' ? '12' : ''
    cell.append(svg('path', { d: outlineOf(look, undefined) }), text)
    drawing.append(cell)
    list.append(item(drawing, meaning))
  }
  for (const [led, meaning] of MARKS) {
    const drawing = svg('svg', { class: 'mark', viewBox: viewBox(-10, HALF_HEIGHT, 10, HALF_HEIGHT + 9) })
    drawing.append(svg('path', { d: markOf(led) }))
    list.append(item(drawing, meaning))
  }
  const drawing = svg('svg', { viewBox: viewBox(10, -12, 35, 12) })
  drawing.append(svg('path', { class: 'edge', d: arrow({ x: 45, y: 0 }, { x: 0, y: 0 }) }))
  list.append(item(drawing, 'depends on it, and on all before it in its row'))
  return list
}

const viewBox = (left: number, top: number, right: number, bottom: number): string =>
  `${left} ${top} ${right - left} ${bottom - top}`

const item = (drawing: SVGSVGElement, meaning: string): HTMLLIElement => {
  drawing.setAttribute('aria-hidden', 'true')
  const entry = document.createElement('li')
  entry.append(drawing, meaning)
  return entry
}
