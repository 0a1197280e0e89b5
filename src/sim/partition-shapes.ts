import type { Random } from './random.js'

/** From a slot to a slot: one direction that is cut. */
export type Cut = readonly [from: number, to: number]

/** Draws how a group of `n` falls apart, as the directions that are cut. */
export const drawPartition = (random: Random, n: number): readonly Cut[] => {
  const slots = random.sample(
    Array.from({ length: n }, (_, slot) => slot),
    n,
  )
  const [first = 0] = slots
  const side = new Set(slots.slice(0, 1 + random.below(n - 1)))
  const shape = random.pick(['halves', 'bridge', 'star', 'ring', 'one way'] as const)
  const connected = (from: number, to: number): boolean => {
    switch (shape) {
      case 'halves':
        return side.has(from) === side.has(to)
      // Two halves that share one member.
      case 'bridge':
        return from === first || to === first || side.has(from) === side.has(to)
      case 'star':
        return from === first || to === first
      case 'ring': {
        const apart = Math.abs(slots.indexOf(from) - slots.indexOf(to))
        return apart === 1 || apart === n - 1
      }
      case 'one way':
        return side.has(from) || !side.has(to)
    }
  }
  return slots.flatMap((from) => slots.filter((to) => from !== to && !connected(from, to)).map((to): Cut => [from, to]))
}
