import type { LanesContent } from './lane-content.js'
import type { TimeScale } from './lane-scale.js'
import type { LaneColour } from './lane-styles.js'

/** What is drawn on, and in which colours. */
export interface Brush {
  readonly context: CanvasRenderingContext2D
  readonly colours: Readonly<Record<LaneColour, string>>
}

/** … and what of the run it shows. */
export interface Sheet extends Brush {
  readonly content: LanesContent
  readonly scale: TimeScale
  /** The instance that stands out. */
  readonly lit: string | undefined
}

export const FONT = '11px system-ui, sans-serif'

/** How strongly something is drawn while nothing stands out, while it does itself, and while something else does. */
export const TONES = [
  { alpha: 0.9, wider: 0 },
  { alpha: 1, wider: 1 },
  { alpha: 0.16, wider: 0 },
] as const

export type Tone = 0 | 1 | 2

export const toneOf = (key: string | undefined, lit: string | undefined): Tone =>
  lit === undefined ? 0 : key === lit ? 1 : 2

export const line = (context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void => {
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(toX, toY)
  context.stroke()
}

export const disc = (context: CanvasRenderingContext2D, x: number, y: number, radius: number): void => {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
