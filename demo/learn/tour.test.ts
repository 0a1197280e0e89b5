import { describe, expect, it } from 'vitest'
import { oneCommand } from './chapters/one-command.js'
import { together } from './chapters/together.js'
import { addressOf, placeOf } from './place.js'
import { Tour } from './tour.js'

const steps = (tour: Tour): number => tour.session.current.script.steps.length

describe('a tour', () => {
  it('waits for the hand of the reader, and plays to the end of the beat, no further', () => {
    const tour = new Tour(together)
    tour.advance(1000)
    expect([tour.waits, tour.ended, tour.positionMs]).toEqual([true, false, tour.mark.fromMs])
    tour.act()
    tour.advance(5)
    expect([tour.ended, tour.positionMs]).toEqual([false, tour.mark.fromMs + 5])
    tour.advance(1000)
    expect([tour.ended, tour.positionMs]).toEqual([true, tour.mark.untilMs])
  })

  it('does once what a beat waits for, however often that is asked', () => {
    const tour = new Tour(together)
    tour.act()
    tour.act()
    expect(steps(tour)).toBe(1)
  })

  it('has done all that comes before the beat it goes to', () => {
    const tour = new Tour(together)
    tour.go(4)
    expect(steps(tour)).toBe(2)
    expect(tour.positionMs).toBe(tour.mark.fromMs)
    expect(tour.session.world.chronicle.deeds.map(({ path }) => path)).toEqual(['fast', undefined])
  })

  it('goes back without undoing anything, and plays the same again without the hand', () => {
    const tour = new Tour(together)
    tour.go(3)
    tour.go(0)
    expect([tour.waits, tour.ended, tour.positionMs]).toEqual([false, false, tour.mark.fromMs])
    tour.finish()
    expect(tour.ended).toBe(true)
    tour.go(5)
    tour.finish()
    expect(steps(tour)).toBe(2)
    expect(tour.session.branches.length).toBe(1)
  })

  it('shows an earlier moment, and none that has not been played', () => {
    const tour = new Tour(together)
    tour.go(1)
    tour.look(10_000)
    expect(tour.positionMs).toBe(tour.mark.fromMs)
    tour.look(3)
    expect(tour.positionMs).toBe(3)
    tour.act()
    expect(tour.positionMs).toBe(tour.mark.fromMs)
    expect(tour.session.branches.length).toBe(1)
  })

  it('refuses a beat that the chapter does not have', () => {
    const tour = new Tour(oneCommand)
    expect(() => tour.go(9)).toThrow(RangeError)
  })
})

describe('an address', () => {
  it.each([
    ['learn/3', { chapter: 2, beat: 0 }, '#learn/3'],
    ['learn/3/2', { chapter: 2, beat: 1 }, '#learn/3/2'],
    ['learn/6/5', { chapter: 5, beat: 4 }, '#learn/6/5'],
  ])('%s leads to a step, and back', (fragment, place, address) => {
    expect(placeOf(fragment)).toEqual(place)
    expect(addressOf(place)).toBe(address)
  })

  it.each(['learn', 'learn/', 'learn/0', 'learn/7', 'learn/3/9', 'learn/3/2/1', 'learn/x'])(
    '%s leads to the list',
    (fragment) => {
      expect(placeOf(fragment)).toBeUndefined()
    },
  )
})
