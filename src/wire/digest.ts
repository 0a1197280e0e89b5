import { MAX_DIGEST_PARTS, MAX_PART_CODE_UNITS, MAX_SINCE_CODE_UNITS, type StateDigest } from '../member/index.js'
import { type Codec, type Fields, list, optional, pair, record, ruled } from './codec.js'
import { shown, WireError } from './error.js'
import { deps, epoch } from './instance.js'
import { integer, text } from './scalar.js'

const uint32 = integer(0, 2 ** 32 - 1)
const place = text(MAX_SINCE_CODE_UNITS)

const parts: Codec<StateDigest['parts']> = ruled(
  list(pair(text(MAX_PART_CODE_UNITS), uint32), 0, MAX_DIGEST_PARTS),
  (it) => {
    for (const [index, [name]] of it.entries()) {
      const next = it[index + 1]?.[0]
      if (next !== undefined && next <= name) {
        throw new WireError('rule', `${shown(next)} does not follow ${shown(name)}`, `[${index + 1}]`)
      }
    }
  },
)

const counted = { state: uint32, parts, since: optional(place) }

export const digest: Fields<Omit<StateDigest, 'kind'>> = {
  epoch,
  executed: deps,
  ...counted,
  ended: optional(record<NonNullable<StateDigest['ended']>>({ ...counted, place })),
}
