import type { Standing } from '../member/index.js'
import { type Codec, list, record, ruled } from './codec.js'
import { version } from './configuration.js'
import { WireError } from './error.js'
import { flag, id, integer } from './scalar.js'

const upToMaxAge = integer(0, Number.MAX_SAFE_INTEGER)

/** Told in whole milliseconds, whatever the clock that it was measured by. */
const age: Codec<number> = {
  write: (to, ms) => upToMaxAge.write(to, Math.floor(ms)),
  read: upToMaxAge.read,
}

const versions: Codec<readonly [number, number]> = ruled(
  list(version, 2, 2) as Codec<readonly [number, number]>,
  ([lowest, highest]) => {
    if (lowest > highest) throw new WireError('rule', `the lowest version, ${lowest}, is above the highest, ${highest}`)
  },
)

export const standing: Codec<Standing> = record<Standing>({
  durable: flag,
  place: id,
  ageMs: age,
  stateVersions: versions,
  wireVersions: versions,
})
