import type { TraceCell } from '../core/index.js'
import type { PlacedCell } from './layout.js'
import { ledOf, lookOf } from './look.js'
import { sentenceOf } from './sentence.js'
import { outlineOf, type Point } from './shapes.js'
import { svg } from './svg.js'

/** More digits than this are set in a smaller size. */
const MAX_DIGITS = 3

/** One drawn cell: its elements stay for as long as it is in view. */
export class CellView {
  readonly element: SVGGElement = svg('g', { role: 'img', tabindex: -1 })
  readonly #outline = svg('path')
  readonly #text = svg('text', { y: 4 })
  #drawn: TraceCell | undefined
  placed: PlacedCell
  sentence = ''

  constructor(placed: PlacedCell) {
    this.placed = placed
    const { slot, number } = placed.cell.instance
    this.element.dataset.key = placed.key
    this.element.dataset.testid = `cell-${slot}-${number}`
    this.element.append(this.#outline, this.#text)
  }

  update(placed: PlacedCell, n: number): void {
    this.placed = placed
    const { cell } = placed
    if (this.#drawn !== undefined && sameCell(this.#drawn, cell)) return
    this.#drawn = cell
    this.sentence = sentenceOf(cell, n)
    const look = lookOf(cell)
    const { dataset, classList } = this.element
    this.element.setAttribute('aria-label', this.sentence)
    classList.remove(dataset.phase ?? 'cell')
    classList.add('cell', look)
    dataset.phase = look
    dataset.position = String(cell.position)
    this.#outline.setAttribute('d', outlineOf(look, ledOf(cell)))
    this.#text.textContent = cell.position > 0 && look === 'executed' ? String(cell.position) : ''
    this.#text.classList.toggle('long', String(cell.position).length > MAX_DIGITS)
  }

  moveTo({ x, y }: Point): void {
    this.element.setAttribute('transform', `translate(${x} ${y})`)
  }
}

/** Deps are never changed in place. */
const sameCell = (a: TraceCell, b: TraceCell): boolean =>
  a.phase === b.phase &&
  a.void === b.void &&
  a.executed === b.executed &&
  a.position === b.position &&
  a.ballot === b.ballot &&
  a.deps === b.deps &&
  a.path === b.path
