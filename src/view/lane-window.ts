import type { FlightIndex } from './lane-flights.js'
import { isDrawn } from './lane-geometry.js'
import { keyOfFlight } from './lane-marks.js'
import { FlightPainter } from './lane-paint-flights.js'
import { type Sheet, TONES } from './lane-sheet.js'
import { FlightTiles, hasEnded } from './lane-tiles.js'

/** Draws a window: what has ended from its tiles, over them what is on its way, and what stands out. */
export class WindowPainter {
  readonly #painter = new FlightPainter()
  readonly #tiles = new FlightTiles(this.#painter)

  paint(sheet: Sheet, index: FlightIndex, ratio: number, height: number): void {
    const { context, scale, content, lit } = sheet
    context.globalAlpha = lit === undefined ? 1 : TONES[2].alpha / TONES[0].alpha
    this.#tiles.paint(sheet, index, ratio, height)
    context.globalAlpha = 1
    index.between(lit === undefined ? content.positionMs : scale.fromMs, content.positionMs, (flight) => {
      const live = !hasEnded(flight, content.positionMs) || (lit !== undefined && keyOfFlight(flight) === lit)
      if (live && isDrawn(flight, content)) this.#painter.add(flight, sheet)
    })
    this.#painter.stroke(sheet, false)
  }
}
