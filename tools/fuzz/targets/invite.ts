import { crc32 } from '../../../src/member/index.js'
import { invite } from '../../../src/wire/arbitraries.js'
import { decodeInvite, encodeInvite, InvalidInvite } from '../../../src/wire/index.js'
import { damaged } from '../bytes.js'
import type { Dice } from '../dice.js'
import { samplesOf } from '../sources.js'
import { readOr, type Target, Wrong } from '../target.js'

const CRC_BYTES = 4

const utf8 = new TextEncoder()

/** Changed within, with a checksum that fits: somebody who knows how it is made. */
const resealed = (dice: Dice, text: string, other: string): string => {
  const bytesOf = (it: string): Uint8Array => Uint8Array.from(Buffer.from(it, 'base64url'))
  const content = damaged(dice, bytesOf(text).subarray(0, -CRC_BYTES), bytesOf(other))
  const whole = Buffer.concat([content, new Uint8Array(CRC_BYTES)])
  whole.writeUInt32BE(crc32(content), content.length)
  return whole.toString('base64url')
}

/** What people paste, and what they are sent. */
export const invites: Target = {
  name: 'invite',
  share: 6,
  source() {
    const sound = samplesOf(invite).map(encodeInvite)
    return (dice) => {
      const text = dice.of(sound)
      if (dice.onceIn(2)) return utf8.encode(resealed(dice, text, dice.of(sound)))
      return damaged(
        dice,
        utf8.encode(dice.onceIn(8) ? `https://a.example/?b#${text}` : text),
        utf8.encode(dice.of(sound)),
      )
    }
  },
  subject: () => (input) => {
    const text = new TextDecoder().decode(input)
    const read = readOr(InvalidInvite, () => decodeInvite(text))
    if (read !== undefined && !text.trim().endsWith(encodeInvite(read))) throw new Wrong('it has two texts')
  },
}
