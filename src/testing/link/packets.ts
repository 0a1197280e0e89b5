import { LARGEST_PACKET_BYTES } from '../../wire/index.js'
import { must, mustBe } from '../contract-broken.js'
import { A, addressOf, B, C, type LinkCase } from './meeting.js'

/** Bytes that are not those of any other place. */
const bytesOf = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = (at * 31) >> 3
  return bytes
}

/** What becomes of packets. */
export const packets: readonly LinkCase[] = [
  {
    name: 'packets of all sizes arrive whole and unchanged, from the life that has sent them',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      for (const length of [1, 0, 1000, 16_384, 16_385, 1_000_000]) {
        await a.say(b, bytesOf(length))
        await b.say(a, bytesOf(length))
      }
    },
  },
  {
    name: 'a packet of the largest size arrives whole',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      await a.say(b, bytesOf(LARGEST_PACKET_BYTES))
    },
  },
  {
    name: 'a packet goes to its receiver alone',
    async run(meeting) {
      const [a, b, c] = await meeting.met(A, B, C)
      await a.say(b, Uint8Array.of(1))
      await a.say(c, Uint8Array.of(2))
      must(
        c.packets.every(({ bytes }) => bytes[0] === 2),
        'what was sent to another one is not heard',
      )
    },
  },
  {
    name: 'what has no receiver, is for another life of it, or is too large, is not accepted',
    async run(meeting) {
      const [a] = await meeting.met(A, B)
      const before = a.link.status().counters.packetsRefused
      mustBe(a.link.send(C, Uint8Array.of(1)), false, 'whether a packet for a stranger is accepted')
      mustBe(a.link.send(addressOf('b', 2), Uint8Array.of(1)), false, 'whether one for another life is accepted')
      const large = new Uint8Array(LARGEST_PACKET_BYTES + 1)
      mustBe(a.link.send(B, large), false, 'whether one that is too large is accepted')
      mustBe(a.link.status().counters.packetsRefused - before, 3, 'how many were counted as refused')
    },
  },
  {
    name: 'what is sent and what is received is counted',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      await a.say(b, Uint8Array.of(1))
      must(a.link.status().counters.packetsSent >= 1, 'what was accepted is counted')
      mustBe(b.link.status().counters.packetsReceived, b.packets.length, 'what was told is counted')
    },
  },
  {
    name: 'nothing waits for a peer that everything has reached, nor for a stranger',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      await a.say(b, bytesOf(1_000_000))
      await b.say(a, Uint8Array.of(1))
      // They may have been said more than once.
      await a.untilSeen('nothing waits for a peer', () => a.link.bufferedBytes(B) === 0)
      mustBe(a.link.bufferedBytes(C), 0, 'bytes that wait for a stranger')
      mustBe(a.link.bufferedBytes(addressOf('b', 2)), 0, 'bytes that wait for another life')
    },
  },
  {
    name: 'each listener is told, until it has unsubscribed',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      let told = 0
      const unsubscribe = b.link.onMessage(() => told++)
      await a.say(b, Uint8Array.of(1))
      must(told > 0, 'a second listener is told')
      unsubscribe()
      unsubscribe()
      told = 0
      // A repetition of the first may come late: only what is new tells.
      await a.say(b, Uint8Array.of(2))
      mustBe(told, 0, 'how often it is told afterwards')
    },
  },
]
