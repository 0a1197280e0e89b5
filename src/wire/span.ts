import { MAX_KEY_CODE_UNITS, MAX_SPANS_PER_COMMAND, type Span } from '../core/index.js'
import { type Codec, expectItems, list, optional, within } from './codec.js'
import { shown, WireError } from './error.js'
import { text } from './scalar.js'

const key = text(MAX_KEY_CODE_UNITS)
const end = optional(key)

/** Codes of spans: one more for what writes. */
const [KEY, RANGE] = [0, 2]

const checkRange = (from: string, to: string | undefined): void => {
  if (to !== undefined && from >= to) {
    throw new WireError('rule', `the range from ${shown(from)} to ${shown(to)} holds no key`)
  }
}

/** A key, or the ends of a range, behind a code that says which, and whether it writes. */
const span: Codec<Span> = {
  write(to, value) {
    const writes = value.write ? 1 : 0
    let field = 'key'
    try {
      if (value.kind === 'key') {
        to.array(2)
        to.integer(KEY + writes)
        key.write(to, value.key)
        return
      }
      checkRange(value.from, value.to)
      to.array(3)
      to.integer(RANGE + writes)
      field = 'from'
      key.write(to, value.from)
      field = 'to'
      end.write(to, value.to)
    } catch (error) {
      throw within(error, field)
    }
  },
  read(from) {
    const items = from.array()
    let field = 'kind'
    try {
      const code = items === 0 ? -1 : from.integer()
      const write = code % 2 === 1
      if (code - (write ? 1 : 0) === KEY) {
        expectItems(items, 2)
        field = 'key'
        return { kind: 'key', write, key: key.read(from) }
      }
      if (code - (write ? 1 : 0) !== RANGE) throw new WireError('shape', `${code} is no code of a span`)
      expectItems(items, 3)
      field = 'from'
      const first = key.read(from)
      field = 'to'
      const last = end.read(from)
      checkRange(first, last)
      return { kind: 'range', write, from: first, to: last }
    } catch (error) {
      throw within(error, field)
    }
  },
}

export const spans: Codec<readonly Span[]> = list(span, 0, MAX_SPANS_PER_COMMAND)
