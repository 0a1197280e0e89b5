/** So many are sorted at once: well below a millisecond. */
const RUN_LENGTH = 1024
/** The middle one of so many keys is near the middle of all, in whatever order they were inserted. */
const SAMPLE_LENGTH = 32

export type Pair<T> = readonly [key: string, value: T]

export const byKey = ([a]: Pair<unknown>, [b]: Pair<unknown>): number => (a < b ? -1 : 1)

/**
 * The pairs in the order of their keys, which are all different. They are sorted little by little, as they are asked
 * for: of a hundred thousand at once a page would feel it.
 */
export function* inOrder<T>(pairs: readonly Pair<T>[]): Generator<Pair<T>> {
  const parts = [pairs]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length <= RUN_LENGTH) {
      yield* [...part].sort(byKey)
      continue
    }
    const middle = middleKey(part)
    const isAbove = ([key]: Pair<T>): boolean => key >= middle
    parts.push(
      part.filter(isAbove),
      part.filter((pair) => !isAbove(pair)),
    )
  }
}

/** Above one other key at least: neither part is empty. */
const middleKey = (part: readonly Pair<unknown>[]): string => {
  const step = Math.floor(part.length / SAMPLE_LENGTH)
  const sample = Array.from({ length: SAMPLE_LENGTH }, (_, i) => part[i * step] as Pair<unknown>)
  return (sample.sort(byKey)[SAMPLE_LENGTH / 2] as Pair<unknown>)[0]
}
