import { DashingPen, drawArrow } from './arrow.js'
import type { Frame } from './canvas.js'
import type { PlacedEdge } from './edges.js'
import { type Geometry, pointOf } from './geometry.js'
import type { Link } from './hull.js'
import type { Layout } from './layout.js'
import { lookOf } from './look.js'
import type { PlacedCell } from './placed.js'
import { outlineOf, type Point } from './shapes.js'
import { type Colours, Stamps } from './stamps.js'
import { Strips } from './strips.js'
import type { Turns } from './turns.js'

/** All that one drawing of the grid shows. */
export interface Scene {
  readonly layout: Layout
  readonly geometry: Geometry
  /** What holds each component together, one after the other. */
  readonly links: readonly Link[]
  /** Per row, the number at its left end just now. */
  readonly at: readonly number[]
  readonly turns: Turns
  /** What is asked about: it and what it depends on are lit. */
  readonly asked: PlacedCell | undefined
  /** What has the focus, where that is to be seen. */
  readonly focused: PlacedCell | undefined
}

/** How edges of a kind are drawn; while some are lit, all others step back. */
const KINDS = {
  faint: { colour: 'edge', opacity: 0.18, width: 1 },
  'grown, faint': { colour: 'grown', opacity: 0.4, width: 1 },
  plain: { colour: 'edge', opacity: 0.8, width: 1 },
  grown: { colour: 'grown', opacity: 0.9, width: 1 },
  lit: { colour: 'ink', opacity: 1, width: 1.8 },
} as const
const BEHIND = 0.12

type Kind = keyof typeof KINDS

/** From the bottom up. In a dense drawing, what goes without saying is shown where it is asked for. */
const LAYERS: readonly Kind[] = ['faint', 'grown, faint', 'plain', 'grown', 'lit']
const DENSE_LAYERS: readonly Kind[] = ['plain', 'grown', 'lit']

const kindOf = ({ from, grown, implied, slight }: PlacedEdge, asked: PlacedCell | undefined): Kind => {
  if (from === asked) return 'lit'
  if (implied || slight) return grown ? 'grown, faint' : 'faint'
  return grown ? 'grown' : 'plain'
}

/** Around the members of a component: those of two that are neighbours have room side by side. */
const HULL_MARGIN = 3.5
/** Between members that others lie between. */
const HULL_LINK = 6
/** Marks are below cells. */
const HULL_SHIFT = 2.5

/** Draws the grid onto a canvas. What it draws again and again, it keeps until colours or sizes are others. */
export class Painter {
  #strips: Strips | undefined

  paint(frame: Frame, scene: Scene, colours: Colours): void {
    const { context } = frame
    const strips = this.#stripsFor(frame, scene, colours)
    strips.update(scene.layout)
    context.lineJoin = 'round'
    paintHulls(context, scene, colours)
    for (const kind of scene.geometry.numbered ? LAYERS : DENSE_LAYERS) {
      paintEdges(context, scene, colours, kind, frame.nowMs)
    }
    context.globalAlpha = 1
    strips.draw(context, scene.layout, scene.at)
    paintLit(context, scene, colours, strips.stamps)
  }

  #stripsFor({ ratio }: Frame, { geometry, layout }: Scene, colours: Colours): Strips {
    const before = this.#strips
    const rows = layout.rows.length
    const keeps = before?.stamps.colours === colours && before.stamps.ratio === ratio
    const { columns, pitch, size } = geometry
    if (keeps && before.rows === rows && before.geometry.columns === columns && before.geometry.pitch === pitch) {
      return before
    }
    const stamps =
      keeps && before.stamps.size.halfWidth === size.halfWidth ? before.stamps : new Stamps(colours, size, ratio)
    this.#strips = new Strips(stamps, geometry, rows)
    return this.#strips
  }
}

const whereIs = ({ geometry, at }: Scene, { cell: { instance } }: PlacedCell): Point =>
  pointOf(geometry, at, instance.slot, instance.number)

/** Piece by piece: all in one path take several times as long to fill, where no graphics processor helps. */
const paintHulls = (context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void => {
  if (scene.links.length === 0) return
  const { halfHeight } = scene.geometry.size
  const margin = Math.min(HULL_MARGIN, halfHeight / 2)
  for (const [colour, border] of [
    [colours.edge, 1],
    [colours.hull, 0],
  ] as const) {
    context.strokeStyle = colour
    context.fillStyle = colour
    for (const { one, other, close } of scene.links) {
      context.lineWidth = close ? 2 * (halfHeight + margin + border) : HULL_LINK + 2 * border
      strokeLink(context, scene, one, other)
    }
    for (const component of scene.layout.components) {
      for (const member of component) fillBody(context, scene, member, margin + border)
    }
  }
}

const strokeLink = (context: CanvasRenderingContext2D, scene: Scene, one: PlacedCell, other: PlacedCell): void => {
  const [from, to] = [whereIs(scene, one), whereIs(scene, other)]
  context.beginPath()
  context.moveTo(from.x, from.y + HULL_SHIFT)
  context.lineTo(to.x, to.y + HULL_SHIFT)
  context.stroke()
}

const fillBody = (context: CanvasRenderingContext2D, scene: Scene, member: PlacedCell, margin: number): void => {
  const { x, y } = whereIs(scene, member)
  const [across, down] = [scene.geometry.size.halfWidth + margin, scene.geometry.size.halfHeight + margin]
  context.beginPath()
  context.roundRect(x - across, y + HULL_SHIFT - down, 2 * across, 2 * down, down)
  context.fill()
}

/** All edges of one kind in one go. */
const paintEdges = (
  context: CanvasRenderingContext2D,
  scene: Scene,
  colours: Colours,
  kind: Kind,
  nowMs: number,
): void => {
  const { layout, geometry, at, turns, asked } = scene
  const dashing = new DashingPen(context)
  context.beginPath()
  for (const edge of layout.edges) {
    if (kindOf(edge, asked) !== kind) continue
    const end = pointOf(geometry, at, edge.to.cell.instance.slot, turns.endOf(edge, nowMs))
    const pen = edge.grown ? dashing : context
    drawArrow(pen, whereIs(scene, edge.from), end, geometry.size, 1.5 * geometry.pitch)
  }
  const { colour, opacity, width } = KINDS[kind]
  context.globalAlpha = asked !== undefined && kind !== 'lit' ? BEHIND : opacity
  context.strokeStyle = colours[colour]
  context.lineWidth = width
  context.stroke()
}

const paintLit = (context: CanvasRenderingContext2D, scene: Scene, colours: Colours, stamps: Stamps): void => {
  const { layout, geometry, asked, focused } = scene
  context.strokeStyle = colours.ink
  context.lineWidth = 2.4
  const lit = layout.edges.flatMap(({ from, to }) => (from === asked ? [to] : []))
  if (asked !== undefined) lit.push(asked)
  for (const placed of lit) {
    const { x, y } = whereIs(scene, placed)
    context.translate(x, y)
    context.stroke(new Path2D(outlineOf(lookOf(placed.cell), geometry.size)))
    context.translate(-x, -y)
    // Which may be as wide as the cell.
    const { position, executed } = placed.cell
    if (geometry.numbered && executed && position > 0) stamps.number(context, position, { x, y })
  }
  if (focused === undefined) return
  const { x, y } = whereIs(scene, focused)
  const [across, down] = [geometry.size.halfWidth + 4, geometry.size.halfHeight + 4]
  context.lineWidth = 2
  context.strokeRect(x - across, y - down, 2 * across, 2 * down + 5)
}
