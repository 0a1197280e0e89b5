import type { Span } from '../../core/index.js'
import type { Mutators, Part } from '../mutator.js'

/**
 * The shape of the built-in parts, and a good one for others. Whatever such a part can do, it can do twice:
 *
 * - from outside, through `mutators`: `room.mutate.hits.add({ by: 2 })`. Arguments are one object, checked on every
 *   replica; an expected "no" is a result (`refuse`).
 * - inside a mutator of one's own, as one step of several, by a function of the same name that takes the `tx` first:
 *   `hits.add(tx, 2)`. What it touches is declared by `touches`, or `reads` where it is only looked at:
 *   `touches: ({ seat }) => [seats.touches(seat), hits.touches()]`.
 *
 * What looks takes a `Reading` first: `hits.value(room.state.get())`, `room.read([hits.reads()], hits.value)`, and in a
 * mutator `hits.value(tx)`.
 *
 * A part owns the key that is its name, or all keys that begin with its name and a slash: two parts of one name are one.
 */
export interface Composable<M extends Mutators, At extends readonly unknown[] = []> extends Part<M> {
  /** To look at it; of what has several places, without an argument, at all of it. */
  reads(...at: At): Span
  /** To change it; of what has several places, without an argument, any of them. */
  touches(...at: At): Span
}
