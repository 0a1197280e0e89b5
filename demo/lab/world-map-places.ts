import { type AwsRegion, awsRoundTripMs, type MemberView } from 'epaxos/sim'
import { cities } from '../run/words.js'

/** Where things are on the map, in CSS pixels. */

export interface Point {
  readonly x: number
  readonly y: number
}

/** A member's disc. */
export interface Placed extends Point {
  readonly replica: number
}

// The part of the world that is shown, in degrees: where somebody may be, with a margin.
const WEST = -150
const EAST = 150
const NORTH = 75
const SOUTH = -57

/** Where the measured places are. */
const PLACES: Readonly<Record<AwsRegion, readonly [longitude: number, latitude: number]>> = {
  'ap-southeast-1': [103.8, 1.3],
  'ca-central-1': [-73.6, 45.5],
  'eu-west-1': [-6.3, 53.3],
  'sa-east-1': [-46.6, -23.6],
  'us-west-1': [-122, 37.4],
}

/** From west to east: what the arrow keys go through. */
export const westToEast: readonly AwsRegion[] = [...cities].sort((a, b) => PLACES[a][0] - PLACES[b][0])

export const pixelsPerDegree = (width: number): number => width / (EAST - WEST)

export const mapHeight = (width: number): number => pixelsPerDegree(width) * (NORTH - SOUTH)

export const project = (longitude: number, latitude: number, width: number): Point => ({
  x: (longitude - WEST) * pixelsPerDegree(width),
  y: (NORTH - latitude) * pixelsPerDegree(width),
})

export const cityPoint = (city: AwsRegion, width: number): Point => project(...PLACES[city], width)

export const nearestCity = ({ x, y }: Point, width: number): AwsRegion => {
  const distance = (city: AwsRegion): number => {
    const point = cityPoint(city, width)
    return Math.hypot(point.x - x, point.y - y)
  }
  return cities.reduce((nearest, city) => (distance(city) < distance(nearest) ? city : nearest))
}

/** The city next to this one, so many further east; the last one stays. */
export const cityBeside = (city: AwsRegion, east: number): AwsRegion =>
  westToEast[Math.max(0, Math.min(westToEast.length - 1, westToEast.indexOf(city) + east))] ?? city

/** Of a disc. */
export const DISC = 24
const GAP = 2

/** More than this many are in rows. */
const SIDE_BY_SIDE = 3

/** Discs around the point of a city: side by side, and in rows of three. */
export const around = (point: Point, members: number): readonly Point[] => {
  const rows = Math.ceil(members / SIDE_BY_SIDE)
  return Array.from({ length: members }, (_, i) => {
    const row = Math.floor(i / SIDE_BY_SIDE)
    const inRow = Math.min(SIDE_BY_SIDE, members - row * SIDE_BY_SIDE)
    return {
      x: point.x + ((i % SIDE_BY_SIDE) - (inRow - 1) / 2) * (DISC + GAP),
      y: point.y + (row - (rows - 1) / 2) * (DISC + GAP),
    }
  })
}

/** Cities may be nearer to each other than their discs are wide: so often discs that overlap push each other away. */
const PUSHES = 80

/** Discs that do not overlap, inside the picture, each as near to its place as that allows. */
const spread = (placed: readonly Placed[], width: number, height: number): readonly Placed[] => {
  const discs = placed.map((disc) => ({ ...disc }))
  const inside = (at: number, length: number): number => Math.min(length - DISC / 2 - 1, Math.max(DISC / 2 + 1, at))
  for (let push = 0; push < PUSHES; push++) {
    let still = true
    for (const [i, a] of discs.entries()) {
      a.x = inside(a.x, width)
      a.y = inside(a.y, height)
      for (const b of discs.slice(i + 1)) {
        const distance = Math.hypot(b.x - a.x, b.y - a.y)
        const missing = DISC + 1 - distance
        if (missing <= 0) continue
        still = false
        // Two at the very same point part to the sides.
        const [right, down] = distance === 0 ? [1, 0] : [(b.x - a.x) / distance, (b.y - a.y) / distance]
        a.x -= (right * missing) / 2
        a.y -= (down * missing) / 2
        b.x += (right * missing) / 2
        b.y += (down * missing) / 2
      }
    }
    if (still) break
  }
  return discs
}

/** Whether they are in cities; or else each is as far from every other. */
export const isOnMap = (members: readonly MemberView[]): boolean => members.some(({ city }) => city !== undefined)

export const placeOnMap = (members: readonly MemberView[], width: number): readonly Placed[] => {
  const placed = cities.flatMap((city) => {
    const there = members.filter((member) => member.city === city)
    const points = around(cityPoint(city, width), there.length)
    return there.map(({ replica }, i) => ({ replica, ...(points[i] as Point) }))
  })
  return spread(placed, width, mapHeight(width))
}

export const circleHeight = (width: number): number => Math.min(width, 260)

