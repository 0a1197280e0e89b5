import fc, { type Arbitrary } from 'fast-check'
import { damaged, joined } from './bytes.js'
import { bytesOf, treeOf } from './cbor.js'
import type { Dice } from './dice.js'
import type { Source } from './target.js'
import { cbor, mutated } from './trees.js'

/** The same each time: what differs is what is done to them. */
const SEED = 1
const SAMPLES = 400

export const samplesOf = <T>(arbitrary: Arbitrary<T>, numRuns: number = SAMPLES): readonly T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns })

/** Sound ones, damaged byte by byte; a few as they are, a few that are nothing but chance. */
export const damagedOf =
  (sound: readonly Uint8Array[]): Source =>
  (dice) => {
    const kind = dice.below(64)
    if (kind === 0) return dice.of(sound)
    if (kind === 1) return dice.bytes(dice.below(100))
    return damaged(dice, dice.of(sound), dice.of(sound))
  }

/** Sound CBOR: most of it changed in its structure, the rest byte by byte. */
export const changedOf = (sound: readonly Uint8Array[]): Source => {
  const trees = sound.map(treeOf)
  const byBytes = damagedOf(sound)
  return (dice) => {
    if (dice.onceIn(4)) return byBytes(dice)
    const changed = bytesOf(mutated(dice, cbor, dice.of(trees), dice.of(trees)))
    if (changed === undefined) return byBytes(dice)
    return dice.onceIn(8) ? damaged(dice, changed, dice.of(sound)) : changed
  }
}

/** Several things after one another, each with an octet that says what is done with it. */
export interface Step {
  readonly what: number
  readonly bytes: Uint8Array
}

const HEADER_BYTES = 4

export const joinSteps = (steps: readonly Step[]): Uint8Array =>
  joined(
    ...steps.flatMap(({ what, bytes }) => {
      const header = new Uint8Array(HEADER_BYTES)
      new DataView(header.buffer).setUint32(0, bytes.length)
      header[0] = what
      return [header, bytes]
    }),
  )

/** Whatever the bytes are, they are some steps; what is cut off is shorter. */
export function* stepsIn(input: Uint8Array): Generator<Step> {
  for (let at = 0; at < input.length; ) {
    const what = input[at] as number
    const length = ((input[at + 1] ?? 0) << 16) | ((input[at + 2] ?? 0) << 8) | (input[at + 3] ?? 0)
    at += HEADER_BYTES
    yield { what, bytes: input.subarray(at, at + length) }
    at += length
  }
}

/** Up to so many steps. */
export const stepsOf =
  (most: number, source: (dice: Dice, what: number) => Uint8Array): Source =>
  (dice) =>
    joinSteps(
      Array.from({ length: 1 + dice.below(most) }, () => {
        const what = dice.below(256)
        return { what, bytes: source(dice, what) }
      }),
    )
