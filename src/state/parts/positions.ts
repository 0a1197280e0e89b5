/**
 * Places between places: texts that are ordered as `<` orders strings, with room for another one between any two. Each is a
 * row of digits of one width; the last one is never 0, so that there is room before it.
 */

const DIGIT_WIDTH = 6
const RADIX = 36
const BASE = RADIX ** DIGIT_WIDTH

/** Room that is left on the side where nothing was inserted yet: for halving it, time and again, 16 times. */
const STEP = 2 ** 16

/**
 * A place behind `low`, or before all without, and before `high`, or behind all without. It is one digit longer than those
 * two only where they leave no room; after tens of thousands of places in one direction, or some 16 to and fro.
 */
export const between = (low: string | undefined, high: string | undefined): string => {
  let path = ''
  let bounded = high
  for (let level = 0; ; level++) {
    const floor = digit(low, level) ?? 0
    const ceiling = digit(bounded, level) ?? BASE
    const step = Math.min(STEP, Math.floor((ceiling - floor) / 2))
    // Levels by turns leave their room on the one side and on the other: whichever is used, every second one lasts long.
    if (step > 0) return path + written(level % 2 === 0 ? floor + step : ceiling - step)
    path += written(floor)
    if (floor < ceiling) bounded = undefined
  }
}

const digit = (place: string | undefined, level: number): number | undefined => {
  const from = level * DIGIT_WIDTH
  return place === undefined || place.length <= from
    ? undefined
    : Number.parseInt(place.slice(from, from + DIGIT_WIDTH), RADIX)
}

const written = (value: number): string => value.toString(RADIX).padStart(DIGIT_WIDTH, '0')
