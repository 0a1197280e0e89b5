import type { Json } from '../../state/index.js'
import { type Codec, integer, text, WireError } from '../../wire/index.js'

/** In UTF-16 code units: of what people read. */
export const MAX_WORDS = 4096

/** Of any JSON that goes from tab to tab, in UTF-16 code units: what a command or a result may hold, with some to spare. */
export const MAX_JSON: number = 16 << 20

export const count: Codec<number> = integer(0, Number.MAX_SAFE_INTEGER)

const read = text(MAX_WORDS)

/** What people read: cut off where it is too long, and what is no character becomes one that says so. */
export const words: Codec<string> = {
  write: (to, value) => to.bytes(new TextEncoder().encode(value.slice(0, MAX_WORDS))),
  read: read.read,
}

const textOfJson = text(MAX_JSON)

/** JSON, as its text; what is read is frozen. */
export const json: Codec<Json> = {
  write: (to, value) => textOfJson.write(to, JSON.stringify(value)),
  read(from) {
    const text = textOfJson.read(from)
    try {
      return JSON.parse(text, (_, value) => Object.freeze(value))
    } catch {
      throw new WireError('shape', 'this is no JSON')
    }
  },
}
