import fc, { type Arbitrary } from 'fast-check'
import {
  type Batch,
  type Command,
  NOOP,
  type Proposed,
  read,
  readRange,
  type Span,
  type Value,
  write,
  writeRange,
} from './command.js'

/** Test equipment: random commands that often interfere, for fast-check. */

/** Few keys, one a prefix of others, so that the ends of ranges and keys meet. */
export const key: Arbitrary<string> = fc.constantFrom('', 'a', 'a\0', 'aa', 'ab', 'b', 'c', 'd', 'e')

const range: Arbitrary<Span> = fc
  .tuple(key, fc.option(key, { nil: undefined }), fc.boolean())
  .filter(([from, to]) => to === undefined || from < to)
  .map(([from, to, writes]) => (writes ? writeRange(from, to) : readRange(from, to)))

export const span: Arbitrary<Span> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(key, fc.boolean()).map(([k, writes]) => (writes ? write(k) : read(k))) },
  { weight: 1, arbitrary: range },
)

export const command: Arbitrary<Command> = fc.record(
  {
    spans: fc.array(span, { maxLength: 3 }),
    payload: fc.constant(new Uint8Array(1)),
    session: fc.constant('0'.repeat(32)),
    sequence: fc.integer({ min: 1, max: 1000 }),
    acknowledged: fc.constant(0),
    after: fc.constant([]),
  },
  { noNullPrototype: true },
)

export const batch: Arbitrary<Batch> = fc
  .array(command, { minLength: 1, maxLength: 2 })
  .map((commands) => ({ kind: 'commands', commands }))

/** Sweeps are rare, as they are in life. */
export const proposed: Arbitrary<Proposed> = fc.oneof(
  { weight: 6, arbitrary: batch },
  { weight: 1, arbitrary: fc.constant<Proposed>({ kind: 'sweep', payload: new Uint8Array(1) }) },
)

export const value: Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: proposed },
  { weight: 1, arbitrary: fc.constant(NOOP) },
)
