import type { LaneHappening } from './lane-content.js'
import { MARK_MARGIN, type Mark, type MarkIndex, widthOf } from './lane-marks.js'
import { NAME_RISE, type Track, trackY, xOf } from './lane-scale.js'
import { type Brush, disc, FONT, type Sheet, TONES, toneOf } from './lane-sheet.js'
import type { LaneColour } from './lane-styles.js'

const RING_RADIUS = 4.6
const PILL_HALF = 7

/** Draws the marks of a window: those in full over those that had to give way. */
export const paintMarks = (sheet: Sheet, index: MarkIndex): void => {
  const { context, content, scale, lit } = sheet
  const perPixel = scale.msPerPixel
  const lanes = content.lanes.length
  context.font = FONT
  context.textAlign = 'center'
  for (const inFull of [false, true]) {
    const fromMs = scale.fromMs - MARK_MARGIN * perPixel
    index.between(fromMs, content.positionMs, perPixel, (mark, track, full) => {
      if (full !== inFull || mark.replica >= lanes) return
      context.globalAlpha = TONES[toneOf(mark.key, lit)].alpha
      const x = xOf(scale, mark.atMs)
      const y = trackY(track, mark.replica, lanes)
      if (full) DRAWINGS[track](sheet, mark, x, y)
      else drawSmall(sheet, mark.last, x, y)
    })
  }
  context.globalAlpha = 1
}

type Draw = (brush: Brush, mark: Pick<Mark, 'last' | 'text'>, x: number, y: number) => void

/** A mark in full. */
export const drawMark = (brush: Brush, mark: Pick<Mark, 'last' | 'text'>, track: Track, x: number, y: number): void => {
  brush.context.font = FONT
  brush.context.textAlign = 'center'
  DRAWINGS[track](brush, mark, x, y)
}

const colourOf = (happening: LaneHappening): LaneColour => {
  switch (happening.kind) {
    case 'vote':
      return happening.round === 'pre-accept' ? 'pre-accepted' : happening.round === 'accept' ? 'accepted' : 'grave'
    case 'committed':
    case 'executed':
      return happening.kind
    case 'recovery':
    case 'crashed':
    case 'wiped':
    case 'stopped':
      return 'grave'
    default:
      return 'ink'
  }
}

/** Where there is no room: a dot on the lane, a dash elsewhere. */
const drawSmall = ({ context, colours }: Brush, happening: LaneHappening, x: number, y: number): void => {
  context.fillStyle = colours[colourOf(happening)]
  if (happening.kind === 'vote') return disc(context, x, y, 2)
  context.fillRect(x - 1, y - 4, 2, 8)
}

/** A name with a small arrow down to its lane. */
const drawAbove: Draw = ({ context, colours }, { last, text }, x, y) => {
  context.fillStyle = colours[colourOf(last)]
  context.beginPath()
  if (last.kind === 'recovery') {
    context.moveTo(x, y - 4)
    context.lineTo(x + 4, y)
    context.lineTo(x, y + 4)
    context.lineTo(x - 4, y)
  } else {
    context.moveTo(x - 4, y - 4)
    context.lineTo(x + 4, y - 4)
    context.lineTo(x, y + 4)
  }
  context.fill()
  // It is read over arrows.
  context.strokeStyle = colours.paper
  context.lineWidth = 3
  context.strokeText(text, x, y - NAME_RISE)
  context.fillText(text, x, y - NAME_RISE)
}

/** A ring that is filled as far as there are votes. */
const drawVote: Draw = ({ context, colours }, { last }, x, y) => {
  if (last.kind !== 'vote') return
  const share = Math.min(1, last.votes / last.needed)
  context.fillStyle = colours.paper
  disc(context, x, y, RING_RADIUS)
  context.fillStyle = colours[colourOf(last)]
  context.beginPath()
  context.moveTo(x, y)
  context.arc(x, y, RING_RADIUS, -Math.PI / 2, -Math.PI / 2 + share * 2 * Math.PI)
  context.fill()
  context.strokeStyle = colours[colourOf(last)]
  context.lineWidth = 1.4
  context.beginPath()
  context.arc(x, y, RING_RADIUS, 0, 2 * Math.PI)
  context.stroke()
}

/** A bar for each round trip to a quorum, a dot for a recovery; nothing where it was only told. */
const drawCommitted: Draw = ({ context, colours }, { last }, x, y) => {
  if (last.kind !== 'committed') return
  context.fillStyle = colours.paper
  context.strokeStyle = colours.committed
  context.lineWidth = 1.5
  context.beginPath()
  context.rect(x - 4, y - 5, 8, 7)
  context.fill()
  context.stroke()
  context.fillStyle = colours.committed
  if (last.path === 'fast') context.fillRect(x - 5.5, y + 4, 11, 2)
  if (last.path === 'slow') {
    context.fillRect(x - 5.5, y + 4, 4.5, 2)
    context.fillRect(x + 1, y + 4, 4.5, 2)
  }
  if (last.path === 'recovered') disc(context, x, y + 5, 1.8)
}

/** A filled pill with its place in the order. */
const drawExecuted: Draw = ({ context, colours }, mark, x, y) => {
  const half = Math.max(PILL_HALF, widthOf(mark, 'executed') / 2)
  context.fillStyle = colours.executed
  context.beginPath()
  context.arc(x - half + PILL_HALF, y, PILL_HALF, Math.PI / 2, (3 * Math.PI) / 2)
  context.arc(x + half - PILL_HALF, y, PILL_HALF, -Math.PI / 2, Math.PI / 2)
  context.fill()
  context.fillStyle = colours.paper
  context.fillText(mark.text, x, y + 4)
}

const DRAWINGS: Readonly<Record<Track, Draw>> = {
  above: drawAbove,
  line: drawVote,
  committed: drawCommitted,
  executed: drawExecuted,
}
