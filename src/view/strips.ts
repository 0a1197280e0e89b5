import type { TraceCell } from '../core/index.js'
import { type Geometry, ROW_HEIGHT } from './geometry.js'
import type { Layout } from './layout.js'
import { ledOf, lookOf } from './look.js'
import { sameCell } from './same-cell.js'
import type { Stamps } from './stamps.js'

/** Beside those in view: what leaves a row stays drawn until it is out of sight. */
const LEAVING = 2

/**
 * The cells of each row side by side on a strip of their own: a frame of a slide copies the strips, and draws only the
 * cells that have changed. A strip is used in a circle, so that nothing on it ever moves.
 */
export class Strips {
  readonly stamps: Stamps
  readonly geometry: Geometry
  readonly rows: number
  readonly #sheet = document.createElement('canvas')
  readonly #context = this.#sheet.getContext('2d')
  /** Places on a strip, and what is drawn there, per row. */
  readonly #places: number
  readonly #drawn: (TraceCell | undefined)[][]

  constructor(stamps: Stamps, geometry: Geometry, rows: number) {
    this.stamps = stamps
    this.geometry = geometry
    this.rows = rows
    this.#places = geometry.columns + LEAVING
    this.#drawn = Array.from({ length: rows }, () => new Array<TraceCell | undefined>(this.#places).fill(undefined))
    this.#sheet.width = this.#leftOf(this.#places)
    this.#sheet.height = rows * stamps.height
    this.#context?.scale(stamps.ratio, stamps.ratio)
  }

  /** Brings the strips up to date. */
  update(layout: Layout): void {
    for (const [slot, row] of layout.rows.entries()) {
      const first = layout.firsts[slot] as number
      for (const [column, placed] of row.entries()) this.#put(slot, first + column, placed?.cell)
    }
  }

  /** @param at per row, the number at its left end just now */
  draw(onto: CanvasRenderingContext2D, layout: Layout, at: readonly number[]): void {
    const { ratio, height } = this.stamps
    for (const [slot, first] of layout.firsts.entries()) {
      const left = at[slot] ?? first
      const leaving = this.#drawn[slot]?.[(first - 1) % this.#places]?.instance.number === first - 1
      const from = left < first && leaving ? first - 1 : first
      const end = first + this.geometry.columns
      const top = Math.round((slot + 0.5) * ROW_HEIGHT * ratio - this.stamps.middle)
      let x = Math.round((from - left) * this.geometry.pitch * ratio)
      // To the end of the circle, and on from its beginning.
      for (let number = from; number < end; ) {
        const place = number % this.#places
        const until = Math.min(this.#places, place + end - number)
        const width = this.#leftOf(until) - this.#leftOf(place)
        const source = [this.#leftOf(place), slot * height, width, height] as const
        onto.drawImage(this.#sheet, ...source, x / ratio, top / ratio, width / ratio, height / ratio)
        x += width
        number += until - place
      }
    }
  }

  #put(slot: number, number: number, cell: TraceCell | undefined): void {
    const { stamps, geometry } = this
    const place = number % this.#places
    const row = this.#drawn[slot]
    const context = this.#context
    const drawn = row?.[place]
    if (row === undefined || context === null || drawn === cell) return
    row[place] = cell
    if (drawn !== undefined && cell !== undefined && drawn.instance.number === number && sameCell(drawn, cell)) return
    const left = this.#leftOf(place) / stamps.ratio
    const top = (slot * stamps.height) / stamps.ratio
    context.clearRect(left, top, this.#leftOf(place + 1) / stamps.ratio - left, stamps.height / stamps.ratio)
    if (cell === undefined) return
    const look = lookOf(cell)
    const middle = { x: left + geometry.pitch / 2, y: top + stamps.middle / stamps.ratio }
    stamps.cell(context, look, ledOf(cell), middle)
    if (geometry.numbered && look === 'executed' && cell.position > 0) stamps.number(context, cell.position, middle)
  }

  /** Where a place begins, in device pixels: whole ones, or cells would be blurred. */
  #leftOf(place: number): number {
    return Math.round(place * this.geometry.pitch * this.stamps.ratio)
  }
}
