import { LEDS, type Led, LOOKS, type Look } from './look.js'
import type { COLOURS } from './palette.js'
import { type CellSize, markOf, outlineOf, type Point } from './shapes.js'

export type Colours = Readonly<Record<keyof typeof COLOURS, string>>

/** No smaller than what can be read. */
const FONT = '500 11px system-ui, sans-serif'
const DIGIT_HEIGHT = 12

/** Where digits have no room, only the last of them are told, after this. */
const MORE = '…'
const GLYPHS = `0123456789${MORE}`

/** Around an outline, for its stroke. */
const MARGIN = 2
/** Below a cell, for its mark. */
const MARK_ROOM = 7

const strokeWidthOf = ({ halfWidth }: CellSize): number => (halfWidth < 8 ? 1.3 : 1.6)

export const colourOf = (look: Look, colours: Colours): string =>
  colours[look === 'no-op' || look === 'void' ? 'none' : look]

/**
 * Every kind of cell, and every digit, drawn once: to copy hundreds of them is quick where no graphics processor
 * helps, to draw them is not.
 */
export class Stamps {
  readonly colours: Colours
  readonly size: CellSize
  readonly ratio: number
  readonly #sheet = document.createElement('canvas')
  readonly #width: number
  /** Of a cell with its mark, in device pixels; and from its top to the middle of the cell. */
  readonly height: number
  readonly middle: number
  readonly #digitWidth: number
  readonly #digitHeight: number
  readonly #maxDigits: number

  constructor(colours: Colours, size: CellSize, ratio: number) {
    this.colours = colours
    this.size = size
    this.ratio = ratio
    const context = this.#sheet.getContext('2d')
    this.#width = Math.ceil(2 * (size.halfWidth + MARGIN) * ratio)
    this.height = Math.ceil((2 * (size.halfHeight + MARGIN) + MARK_ROOM) * ratio)
    this.middle = Math.round((size.halfHeight + MARGIN) * ratio)
    this.#digitWidth = Math.ceil(ratio * digitWidth(context))
    this.#maxDigits = Math.max(2, Math.floor((2 * (size.halfWidth - MARGIN / 2) * ratio) / this.#digitWidth))
    this.#digitHeight = Math.ceil(DIGIT_HEIGHT * ratio)
    this.#sheet.width = Math.max(LOOKS.length * this.#width, GLYPHS.length * this.#digitWidth)
    this.#sheet.height = LEDS.length * this.height + this.#digitHeight
    if (context === null) return
    this.#drawCells(context)
    this.#drawDigits(context)
  }

  /** Copies a cell, with its middle there. */
  cell(onto: CanvasRenderingContext2D, look: Look, led: Led | undefined, { x, y }: Point): void {
    const from = { x: LOOKS.indexOf(look) * this.#width, y: LEDS.indexOf(led) * this.height }
    const { halfWidth, halfHeight } = this.size
    this.#copy(onto, from, this.#width, this.height, x - halfWidth - MARGIN, y - halfHeight - MARGIN)
  }

  /** Copies the digits of a number that have room in a cell, with their middle there. */
  number(onto: CanvasRenderingContext2D, number: number, { x, y }: Point): void {
    const all = String(number)
    const text = all.length > this.#maxDigits ? MORE + all.slice(1 - this.#maxDigits) : all
    const step = this.#digitWidth / this.ratio
    let left = x - (text.length * step) / 2
    for (const digit of text) {
      const from = { x: GLYPHS.indexOf(digit) * this.#digitWidth, y: LEDS.length * this.height }
      this.#copy(onto, from, this.#digitWidth, this.#digitHeight, left, y - DIGIT_HEIGHT / 2)
      left += step
    }
  }

  /** Pixel onto pixel, for that is quickest, and sharp. */
  #copy(onto: CanvasRenderingContext2D, { x, y }: Point, width: number, height: number, left: number, top: number) {
    const { ratio } = this
    const toX = Math.round(left * ratio) / ratio
    const toY = Math.round(top * ratio) / ratio
    onto.drawImage(this.#sheet, x, y, width, height, toX, toY, width / ratio, height / ratio)
  }

  #drawCells(context: CanvasRenderingContext2D): void {
    const { colours, size, ratio } = this
    context.lineJoin = 'round'
    context.lineWidth = strokeWidthOf(size)
    for (const [column, look] of LOOKS.entries()) {
      const colour = colourOf(look, colours)
      for (const [row, led] of LEDS.entries()) {
        const outline = new Path2D(outlineOf(look, size))
        context.setTransform(ratio, 0, 0, ratio, column * this.#width, row * this.height)
        context.translate(size.halfWidth + MARGIN, size.halfHeight + MARGIN)
        context.setLineDash(look === 'pre-accepted' ? [3.2, 2] : [])
        context.strokeStyle = colour
        context.fillStyle = look === 'executed' ? colour : colours.paper
        context.fill(outline)
        context.stroke(outline)
        context.fillStyle = colour
        context.fill(new Path2D(markOf(led, size)))
      }
    }
  }

  #drawDigits(context: CanvasRenderingContext2D): void {
    const { colours, ratio } = this
    context.fillStyle = colours.paper
    context.font = FONT
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    for (const [nth, glyph] of [...GLYPHS].entries()) {
      context.setTransform(ratio, 0, 0, ratio, (nth + 0.5) * this.#digitWidth, LEDS.length * this.height)
      context.fillText(glyph, 0, DIGIT_HEIGHT / 2)
    }
  }
}

/** The widest of them. */
const digitWidth = (context: CanvasRenderingContext2D | null): number => {
  if (context === null) return 1
  context.font = FONT
  return Math.max(...[...GLYPHS.slice(0, 10)].map((digit) => context.measureText(digit).width))
}
