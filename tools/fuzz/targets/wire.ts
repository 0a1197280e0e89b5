import { packet } from '../../../src/wire/arbitraries.js'
import { soundPackets } from '../../../src/wire/hostile.js'
import { decodePacket, encodePacket, LARGEST_PACKET_BYTES, WireError } from '../../../src/wire/index.js'
import { changedOf, samplesOf } from '../sources.js'
import { checkRoundTrip, readOr, type Target } from '../target.js'

const encode = (it: ReturnType<typeof decodePacket>): Uint8Array => encodePacket(it, LARGEST_PACKET_BYTES)
const decode = (bytes: Uint8Array): ReturnType<typeof decodePacket> => decodePacket(bytes, LARGEST_PACKET_BYTES)

/** What members say to each other, once it is unsealed. */
export const wire: readonly Target[] = [
  {
    name: 'packet',
    share: 24,
    source: () => changedOf([...soundPackets(), ...samplesOf(packet).map((it) => encodePacket(it))]),
    subject: () => (input) => {
      const read = readOr(WireError, () => decode(input))
      if (read !== undefined) checkRoundTrip(read, encode, decode)
    },
  },
]
