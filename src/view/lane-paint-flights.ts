import type { LaneFlight } from './lane-content.js'
import { type Course, courseOf, newCourse } from './lane-geometry.js'
import { drawHead, isFilled } from './lane-heads.js'
import { keyOfFlight } from './lane-marks.js'
import { type Brush, disc, line, type Sheet, TONES, type Tone, toneOf } from './lane-sheet.js'
import { Strokes } from './lane-strokes.js'
import { FLIGHT_STYLES, type FlightStyle, styleIndexOf } from './lane-styles.js'

/** Where those under way are going is a hint. */
const AHEAD_ALPHA = 0.22

/** A line of this width, by itself and through, takes a tenth of the time of others where no graphics card draws it. */
const HAIR_WIDTH = 1

/** Of more flights than this on their way nobody sees the dashes; and they are drawn in each frame. */
const CROWD = 100

const DOT_RADIUS = 3.4

/** A missed one ends in a head that is hollow, a lost one in a cross. */
const EXTRA_HEADS = { missed: 'hollow', lost: 'cross' } as const

/** All strokes of one look: drawn in one go, since that is what drawing costs. */
class Stack {
  readonly lines = new Strokes()
  readonly ahead = new Strokes()
  readonly dots = new Strokes()
  readonly heads = new Strokes()
  readonly hollow = new Strokes()
  readonly crosses = new Strokes()
}

/** Draws flights: sorts them into stacks, one per style and tone, and strokes each stack once. */
export class FlightPainter {
  readonly #course = newCourse()
  readonly #stacks: readonly (readonly Stack[])[] = FLIGHT_STYLES.map(() => TONES.map(() => new Stack()))

  #added = 0

  add(flight: LaneFlight, { scale, content, lit }: Sheet): void {
    this.#added++
    const course = this.#course
    courseOf(flight, scale, content, course)
    const stack =
      this.#stacks[styleIndexOf(flight.kind)]?.[toneOf(lit === undefined ? undefined : keyOfFlight(flight), lit)]
    if (stack !== undefined) addTo(stack, course, !flight.background)
  }

  /** Draws what has been added. @param still whether it is kept: all of it is drawn in full, however much it is */
  stroke(brush: Brush, still: boolean): void {
    const inFull = still || this.#added <= CROWD
    this.#added = 0
    // Gossip first, and what stands out last.
    for (const tone of [2, 0, 1] as const) {
      for (let i = FLIGHT_STYLES.length - 1; i >= 0; i--) {
        const stack = this.#stacks[i]?.[tone]
        if (stack !== undefined) strokeStack(brush, FLIGHT_STYLES[i] as FlightStyle, tone, stack, inFull)
      }
    }
  }
}

const addTo = (stack: Stack, course: Course, ahead: boolean): void => {
  const { fromX, fromY, headX, headY, toX, toY, state } = course
  stack.lines.add(fromX, fromY, headX, headY)
  if (state === 'under-way' && ahead) stack.ahead.add(headX, headY, toX, toY)
  const length = Math.hypot(toX - fromX, toY - fromY) || 1
  stack[ENDS[state]].add(headX, headY, (toX - fromX) / length, (toY - fromY) / length)
}

const ENDS = { 'under-way': 'dots', arrived: 'heads', missed: 'hollow', lost: 'crosses' } as const

/** One arrow by itself. */
export const drawFlight = (brush: Brush, style: FlightStyle, course: Course): void => {
  const stack = new Stack()
  addTo(stack, course, true)
  strokeStack(brush, style, 0, stack, true)
}

const strokeStack = (
  { context, colours }: Brush,
  style: FlightStyle,
  tone: Tone,
  stack: Stack,
  inFull: boolean,
): void => {
  if (stack.lines.isEmpty) return
  const { alpha, wider } = TONES[tone]
  const faint = style.colour === 'edge' ? 0.6 : 1
  context.strokeStyle = colours[style.colour]
  context.fillStyle = colours[style.colour]
  context.lineWidth = HAIR_WIDTH
  context.globalAlpha = alpha * AHEAD_ALPHA
  strokeEach(context, stack.ahead, [])
  context.globalAlpha = alpha * faint
  if (!inFull) strokeEach(context, stack.lines, [])
  context.lineWidth = style.width + wider
  if (style.dash.length === 0) strokeLines(context, stack.lines)
  else strokeEach(context, stack.lines, style.dash)
  strokeHeads(context, stack.heads, style.head)
  strokeHeads(context, stack.crosses, EXTRA_HEADS.lost)
  context.fillStyle = colours.paper
  strokeHeads(context, stack.hollow, EXTRA_HEADS.missed)
  context.fillStyle = colours[style.colour]
  fillDots(context, stack.dots)
  context.globalAlpha = 1
}

const strokeLines = (context: CanvasRenderingContext2D, strokes: Strokes): void => {
  if (strokes.isEmpty) return
  context.beginPath()
  strokes.take((x, y, toX, toY) => {
    context.moveTo(x, y)
    context.lineTo(toX, toY)
  })
  context.stroke()
}

/** One by one: the dashes of many lines in one path take several times as long. */
const strokeEach = (context: CanvasRenderingContext2D, strokes: Strokes, dash: readonly number[]): void => {
  context.setLineDash(dash)
  strokes.take((x, y, toX, toY) => line(context, x, y, toX, toY))
  context.setLineDash([])
}

const strokeHeads = (
  context: CanvasRenderingContext2D,
  strokes: Strokes,
  shape: Parameters<typeof drawHead>[1],
): void => {
  if (strokes.isEmpty) return
  context.beginPath()
  strokes.take((x, y, right, down) => drawHead(context, shape, x, y, right, down))
  if (isFilled(shape) || shape === EXTRA_HEADS.missed) context.fill()
  context.stroke()
}

const fillDots = (context: CanvasRenderingContext2D, strokes: Strokes): void => {
  if (strokes.isEmpty) return
  context.beginPath()
  strokes.take((x, y) => {
    context.moveTo(x + DOT_RADIUS, y)
    context.arc(x, y, DOT_RADIUS, 0, 2 * Math.PI)
  })
  context.fill()
}

/** A flight that is pointed at, over all others. */
export const paintChosen = ({ context, colours, content, scale }: Sheet, flight: LaneFlight): void => {
  const course = newCourse()
  courseOf(flight, scale, content, course)
  context.strokeStyle = colours.ink
  context.lineWidth = 2.6
  line(context, course.fromX, course.fromY, course.headX, course.headY)
  context.fillStyle = colours.ink
  disc(context, course.headX, course.headY, DOT_RADIUS + 1.2)
}
