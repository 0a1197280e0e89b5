import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LaneHappening } from './lane-content.js'
import { type Mark, MarkIndex, widthOf } from './lane-marks.js'
import type { Track } from './lane-scale.js'
import { executed, proposed } from './stage.js'

type Seen = Mark & { readonly track: Track; readonly full: boolean }

const marksOf = (index: MarkIndex, fromMs = 0, untilMs = 1e9, msPerPixel = 1): readonly Seen[] => {
  const seen: Seen[] = []
  index.between(fromMs, untilMs, msPerPixel, (mark, track, full) => seen.push({ ...mark, track, full }))
  return seen
}

const indexOf = (happenings: readonly LaneHappening[]): MarkIndex => {
  const index = new MarkIndex()
  index.update(happenings)
  return index
}

it('shows executions at one moment as one mark, from the first position to the last', () => {
  const index = indexOf([executed(5, 1), executed(5, 2), executed(5, 9, 1), executed(5, 3), executed(200, 4)])
  expect(marksOf(index).map(({ replica, text, key }) => [replica, text, key])).toEqual([
    [0, '1–3', '0.1'],
    [0, '4', '0.4'],
    [1, '9', '0.9'],
  ])
})

it('keeps each mark and lets its text give way where there is no room', () => {
  const index = indexOf([proposed(0, 'first'), proposed(10, 'second'), proposed(100, 'third')])
  expect(marksOf(index).map(({ text, full }) => [text, full])).toEqual([
    ['first', true],
    ['second', false],
    ['third', true],
  ])
})

it('names the first of many that are proposed together, and counts the others', () => {
  const index = indexOf([proposed(0, 'a'), proposed(100, 'a+b'), proposed(200, 'b4+b7+b9')])
  expect(marksOf(index).map(({ text }) => text)).toEqual(['a', 'a+b', 'b4 +2'])
})

it('gives texts their room back at a larger scale', () => {
  const index = indexOf([proposed(0, 'first'), proposed(10, 'second')])
  expect(marksOf(index, 0, 1e9, 1).map(({ full }) => full)).toEqual([true, false])
  expect(marksOf(index, 0, 1e9, 0.1).map(({ full }) => full)).toEqual([true, true])
})

const crowd = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom('executed', 'proposed'), fc.nat(2)), {
    maxLength: 80,
  })
  .map((made) =>
    made
      .sort(([a], [b]) => a - b)
      .map(([atMs, kind, replica], i) => ({
        ...(kind === 'executed' ? executed(atMs, i + 1) : proposed(atMs, `k${i}`)),
        replica,
      })),
  )

it('never lets two full marks of a lane and a track overlap', () => {
  fc.assert(
    fc.property(crowd, fc.double({ min: 0.1, max: 3, noNaN: true }), (happenings, msPerPixel) => {
      const full = marksOf(indexOf(happenings), 0, 1e9, msPerPixel).filter((mark) => mark.full)
      for (const [i, b] of full.entries()) {
        const a = full[i - 1]
        if (a === undefined || a.replica !== b.replica || a.track !== b.track) continue
        const room = (widthOf(a, a.track) + widthOf(b, b.track)) / 2
        expect((b.atMs - a.atMs) / msPerPixel).toBeGreaterThanOrEqual(room)
      }
    }),
  )
})

it('decides the same whatever part is looked at, and whether it came at once or little by little', () => {
  fc.assert(
    fc.property(crowd, fc.nat(400), fc.nat(400), fc.nat(80), (happenings, fromMs, lengthMs, cut) => {
      const whole = marksOf(indexOf(happenings))
      const growing = happenings.slice(0, cut)
      const index = indexOf(growing)
      marksOf(index)
      // What happens at one moment comes together.
      const more = happenings.slice(cut)
      fc.pre(growing.at(-1)?.atMs !== more[0]?.atMs)
      growing.push(...more)
      index.update(growing)
      const inPart = ({ atMs }: Mark): boolean => atMs >= fromMs && atMs <= fromMs + lengthMs
      expect(marksOf(index, fromMs, fromMs + lengthMs)).toEqual(whole.filter(inPart))
    }),
  )
})
