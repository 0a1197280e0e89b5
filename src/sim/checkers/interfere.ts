import type { Span, Value } from '../../core/index.js'

/** Spans as stretches of keys, whether they are written; undefined: all keys. Not as core sees it: it is judged by this. */
const stretchesOf = (value: Value): readonly Stretch[] | undefined =>
  value.kind === 'commands' ? value.commands.flatMap(({ spans }) => spans.map(stretchOf)) : undefined

interface Stretch {
  readonly from: string
  /** The first key beyond; undefined: there is none. */
  readonly to: string | undefined
  readonly write: boolean
}

const stretchOf = (span: Span): Stretch =>
  span.kind === 'key' ? { from: span.key, to: `${span.key}\0`, write: span.write } : span

const before = (to: string | undefined, from: string): boolean => to !== undefined && to <= from

/** Protocol §1: their spans overlap, and one of the two writes there. A sweep interferes with everything. */
export const interfere = (a: Value, b: Value): boolean => {
  const [mine, theirs] = [stretchesOf(a), stretchesOf(b)]
  if (mine === undefined || theirs === undefined) return true
  return mine.some((x) => theirs.some((y) => (x.write || y.write) && !before(x.to, y.from) && !before(y.to, x.from)))
}
