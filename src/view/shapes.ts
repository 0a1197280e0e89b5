import type { Led, Look } from './look.js'

/** Lengths in CSS pixels, which are the drawing's units. Cells have their middle at 0, 0. */

export interface Point {
  readonly x: number
  readonly y: number
}

/** How large cells are drawn. */
export interface CellSize {
  readonly halfWidth: number
  readonly halfHeight: number
}

/** A cell is wide enough for four digits. */
export const FULL_SIZE: CellSize = { halfWidth: 15.5, halfHeight: 11 }

/** Below the cell's outline, where its mark is. */
const MARK_GAP = 3.5
const MARK_HEIGHT = 2

/** The outline of a cell, as an SVG path. */
export const outlineOf = (look: Look, { halfWidth, halfHeight }: CellSize = FULL_SIZE): string => {
  const radius = 0.82 * Math.min(halfWidth, halfHeight)
  switch (look) {
    case 'none':
      return circle(radius / 3)
    case 'pre-accepted':
      return circle(radius)
    case 'accepted':
      return `M0 ${-halfHeight}L${halfWidth} 0L0 ${halfHeight}L${-halfWidth} 0Z`
    case 'committed':
      return box(halfWidth, halfHeight, halfHeight * 0.27)
    case 'executed':
      return box(halfWidth, halfHeight, halfHeight * 0.64)
    case 'no-op':
      return `${circle(radius)}${stroke(radius * Math.SQRT1_2, -1)}`
    case 'void':
      return `${box(halfWidth, halfHeight, halfHeight * 0.27)}${stroke(halfHeight / 2, 1)}${stroke(halfHeight / 2, -1)}`
  }
}

/** Below a cell: a bar for each round trip to a quorum; a dot for a recovery, which takes as many as it takes. */
export const markOf = (led: Led | undefined, { halfWidth, halfHeight }: CellSize = FULL_SIZE): string => {
  const top = halfHeight + Math.min(MARK_GAP, halfHeight / 2)
  const half = 0.55 * halfWidth
  switch (led) {
    case 'fast':
      return bar(-0.75 * half, 1.5 * half, top)
    case 'slow':
      return bar(-half, 0.875 * half, top) + bar(0.125 * half, 0.875 * half, top)
    case 'recovered':
      return circle(Math.min(2.5, halfHeight / 3), top + MARK_HEIGHT / 2)
    case undefined:
      return ''
  }
}

/** As far above the middle as below it. */
const stroke = (half: number, down: number): string => `M${-half} ${-down * half}L${half} ${down * half}`

const circle = (radius: number, y = 0): string =>
  `M${-radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`

const box = (halfWidth: number, halfHeight: number, radius: number): string => {
  const [width, height] = [2 * (halfWidth - radius), 2 * (halfHeight - radius)]
  const arc = (x: number, y: number): string => `a${radius} ${radius} 0 0 1 ${x} ${y}`
  return (
    `M${radius - halfWidth} ${-halfHeight}h${width}${arc(radius, radius)}v${height}${arc(-radius, radius)}` +
    `h${-width}${arc(-radius, -radius)}v${-height}${arc(radius, -radius)}Z`
  )
}

const bar = (x: number, width: number, top: number): string => `M${x} ${top}h${width}v${MARK_HEIGHT}h${-width}Z`
