import { EpaxosError } from '../core/index.js'

/** What kind of wrong: enough to count by, and to tell an old program from a hostile one. */
export type WireErrorCode =
  /** More bytes than allowed. */
  | 'too-large'
  /** Not the plain CBOR that this library writes: a tag, a map, a length beyond the end, too deep … */
  | 'structure'
  /** Written by another version of the wire format. */
  | 'version'
  /** A value of the wrong type, or an array of the wrong length. */
  | 'shape'
  /** The right type, but outside its limits. */
  | 'range'
  /** Fields that contradict each other. */
  | 'rule'

/**
 * Bytes that can't be read, or a value that can't be written. Reading: drop the packet, its sender is
 * broken, hostile or newer. Writing: the value breaks a limit of this library; `path` says which part.
 */
export class WireError extends EpaxosError {
  override readonly name = 'WireError'

  constructor(
    readonly code: WireErrorCode,
    /** What was found, and what was expected. */
    readonly problem: string,
    /** Where, for example `messages[3].deps[1]`; empty: the whole. */
    readonly path: string = '',
    /** Of the wire format, with the code `version`: the one that the sender speaks. */
    readonly version: number | undefined = undefined,
  ) {
    super(path === '' ? problem : `${path}: ${problem}`)
  }

  /** The same error seen from the field or element that contains it. */
  under(step: string): WireError {
    const joint = this.path === '' || this.path.startsWith('[') ? '' : '.'
    return new WireError(this.code, this.problem, `${step}${joint}${this.path}`)
  }
}

/** Enough of a long string to recognise it by, in UTF-16 code units. */
const shownCodeUnits = 32

/** A value as an error message shows it: short, whatever it is. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > shownCodeUnits ? `${value.slice(0, shownCodeUnits)}…` : value)
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
