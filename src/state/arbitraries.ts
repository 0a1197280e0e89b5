import fc, { type Arbitrary } from 'fast-check'
import { type Command, read, readRange, type Span, type Sweep, write, writeRange } from '../core/index.js'
import { encodeJson, type Json } from './json.js'
import type { Operations } from './operation.js'

/** Test equipment: commands of a map, by sessions that are named by a number. */

export const session = (name: number, born = 0): string =>
  born.toString(16).padStart(8, '0') + name.toString(16).padStart(24, '0')

export const command = (
  by: string,
  sequence: number,
  spans: readonly Span[],
  operations: Operations,
  acknowledged = 0,
): Command => ({ spans, payload: encodeJson(operations as Json), session: by, sequence, acknowledged })

export const sweep = (after: number, ...named: Json[]): Sweep => ({
  kind: 'sweep',
  payload: encodeJson([after, named]),
})

const key = fc.constantFrom('a', 'b', 'c', 'd')

/** What a map can do, with the span it takes. */
export const doing: Arbitrary<readonly [readonly Span[], Operations]> = fc
  .oneof(
    key.map((k) => [[read(k)], ['get', k]] as const),
    fc.tuple(key, fc.nat(9)).map(([k, n]) => [[write(k)], ['add', k, n]] as const),
    key.map((k) => [[write(k)], ['delete', k]] as const),
    key.map((k) => [[readRange(k, 'd')], ['scan', k, 'd']] as const),
    key.map((k) => [[writeRange(k, 'd')], ['clear', k, 'd']] as const),
    // It throws, at every replica alike.
    key.map((k) => [[write(k)], ['set', `not ${k}`, 1]] as const),
  )
  .filter(([[span]]) => span?.kind !== 'range' || span.from !== 'd')
