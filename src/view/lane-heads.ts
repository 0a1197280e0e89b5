import type { HeadShape } from './lane-styles.js'

/** What a path is drawn with: a canvas, a Path2D, or words for SVG. */
export interface Pen {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  closePath(): void
}

/** As long as the head is, from its tip back along the arrow. */
export const HEAD = 8
const HALF = 3.6

/** Whether a shape is filled; the others are strokes. */
export const isFilled = (shape: HeadShape | 'hollow' | 'cross'): boolean =>
  shape === 'solid' || shape === 'diamond' || shape === 'box'

/** A head whose tip is at x, y, of an arrow that goes in the direction (right, down) of length one. */
export const drawHead = (
  pen: Pen,
  shape: HeadShape | 'hollow' | 'cross',
  x: number,
  y: number,
  right: number,
  down: number,
): void => {
  const at = (back: number, aside: number): [x: number, y: number] => [
    x - right * back - down * aside,
    y - down * back + right * aside,
  ]
  const chevron = (back: number): void => {
    pen.moveTo(...at(back + HEAD - 1, HALF))
    pen.lineTo(...at(back, 0))
    pen.lineTo(...at(back + HEAD - 1, -HALF))
  }
  const closed = (...corners: readonly [back: number, aside: number][]): void => {
    for (const [i, [back, aside]] of corners.entries()) {
      if (i === 0) pen.moveTo(...at(back, aside))
      else pen.lineTo(...at(back, aside))
    }
    pen.closePath()
  }
  switch (shape) {
    case 'solid':
    case 'hollow':
      return closed([0, 0], [HEAD, HALF], [HEAD, -HALF])
    case 'open':
      return chevron(0)
    case 'double':
      chevron(0)
      return chevron(4.5)
    case 'diamond':
      return closed([0, 0], [HEAD / 2, HALF], [HEAD, 0], [HEAD / 2, -HALF])
    case 'box':
      return closed([0, HALF], [0, -HALF], [HEAD, -HALF], [HEAD, HALF])
    case 'cross':
      for (const aside of [HALF, -HALF]) {
        pen.moveTo(...at(HALF, aside))
        pen.lineTo(...at(-HALF, -aside))
      }
  }
}
