import type { Lane, LaneCut, LanesContent } from './lane-content.js'
import { AXIS_HEIGHT, heightOf, inMs, laneHeight, laneY, type TimeScale, ticksOf, xOf } from './lane-scale.js'
import { FONT, line, type Sheet } from './lane-sheet.js'
import { isCutBetween } from './lane-words.js'

/** What is below the arrows: time, lanes with how their replicas were, and what cut them off from each other. */
export const paintGround = (sheet: Sheet): void => {
  paintTicks(sheet)
  for (const cut of cutsIn(sheet.content, sheet.scale)) paintCut(sheet, cut)
  for (const [i, lane] of sheet.content.lanes.entries()) paintLane(sheet, lane, i)
}

const paintTicks = ({ context, colours, content, scale }: Sheet): void => {
  const bottom = heightOf(content.lanes.length) - AXIS_HEIGHT
  context.font = FONT
  context.textAlign = 'center'
  context.strokeStyle = colours.rule
  context.lineWidth = 1
  context.beginPath()
  const ticks = ticksOf(scale)
  for (const ms of ticks) {
    const x = Math.round(xOf(scale, ms)) + 0.5
    context.moveTo(x, 0)
    context.lineTo(x, bottom + 4)
  }
  context.stroke()
  context.fillStyle = colours.quiet
  const positionX = xOf(scale, content.positionMs)
  for (const ms of ticks) {
    const x = xOf(scale, ms)
    const label = `${inMs(ms)} ms`
    // The position's own label is there, or the edge of the drawing.
    if (Math.abs(x - positionX) < POSITION_ROOM || x < scale.left + 18 || x > scale.right - 24) continue
    context.fillText(label, x, bottom + 16)
  }
}

/** As wide as the words at the position and half of those at a tick. */
const POSITION_ROOM = 68

/** The line at the moment that is looked at, over arrows; marks are read over it. */
export const paintPosition = ({ context, colours, content, scale }: Sheet): void => {
  const bottom = heightOf(content.lanes.length) - AXIS_HEIGHT
  const x = xOf(scale, content.positionMs)
  context.strokeStyle = colours.ink
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(x, 0)
  context.lineTo(x, bottom + 4)
  context.stroke()
  context.font = `600 ${FONT}`
  context.fillStyle = colours.ink
  const text = `${content.positionMs.toFixed(1)} ms`
  const half = context.measureText(text).width / 2
  context.textAlign = 'center'
  context.fillText(text, Math.min(scale.right - half, Math.max(scale.left + half, x)), bottom + 16)
}

/** Those that have begun by then and touch the window. */
const cutsIn = ({ cuts, positionMs }: LanesContent, { fromMs }: TimeScale): readonly LaneCut[] =>
  cuts.filter((cut) => cut.fromMs <= positionMs && (cut.untilMs ?? positionMs) >= fromMs)

/** From the middle of one lane to that of the next: what would have to pass there. */
const paintCut = ({ context, colours, content, scale }: Sheet, cut: LaneCut): void => {
  const lanes = content.lanes.length
  const left = Math.max(scale.left, xOf(scale, cut.fromMs))
  const right = xOf(scale, Math.min(content.positionMs, cut.untilMs ?? content.positionMs))
  for (let lane = 0; lane + 1 < lanes; lane++) {
    if (!isCutBetween(cut, lane, lane + 1)) continue
    const [top, bottom] = [laneY(lane, lanes), laneY(lane + 1, lanes)]
    const middle = (top + bottom) / 2
    context.fillStyle = colours.grave
    context.globalAlpha = 0.1
    context.fillRect(left, top, right - left, bottom - top)
    context.globalAlpha = 0.8
    context.strokeStyle = colours.grave
    context.lineWidth = 1.4
    context.setLineDash([2, 4])
    line(context, left, middle, right, middle)
    context.setLineDash([])
    context.globalAlpha = 1
  }
}

const paintLane = (sheet: Sheet, lane: Lane, i: number): void => {
  const { context, colours, content, scale } = sheet
  const { positionMs } = content
  const y = laneY(i, content.lanes.length)
  const first = lane.spans[0]
  let fromMs = first?.state === 'joining' ? first.fromMs : 0
  const until = (ms: number): void => {
    if (ms < scale.fromMs || ms <= fromMs) return
    context.strokeStyle = colours.quiet
    context.lineWidth = 1.6
    line(context, Math.max(scale.left, xOf(scale, fromMs)), y, xOf(scale, ms), y)
  }
  for (const span of lane.spans) {
    if (span.fromMs > positionMs) break
    until(span.fromMs)
    const endMs = Math.min(positionMs, span.untilMs ?? positionMs)
    if (endMs >= scale.fromMs) paintSpan(sheet, span.state, xOf(scale, span.fromMs), xOf(scale, endMs), y)
    fromMs = span.untilMs === undefined ? Number.POSITIVE_INFINITY : span.untilMs
  }
  until(positionMs)
  context.strokeStyle = colours.rule
  line(context, xOf(scale, positionMs), y, scale.right, y)
  if (i === 0) return
  const border = Math.round(y - laneHeight(content.lanes.length) / 2) + 0.5
  context.globalAlpha = 0.5
  context.lineWidth = 1
  line(context, scale.left, border, scale.right, border)
  context.globalAlpha = 1
}

const HATCH_HALF = 5
const HATCH_STEP = 6

const paintSpan = (
  { context, colours, scale }: Sheet,
  state: Lane['spans'][number]['state'],
  from: number,
  to: number,
  y: number,
): void => {
  const left = Math.max(scale.left, from)
  context.strokeStyle = state === 'down' || state === 'stopped' || state === 'gone' ? colours.grave : colours.quiet
  context.lineWidth = 1
  switch (state) {
    case 'down':
      context.beginPath()
      // Counted from where it begins: the hatching moves with its lane.
      for (let k = Math.floor((left - from) / HATCH_STEP); from + k * HATCH_STEP < to - HATCH_STEP / 2; k++) {
        const x = from + k * HATCH_STEP
        context.moveTo(x, y + HATCH_HALF)
        context.lineTo(x + HATCH_STEP, y - HATCH_HALF)
      }
      return context.stroke()
    case 'hidden':
      context.setLineDash([8, 5])
      context.lineDashOffset = left - from
      line(context, left, y, to, y)
      context.lineDashOffset = 0
      return context.setLineDash([])
    case 'joining':
      context.setLineDash([1.5, 3])
      line(context, left, y, to, y)
      return context.setLineDash([])
    case 'gone':
    case 'stopped':
      // It ends here.
      context.lineWidth = 2.4
      return line(context, from, y - HATCH_HALF - 2, from, y + HATCH_HALF + 2)
  }
}
