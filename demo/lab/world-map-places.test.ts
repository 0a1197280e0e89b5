import { type AwsRegion, awsRoundTripMs, type MemberView } from 'epaxos/sim'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cities } from '../run/words.js'
import { eachLandDot, LAND_STEP_DEGREES } from './land.js'
import {
  cityBeside,
  cityPoint,
  crosses,
  DISC,
  type Line,
  labelOn,
  mapHeight,
  nameBeside,
  nearestCity,
  overlap,
  placeOnCircle,
  placeOnMap,
  sidesOf,
  waysBetween,
  westToEast,
} from './world-map-places.js'

const member = (replica: number, city: AwsRegion | undefined): MemberView => ({
  replica,
  state: 'up',
  role: 'voter',
  epoch: 0,
  city,
  executed: 0,
})

const membersOf = (where: readonly (AwsRegion | undefined)[]): readonly MemberView[] =>
  where.map((city, replica) => member(replica, city))

const widths = fc.integer({ min: 280, max: 900 })

it('puts up to nine discs into any cities without any two of them overlapping, at the width of a phone, too', () => {
  const anywhere = fc.array(fc.constantFrom(...cities), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(anywhere, widths, (where, width) => {
      const placed = placeOnMap(membersOf(where), width)
      expect(placed).toHaveLength(where.length)
      for (const [i, a] of placed.entries()) {
        expect(a.x >= DISC / 2 && a.x <= width - DISC / 2).toBe(true)
        expect(a.y >= DISC / 2 - 1 && a.y <= mapHeight(width) - DISC / 2 + 1).toBe(true)
        for (const b of placed.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(DISC - 1)
      }
    }),
  )
})

it('puts nine discs on a circle without any two of them overlapping', () => {
  const placed = placeOnCircle(membersOf(Array.from({ length: 9 })), 300)
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(DISC)
  }
})

it('takes a disc that is dropped at a city there', () => {
  for (const city of cities) expect(nearestCity(cityPoint(city, 330), 330)).toBe(city)
})

it('walks through the cities from west to east, and stays at the ends', () => {
  expect(westToEast[0]).toBe('us-west-1')
  expect(cityBeside('us-west-1', 1)).toBe('ca-central-1')
  expect(cityBeside('us-west-1', -1)).toBe('us-west-1')
  expect(cityBeside('ap-southeast-1', 1)).toBe('ap-southeast-1')
})

it('parts members by the line that goes on beyond its two points, whichever way it was drawn', () => {
  const placed = [
    { replica: 0, x: 0, y: 0 },
    { replica: 1, x: 100, y: 0 },
    { replica: 2, x: 100, y: 300 },
  ]
  expect(sidesOf({ x: 50, y: 0 }, { x: 50, y: 10 }, placed)).toEqual([[1, 2], [0]])
  expect(sidesOf({ x: 50, y: 10 }, { x: 50, y: 0 }, placed)).toEqual([[0], [1, 2]])
})

it('has a way between each two cities where somebody is, with the measured round trip', () => {
  const ways = waysBetween(membersOf(['eu-west-1', 'eu-west-1', 'us-west-1', 'sa-east-1']))
  expect(ways).toHaveLength(3)
  for (const { from, to, roundTripMs } of ways) expect(roundTripMs).toBe(awsRoundTripMs[from][to])
})

it('puts a label where nothing else is, or nowhere', () => {
  const line: Line = [
    { x: 0, y: 50 },
    { x: 100, y: 50 },
  ]
  const size = { width: 10, height: 10 }
  const middle = { x: 50, y: 50, ...size }
  expect(labelOn(line, size, [], [])).toEqual(middle)
  const beside = labelOn(line, size, [middle], [])
  expect(beside !== undefined && overlap(beside, middle)).toBe(false)
  expect(labelOn(line, size, [{ x: 50, y: 50, width: 100, height: 10 }], [])).toBeUndefined()
})

it('puts a label where no other line crosses it', () => {
  const line: Line = [
    { x: 0, y: 50 },
    { x: 100, y: 50 },
  ]
  const across: Line = [
    { x: 50, y: 0 },
    { x: 50, y: 100 },
  ]
  const label = labelOn(line, { width: 10, height: 10 }, [], [across])
  expect(label?.x).toBe(42)
  expect(label !== undefined && crosses(across, label)).toBe(false)
})

it('puts the name of a city on the side to which no line leads', () => {
  const point = { x: 100, y: 100 }
  const size = { width: 40, height: 14 }
  const to = (x: number, y: number): Line => [point, { x, y }]
  expect(nameBeside(point, size, [], [], [], 300)).toMatchObject({ x: 100, y: 113 })
  expect(nameBeside(point, size, [], [], [to(100, 200)], 300).y).toBeLessThan(100)
  expect(nameBeside(point, size, [], [], [to(100, 200), to(100, 0), to(200, 100)], 300).x).toBeLessThan(80)
})

it('tells that a line crosses a box only where it does so between its ends', () => {
  const box = { x: 50, y: 50, width: 20, height: 10 }
  const line = (x: number, y: number, toX: number, toY: number): Line => [
    { x, y },
    { x: toX, y: toY },
  ]
  for (const crossing of [line(0, 50, 100, 50), line(50, 0, 50, 100), line(100, 100, 0, 0), line(50, 50, 51, 51)]) {
    expect(crosses(crossing, box)).toBe(true)
  }
  for (const passing of [line(0, 44, 100, 44), line(0, 50, 39, 50), line(61, 0, 61, 100), line(30, 0, 80, 40)]) {
    expect(crosses(passing, box)).toBe(false)
  }
})

it('has land where there is land, and none where there is sea', () => {
  const near = (longitude: number, latitude: number): boolean => {
    let found = false
    eachLandDot((x, y) => {
      found ||= Math.abs(x - longitude) <= LAND_STEP_DEGREES / 2 && Math.abs(y - latitude) <= LAND_STEP_DEGREES / 2
    })
    return found
  }
  expect([near(10, 50), near(-100, 40), near(134, -25), near(-55, -10), near(20, 5)]).not.toContain(false)
  expect([near(-30, 30), near(-150, -10), near(80, -30), near(-20, -30)]).not.toContain(true)
})
