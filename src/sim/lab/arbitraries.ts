import fc, { type Arbitrary } from 'fast-check'
import { read, readRange, type Span, write, writeRange } from '../../core/index.js'
import { awsRegions } from '../aws.js'
import { MAX_MS, MAX_WAY_MS, MAX_WRITE_MS } from './bounds.js'
import type { LabAction, LabScript, LabSetup, LabStep, MailName } from './contract.js'

/** Test equipment: anything that a script may say, for fast-check. */

const msUpTo = (most: number): Arbitrary<number> =>
  fc.integer({ min: 0, max: most * 1000 }).map((thousandths) => thousandths / 1000)
const ms = msUpTo(MAX_MS)
const share: Arbitrary<number> = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
const replica: Arbitrary<number> = fc.nat(15)
const replicas: Arbitrary<number[]> = fc.uniqueArray(replica, { minLength: 1, maxLength: 9 })
const city = fc.constantFrom(...awsRegions)
const key: Arbitrary<string> = fc.oneof(
  fc.constantFrom('k', 'a', 'b', 'hot', 'ä', '>', '\u{1F600}', 'x'.repeat(64)),
  fc.string({ unit: fc.constantFrom(...'abckR0.:;!%&/="\'<>+-_~'), minLength: 1, maxLength: 64 }),
)

const range: Arbitrary<Span> = fc
  .tuple(fc.oneof(key, fc.constant('')), fc.option(key, { nil: undefined }), fc.boolean())
  .filter(([from, to]) => to === undefined || from < to)
  .map(([from, to, writes]) => (writes ? writeRange(from, to) : readRange(from, to)))

const span: Arbitrary<Span> = fc.oneof(
  fc.tuple(key, fc.boolean()).map(([k, writes]) => (writes ? write(k) : read(k))),
  range,
)

const mail: Arbitrary<MailName> = fc
  .record({
    kind: fc.constantFrom<MailName['kind']>('pre-accept', 'accept-ok', 'recover', 'frontier', 'snapshot', 'sealed'),
    of: fc.option(fc.record({ slot: fc.nat(8), number: fc.integer({ min: 1, max: 9_999_999 }) })),
    from: replica,
    to: replica,
  })
  .map(({ of, ...rest }) => (of === null ? rest : { ...rest, of }))

const sides: Arbitrary<number[][]> = fc
  .tuple(fc.uniqueArray(replica, { minLength: 2, maxLength: 9 }), fc.nat(8))
  .map(([all, at]) => [all.slice(0, at), all.slice(at)].filter((side) => side.length > 0))

const just = <K extends LabAction['kind']>(...kinds: readonly K[]): Arbitrary<K> => fc.constantFrom(...kinds)

export const action: Arbitrary<LabAction> = fc.oneof(
  fc.record({
    kind: just('propose'),
    replica,
    name: fc.string({ unit: fc.constantFrom(...'abzAZ09'), minLength: 1, maxLength: 7 }),
    spans: fc.array(span, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: just('burst'),
    replicas,
    count: fc.integer({ min: 1, max: 40 }),
    everyMs: ms,
    interference: share,
  }),
  fc.record({ kind: just('crash', 'restart', 'wipe', 'hide', 'show'), replica }),
  fc.record({ kind: just('cut'), sides }),
  fc.record({ kind: just('heal') }),
  fc.record({ kind: just('move'), replica, city }),
  fc.record({ kind: just('join'), replica, city: fc.option(city, { nil: undefined }) }),
  fc.record({ kind: just('seal'), replica, voters: replicas }),
  fc.record({ kind: just('drop', 'deliver'), mail }),
  fc.record({ kind: just('delay', 'repeat'), mail, byMs: ms }),
)

const steps: Arbitrary<LabStep[]> = fc
  .array(fc.record({ atMs: ms, action }), { maxLength: 30 })
  .map((unordered) => unordered.sort((a, b) => a.atMs - b.atMs))

const setup: Arbitrary<LabSetup> = fc.integer({ min: 1, max: 9 }).chain((voters) =>
  fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    voters: fc.constant(voters),
    net: fc.oneof(
      fc.record({ kind: fc.constant('even' as const), delayMs: msUpTo(MAX_WAY_MS) }),
      fc.record({
        kind: fc.constant('map' as const),
        cities: fc.array(city, { minLength: voters, maxLength: voters }),
      }),
    ),
    jitter: share,
    writeMs: msUpTo(MAX_WRITE_MS),
    thrifty: fc.boolean(),
  }),
)

export const script: Arbitrary<LabScript> = fc.record({ setup, steps }, { noNullPrototype: true })
