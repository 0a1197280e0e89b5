import type { Dice } from './dice.js'

/** Something that takes bytes from outside. */
export interface Target {
  /** In the command line, and of its folder in the corpus. */
  readonly name: string
  /** Of all inputs it gets as many as its share of the shares of all. */
  readonly share: number
  /** What makes hostile inputs; it takes a moment to find sound ones to begin with. */
  readonly source: () => Source
  /** What takes them: throws, or rejects, with what is wrong with what came of one. */
  readonly subject: () => Subject
}

export type Source = (dice: Dice) => Uint8Array

export type Subject = (input: Uint8Array) => Promise<void> | undefined | void

/** What may come of an input: a value, or the one kind of error that this boundary throws. Anything else is thrown on. */
export const readOr = <T>(refusal: abstract new (...args: never) => Error, read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof refusal) return undefined
    throw error
  }
}

/** What is not as it should be, though nothing was thrown. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** What was read can be written, and reads as the same again. */
export const checkRoundTrip = <T>(
  value: T,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
): void => {
  const once = encode(value)
  const twice = encode(decode(once))
  if (!sameBytes(once, twice)) throw new Wrong('what was read is written in two ways')
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
