import type { LaneFlight, LanesContent } from './lane-content.js'
import type { FlightIndex } from './lane-flights.js'
import { isDrawn, overMs } from './lane-geometry.js'
import { HEAD } from './lane-heads.js'
import type { FlightPainter } from './lane-paint-flights.js'
import type { TimeScale } from './lane-scale.js'
import type { Sheet } from './lane-sheet.js'

/** Device pixels: large enough that a window is a handful of them, small enough that one is drawn anew in no time. */
const TILE = 256

interface Tile {
  readonly canvas: HTMLCanvasElement
  /** The flights that ended before this moment are on it, … */
  untilMs: number
  /** … of which the last ended then. */
  lastEndMs: number
}

/**
 * Pictures of the flights that have ended, which never change any more: strokes cost far more than copying them does.
 * Time is cut into tiles of equal width; as it goes on, a tile gets what has ended since; as it goes back, the tiles that
 * say too much are drawn anew.
 */
export class FlightTiles {
  readonly #painter: FlightPainter
  readonly #tiles = new Map<number, Tile>()
  /** Canvases that have left the window. */
  readonly #spare: HTMLCanvasElement[] = []
  /** What all tiles were drawn from. */
  #drawnFrom: readonly unknown[] = []

  constructor(painter: FlightPainter) {
    this.#painter = painter
  }

  /** Copies the window's part, whose scale must begin at a whole device pixel (`onPixels`). */
  paint(sheet: Sheet, index: FlightIndex, ratio: number, height: number): void {
    const { context, content, colours, scale } = sheet
    const perPixel = scale.msPerPixel
    this.#forgetUnless([content.flights, content.lanes.length, content.background, colours, perPixel, ratio, height])
    const width = TILE / ratio
    const offset = scale.fromMs / perPixel
    const first = Math.floor(offset / width)
    const last = Math.floor((offset + scale.right - scale.left) / width)
    for (const [k, { canvas }] of this.#tiles) {
      if (k >= first && k <= last) continue
      this.#spare.push(canvas)
      this.#tiles.delete(k)
    }
    for (let k = first; k <= last; k++) {
      const fromMs = k * width * perPixel
      if (fromMs > content.positionMs) break
      const part = { fromMs, untilMs: fromMs + width * perPixel, msPerPixel: perPixel, left: 0, right: width }
      const { canvas } = this.#drawn(k, part, sheet, index, ratio, height)
      context.drawImage(canvas, scale.left + k * width - offset, 0, width, height)
    }
  }

  #forgetUnless(drawnFrom: readonly unknown[]): void {
    if (drawnFrom.every((part, i) => part === this.#drawnFrom[i])) return
    this.#drawnFrom = drawnFrom
    for (const { canvas } of this.#tiles.values()) this.#spare.push(canvas)
    this.#tiles.clear()
  }

  /** A tile with all on it that ended before the position. */
  #drawn(k: number, part: TimeScale, whole: Sheet, index: FlightIndex, ratio: number, height: number): Tile {
    const { content, colours } = whole
    const before = this.#tiles.get(k)
    const goesOn = before !== undefined && before.lastEndMs < content.positionMs
    const canvas = before?.canvas ?? this.#spare.pop() ?? document.createElement('canvas')
    const context = canvas.getContext('2d')
    const tile = goesOn ? before : { canvas, untilMs: Number.NEGATIVE_INFINITY, lastEndMs: Number.NEGATIVE_INFINITY }
    this.#tiles.set(k, tile)
    if (context === null) return tile
    // To be given its size empties it, too.
    if (!goesOn) [canvas.width, canvas.height] = [TILE, Math.round(height * ratio)]
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const sheet = { context, colours, content, scale: part, lit: undefined }
    // Heads are wider than the moment at which they are.
    const marginMs = 2 * HEAD * part.msPerPixel
    index.between(part.fromMs - marginMs, Math.min(content.positionMs, part.untilMs + marginMs), (flight) => {
      if (!isNew(flight, tile.untilMs, content)) return
      this.#painter.add(flight, sheet)
      tile.lastEndMs = Math.max(tile.lastEndMs, overMs(flight))
    })
    this.#painter.stroke(sheet, true)
    tile.untilMs = content.positionMs
    return tile
  }
}

/** What ends at this very moment may still be on its way: its message is not stepped to yet. */
export const hasEnded = (flight: LaneFlight, positionMs: number): boolean => overMs(flight) < positionMs

const isNew = (flight: LaneFlight, sinceMs: number, content: LanesContent): boolean =>
  overMs(flight) >= sinceMs && hasEnded(flight, content.positionMs) && isDrawn(flight, content)
