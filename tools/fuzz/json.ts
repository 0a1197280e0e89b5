import type { Dice } from './dice.js'
import { type Kind, mutated } from './trees.js'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What is longer is cut off: to read it takes longer, for no other reason. */
const LARGEST_BYTES = 96 << 10

const NUMBERS = [0, -0, 1, -1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e308, Number.MIN_VALUE]
const STRINGS = ['', 'a', '\u0000', '\ud800', '__proto__', 'constructor', 'length']
const NAMES = ['__proto__', 'constructor', 'toString', 'kind', 'type', 'value', '']

const nested = (depth: number): Json => {
  let result: Json = []
  for (let i = 0; i < depth; i++) result = [result]
  return result
}

/** More than any engine, or this project, puts up with; to make them all the time takes all the time. */
const LARGE: readonly Json[] = [...[63, 64, 65, 73, 200, 2000].map(nested), 'k'.repeat(1025), 'x'.repeat(70_000)]
const LARGE_ONCE_IN = 100

const strange = (dice: Dice): Json => {
  if (dice.onceIn(LARGE_ONCE_IN)) return dice.of(LARGE)
  return dice.of<Json>([dice.of(NUMBERS), dice.of(STRINGS), null, [], {}, { [dice.of(NAMES)]: dice.of(NUMBERS) }])
}

const changedObject = (dice: Dice, object: { readonly [name: string]: Json }): Json => {
  const entries = Object.entries(object)
  const at = dice.below(entries.length + 1)
  const [name, value] = entries[at] ?? [dice.of(NAMES), null]
  const put = (by: readonly (readonly [string, Json])[]): Json =>
    Object.fromEntries(entries.toSpliced(at, 1, ...by.map(([a, b]): [string, Json] => [a, b])))
  if (dice.onceIn(5)) return put([])
  if (dice.onceIn(5)) return put([[dice.of(NAMES), value]])
  return put([[name, mutated(dice, json, value, object)]])
}

/** What JSON can hold. */
export const json: Kind<Json> = {
  leaf(dice, leaf) {
    if (dice.onceIn(6)) return strange(dice)
    if (typeof leaf === 'object' && leaf !== null && !Array.isArray(leaf)) {
      return changedObject(dice, leaf as { readonly [name: string]: Json })
    }
    if (typeof leaf === 'number') return dice.onceIn(2) ? leaf + dice.of([1, -1]) : dice.of(NUMBERS)
    if (typeof leaf === 'string' && leaf.length > 0 && dice.onceIn(2)) {
      const at = dice.below(leaf.length)
      return leaf.slice(0, at) + String.fromCharCode(dice.below(0x10000)) + leaf.slice(at + dice.below(3))
    }
    return typeof leaf === 'boolean' ? !leaf : strange(dice)
  },
  strange,
}

const utf8 = new TextEncoder()

export const textBytes = (value: Json): Uint8Array => utf8.encode(JSON.stringify(value)).slice(0, LARGEST_BYTES)
