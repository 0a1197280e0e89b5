import { type Tree as Cbor, Raw } from './cbor.js'
import type { Dice } from './dice.js'

/** Trees of arrays and leaves, changed in their structure: what a peer would send that knows the format, and means harm. */

/** The ends of every width and of every limit, and what lies beyond them. */
const NUMBERS: readonly Cbor[] = [
  ...[0, 1, 2, 3, 8, 9, 10, 15, 16, 17, 23, 24, 63, 64, 255, 256, 1023, 1024, 1025, 65_535, 65_536],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 48, 2 ** 48 + 1, Number.MAX_SAFE_INTEGER],
  ...[2n ** 53n, 2n ** 63n, 2n ** 64n - 1n],
]

const raw = (...bytes: readonly number[]): Raw => new Raw(Uint8Array.from(bytes))

/** Items that this project never writes, and lengths of what does not follow. */
const STRANGE: readonly Cbor[] = [
  // A negative integer, text, a map, undefined, floats, another simple value, something without an end, a break.
  ...[
    raw(0x20),
    raw(0x61, 0x61),
    raw(0xa1, 1, 1),
    raw(0xf7),
    raw(0xf9, 0x7e, 0),
    raw(0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0),
  ],
  ...[raw(0xf8, 0xff), raw(0x9f, 1, 0xff), raw(0x5f, 0xff), raw(0xff), raw(0x1c)],
  // A big integer, a date, a shared value and a reference to it, a record, a regular expression, a typed array.
  ...[raw(0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0), raw(0xc1, 0), raw(0xd8, 0x1c, 0x80), raw(0xd8, 0x1d, 0)],
  ...[raw(0xd9, 0xdf, 0xff, 0x80), raw(0xd8, 0x23, 0x61, 0x28), raw(0xd8, 0x4e, 0x43, 1, 2, 3)],
  // Lengths.
  ...[raw(0x9a, 0xff, 0xff, 0xff, 0xff), raw(0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), raw(0x99, 4, 1)],
  ...[raw(0x5a, 0x7f, 0xff, 0xff, 0xff), raw(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
  // A number with leading zeros.
  ...[raw(0x1b, 0, 0, 0, 0, 0, 0, 0, 1), raw(0x18, 1)],
]

const BYTES: readonly Uint8Array[] = [
  ...[0, 1, 15, 16, 17, 255, 4096, 4097, 65_536, 65_537].map((length) => new Uint8Array(length)),
  // No UTF-8; half of a surrogate pair; a byte order mark.
  ...[Uint8Array.of(0xff), Uint8Array.of(0xed, 0xa0, 0x80), Uint8Array.of(0xef, 0xbb, 0xbf), Uint8Array.of(0xc0, 0x80)],
  new Uint8Array(1025).fill(0x6b),
]

const MOST_DEPTH = 64
const REPEATS = [2, 3, 9, 10, 64, 65, 1024, 1025]
const MOST_CHANGES = 3

/** How leaves are changed, and what is strange, in some kind of tree. */
export interface Kind<T> {
  readonly leaf: (dice: Dice, leaf: T) => T
  readonly strange: (dice: Dice) => T
}

export const cbor: Kind<Cbor> = {
  leaf(dice, leaf) {
    if (dice.onceIn(6)) return dice.of(STRANGE)
    if (typeof leaf === 'number') {
      return dice.onceIn(2) ? dice.of(NUMBERS) : Math.max(0, leaf + dice.of([1, -1, 2, -2, 16, -16]))
    }
    if (typeof leaf === 'boolean') return !leaf
    if (leaf instanceof Uint8Array && dice.onceIn(2) && leaf.length > 0) {
      return leaf.with(dice.below(leaf.length), dice.u32() & 0xff)
    }
    return dice.of<Cbor>([dice.of(NUMBERS), dice.of(BYTES), null, true, []])
  },
  strange: (dice) => dice.of(STRANGE),
}

const isBranch = <T>(tree: T): tree is T & readonly T[] => Array.isArray(tree)

/** A tree that differs from this one in a few places. What comes from the other one stands in the wrong place. */
export const mutated = <T>(dice: Dice, kind: Kind<T>, tree: T, other: T): T => {
  let result = tree
  for (let changes = 1 + dice.below(MOST_CHANGES); changes > 0; changes--) result = changedIn(dice, kind, result, other)
  return result
}

const changedIn = <T>(dice: Dice, kind: Kind<T>, tree: T, other: T): T => {
  if (!isBranch<T>(tree)) return kind.leaf(dice, tree)
  if (tree.length > 0 && !dice.onceIn(5)) {
    const at = dice.below(tree.length)
    return tree.map((child, i) => (i === at ? changedIn(dice, kind, child, other) : child)) as T
  }
  return changedBranch(dice, kind, tree, other)
}

const changedBranch = <T>(dice: Dice, kind: Kind<T>, tree: readonly T[], other: T): T => {
  const at = dice.below(tree.length + 1)
  const to = dice.below(tree.length + 1)
  const swapped = (): readonly T[] =>
    tree.map((child, i) => (i === at ? tree[to] : i === to ? tree[at] : child) ?? child)
  switch (dice.below(9)) {
    case 0:
      return tree.toSpliced(at, 1) as T
    case 1:
      return tree.toSpliced(at, 0, partOf(dice, other)) as T
    case 2:
      return tree.toSpliced(at, 1, partOf(dice, other)) as T
    case 3:
      return tree.toSpliced(at, 0, kind.strange(dice)) as T
    case 4: {
      const child = tree[at]
      return child === undefined
        ? (tree as T)
        : (tree.toSpliced(at, 0, ...new Array<T>(dice.of(REPEATS)).fill(child)) as T)
    }
    case 5:
      return tree.toReversed() as T
    case 6:
      return swapped() as T
    case 7:
      return [] as T
    default: {
      let nested = tree as T
      for (let depth = 1 + dice.below(dice.onceIn(8) ? MOST_DEPTH : 3); depth > 0; depth--) nested = [nested] as T
      return nested
    }
  }
}

const partOf = <T>(dice: Dice, tree: T): T => {
  if (!isBranch<T>(tree) || tree.length === 0 || dice.onceIn(4)) return tree
  return partOf(dice, dice.of(tree))
}
