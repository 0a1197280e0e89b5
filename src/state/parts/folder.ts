import { type RangeSpan, readRange, writeRange } from '../../core/index.js'
import type { Json, Plain } from '../json.js'
import type { KeyRange, Reading } from '../mutator.js'

/** All keys that begin with a name and a slash; without a name, all keys that there are. */
export interface Folder {
  readonly range: KeyRange
  key(rest: string): string
  /** The rest of a key that is in it. */
  rest(key: string): string
  /** A stretch of it: the ends of `range` are rests of keys. */
  within(range: KeyRange): KeyRange & { readonly from: string }
  /** A stretch of it, by the rests of keys; as it is at this call, and it can be gone through again. */
  entries<T extends Plain<T> = Json>(from: Reading, range?: KeyRange): Iterable<readonly [rest: string, value: T]>
  reads(range?: KeyRange): RangeSpan
  touches(range?: KeyRange): RangeSpan
}

export const folder = (name: string): Folder => {
  const prefix = name === '' ? '' : `${name}/`
  // The character after the slash is the 0: no key of the folder comes behind it, and none of another one before.
  const end: KeyRange = name === '' ? {} : { to: `${name}0` }
  const within = ({ from = '', to }: KeyRange): KeyRange & { readonly from: string } =>
    to === undefined ? { from: prefix + from, ...end } : { from: prefix + from, to: prefix + to }
  const spanned = (span: typeof readRange, range: KeyRange = {}): RangeSpan => {
    const { from, to } = within(range)
    return span(from, to)
  }
  const rest = (key: string): string => key.slice(prefix.length)
  return {
    range: within({}),
    key: (rest) => prefix + rest,
    rest,
    within,
    entries<T extends Plain<T>>(from: Reading, range: KeyRange = {}) {
      const found = from.scan<T>(within(range))
      return { [Symbol.iterator]: () => rested(found, rest) }
    },
    reads: (range) => spanned(readRange, range),
    touches: (range) => spanned(writeRange, range),
  }
}

function* rested<T>(
  found: Iterable<readonly [key: string, value: T]>,
  rest: (key: string) => string,
): Generator<readonly [rest: string, value: T]> {
  for (const [key, value] of found) yield [rest(key), value]
}