/** All on a circle, the first one at its top. */
export const placeOnCircle = (members: readonly MemberView[], width: number): readonly Placed[] => {
  const radius = circleHeight(width) / 2 - DISC / 2 - GAP
  return members.map(({ replica }, i) => {
    const angle = (2 * Math.PI * i) / members.length - Math.PI / 2
    return {
      replica,
      x: width / 2 + (members.length === 1 ? 0 : radius * Math.cos(angle)),
      y: circleHeight(width) / 2 + (members.length === 1 ? 0 : radius * Math.sin(angle)),
    }
  })
}

/** Who is on which side of the line through these two points, which goes on for ever; on it is on the left. */
export const sidesOf = (from: Point, to: Point, placed: readonly Placed[]): readonly [number[], number[]] => {
  const sides: [number[], number[]] = [[], []]
  for (const { replica, x, y } of placed) {
    const side = (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x)
    sides[side > 0 ? 1 : 0].push(replica)
  }
  return sides
}

/** A line between two cities where somebody is, with its round trip. */
export interface Way {
  readonly from: AwsRegion
  readonly to: AwsRegion
  readonly roundTripMs: number
}

export const waysBetween = (members: readonly MemberView[]): readonly Way[] => {
  const occupied = cities.filter((city) => members.some((member) => member.city === city))
  return occupied.flatMap((from, i) =>
    occupied.slice(i + 1).map((to) => ({ from, to, roundTripMs: awsRoundTripMs[from][to] })),
  )
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** The middles of boxes; their edges may touch. */
export const overlap = (a: Box, b: Box): boolean =>
  2 * Math.abs(a.x - b.x) < a.width + b.width && 2 * Math.abs(a.y - b.y) < a.height + b.height

/** A straight line between two points. */
export type Line = readonly [from: Point, to: Point]

/** Whether any of a line is inside a box. */
export const crosses = ([from, to]: Line, box: Box): boolean => {
  const [right, down] = [to.x - from.x, to.y - from.y]
  // The stretch of its way that lies within the box's width, and within its height.
  const shares = [within(from.x, right, box.x, box.width), within(from.y, down, box.y, box.height)]
  return Math.max(0, ...shares.map(([begin]) => begin)) < Math.min(1, ...shares.map(([, end]) => end))
}

const within = (from: number, by: number, middle: number, length: number): readonly [begin: number, end: number] => {
  const [near, far] = [middle - length / 2 - from, middle + length / 2 - from]
  if (by === 0) return near < 0 && far > 0 ? [0, 1] : [1, 0]
  return by > 0 ? [near / by, far / by] : [far / by, near / by]
}

/** Of the boxes that overlap nothing, the first of those that the fewest lines cross. */
const clearest = (boxes: readonly Box[], taken: readonly Box[], lines: readonly Line[]): Box | undefined => {
  const crossed = (box: Box): number => lines.filter((line) => crosses(line, box)).length
  return boxes
    .filter((box) => !taken.some((other) => overlap(box, other)))
    .reduce<Box | undefined>(
      (best, box) => (best === undefined || crossed(box) < crossed(best) ? box : best),
      undefined,
    )
}

/** Beside a city, the best first: where its name is, by the middle of the name and the size of what is there. */
const BESIDE = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const

/** Where a city's name has room among what is there, away from lines; below it where it has none anywhere. */
export const nameBeside = (
  point: Point,
  size: { readonly width: number; readonly height: number },
  discs: readonly Point[],
  taken: readonly Box[],
  lines: readonly Line[],
  width: number,
): Box => {
  // What is around the point: its discs, or its pin.
  const reach = (a: number, b: number): number =>
    Math.max(6, ...discs.map((disc) => a * (disc.x - point.x) + b * (disc.y - point.y) + DISC / 2))
  const boxes = BESIDE.map(([right, down]) => ({
    x: Math.min(
      width - size.width / 2,
      Math.max(size.width / 2, point.x + right * (reach(right, down) + size.width / 2 + GAP)),
    ),
    y: point.y + down * (reach(right, down) + size.height / 2),
    width: size.width,
    height: size.height,
  }))
  const inside = boxes.filter(({ y }) => y > size.height / 2)
  return clearest(inside, taken, lines) ?? (boxes[0] as Box)
}

/** Shares of a line's way where its label may be, the best first. */
const ALONG = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74]

/** Where on its line a label of this size has room among what is there, away from other lines; undefined: nowhere. */
export const labelOn = (
  [from, to]: Line,
  { width, height }: { readonly width: number; readonly height: number },
  taken: readonly Box[],
  others: readonly Line[],
): Box | undefined => {
  const boxes = ALONG.map((share) => ({
    x: from.x + share * (to.x - from.x),
    y: from.y + share * (to.y - from.y),
    width,
    height,
  }))
  return clearest(boxes, taken, others)
}
