import type { Deps, InstanceId } from '../../core/index.js'

/** An instance and what it depends on. */
export interface Known {
  readonly instance: InstanceId
  readonly deps: Deps
}

/**
 * Those that an instance and they depend on each other with, in turn: they are executed together, itself included, in
 * their order.
 * @param among that holds all of them
 */
export const componentOf = (one: Known, among: readonly Known[]): readonly InstanceId[] => {
  // Whoever depends on an instance depends on all before it in its row: what one reaches is a prefix of each row, and what
  // reaches one is found by the lowest of each row.
  const upTo = [...one.deps]
  const reached = new Set<Known>([one])
  grow(
    among,
    reached,
    ({ instance: { slot, number } }) => number <= (upTo[slot] ?? 0),
    ({ deps }) => {
      deps.forEach((number, slot) => {
        upTo[slot] = Math.max(upTo[slot] ?? 0, number)
      })
    },
  )
  const from = one.deps.map((_, slot) => (slot === one.instance.slot ? one.instance.number : Number.POSITIVE_INFINITY))
  const reaching = new Set<Known>([one])
  const isBelow = ({ deps }: Known): boolean => deps.some((number, slot) => number >= (from[slot] ?? 0))
  grow(among, reaching, isBelow, ({ instance: { slot, number } }) => {
    from[slot] = Math.min(from[slot] ?? number, number)
  })
  return [...reached]
    .filter((each) => reaching.has(each))
    .map(({ instance }) => instance)
    .sort((a, b) => a.number - b.number || a.slot - b.slot)
}

/** Takes in whatever belongs, until nothing more does. */
const grow = (
  among: readonly Known[],
  taken: Set<Known>,
  belongs: (each: Known) => boolean,
  take: (each: Known) => void,
): void => {
  for (let size = 0; size < taken.size; ) {
    size = taken.size
    for (const each of among) {
      if (taken.has(each) || !belongs(each)) continue
      taken.add(each)
      take(each)
    }
  }
}
