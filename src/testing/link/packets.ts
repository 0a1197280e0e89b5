import { LARGEST_PACKET_BYTES } from '../../wire/index.js'
import { must, mustBe } from '../contract-broken.js'
import { A, addressOf, B, C, D, type LinkCase } from './meeting.js'

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
    name: 'a packet for several goes to each of them, whole, and to nobody else',
    async run(meeting) {
      const [a, b, c, d] = await meeting.met(A, B, C, D)
      for (const length of [0, 1, 16_385, 1_000_000]) await a.sayAll([b, c], bytesOf(length))
      await a.say(d, Uint8Array.of(1, 2))
      must(
        d.packets.every(({ bytes }) => bytes.length === 2),
        'nobody else hears it',
      )
    },
  },
  {
    name: 'packets for several and packets for one do not get into each other',
    async run(meeting) {
      const [a, b, c] = await meeting.met(A, B, C)
      a.link.sendAll([B, C], bytesOf(500_000))
      a.link.send(B, bytesOf(400_000))
      a.link.send(C, bytesOf(300_000))
      await a.sayAll([c, b], bytesOf(200_000))
      // Repeated where they got lost.
      await a.sayAll([b, c], bytesOf(500_000))
      await a.say(b, bytesOf(400_000))
      await a.say(c, bytesOf(300_000))
      const lengths = new Set([...b.packets, ...c.packets].map(({ bytes }) => bytes.length))
      mustBe(
        [...lengths].sort(),
        [200_000, 300_000, 400_000, 500_000],
        'of which lengths the packets are that were heard',
      )
    },
  },
  {
    name: 'a packet for nobody, for strangers, or that is too large for anybody, is heard by nobody',
    async run(meeting) {
      const [a, b, c] = await meeting.met(A, B, C)
      const before = a.link.status().counters.packetsRefused
      a.link.sendAll([], Uint8Array.of(1))
      a.link.sendAll([D, addressOf('b', 2)], Uint8Array.of(1))
      a.link.sendAll([B, C], new Uint8Array(2 * LARGEST_PACKET_BYTES))
      mustBe(a.link.status().counters.packetsRefused - before, 4, 'how many were counted as refused')
      await a.sayAll([b, c], Uint8Array.of(2))
      must(
        [...b.packets, ...c.packets].every(({ bytes }) => bytes[0] === 2),
        'nothing of what was refused is heard',
      )
    },
  },
  {
    name: 'a packet for several reaches those who are there, whoever of them is not',
    async run(meeting) {
      const [a, b, c] = await meeting.met(A, B, C)
      await a.sayAll([b, c], Uint8Array.of(1), [D, addressOf('c', 7)])
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
      // Whatever seals it may add to it.
      const large = new Uint8Array(2 * LARGEST_PACKET_BYTES)
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
      a.link.sendAll([B], bytesOf(1_000_000))
      await a.untilSeen('nothing waits for a peer', () => a.link.bufferedBytes(B) === 0)
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
