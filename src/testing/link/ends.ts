import type { Address } from '../../transport/index.js'
import { ContractBroken, mustBe } from '../contract-broken.js'
import { A, addressOf, B, C, type LinkCase } from './meeting.js'

/** How links begin and end. */
export const ends: readonly LinkCase[] = [
  {
    name: 'nothing is told in the turn in which it was opened',
    async run(meeting) {
      const ear = meeting.open(A)
      mustBe([ear.peers, ear.statuses], [[], []], 'what was told')
      mustBe(
        ear.link.status(),
        { ...ear.link.status(), state: 'connecting', reason: undefined, peers: [] },
        'its status',
      )
      await ear.until('it opens', () => ear.link.status().state === 'open')
      mustBe(ear.statuses.at(-1)?.state, 'open', 'the last state that was told')
    },
  },
  {
    name: 'a link that is closed is gone for the others, and calls no listener any more',
    async run(meeting) {
      const [a, b, c] = await meeting.met(A, B, C)
      const told = [...a.peers]
      const statuses = a.statuses.length
      b.link.send(A, Uint8Array.of(1))
      a.link.close()
      await Promise.all([b.reaches(c), c.reaches(b)])
      // What was said before it went was under way longer than this.
      await b.say(c, Uint8Array.of(2))
      mustBe(a.peers, told, 'who was told to have come and gone')
      mustBe(a.statuses.length, statuses, 'how many statuses were told')
      mustBe(a.packets.length, 0, 'how many packets were told')
      mustBe([b.peers.at(-1), c.peers.at(-1)], ['-a1', '-a1'], 'what the others were told')
    },
  },
  {
    name: 'a link that is closed reaches nobody, takes nothing, and may be closed again',
    async run(meeting) {
      const [a] = await meeting.met(A, B)
      a.link.close()
      a.link.close()
      const { state, reason, peers } = a.link.status()
      mustBe({ state, reason, peers }, { state: 'closed', reason: undefined, peers: [] }, 'its status')
      mustBe(a.link.send(B, Uint8Array.of(1)), false, 'whether a packet is accepted')
      mustBe(a.link.bufferedBytes(B), 0, 'bytes that wait')
    },
  },
  {
    name: 'a link that is closed in the turn in which it was opened never comes',
    async run(meeting) {
      const a = meeting.open(A)
      await a.until('it is open', () => a.link.status().state === 'open')
      meeting.open(B).link.close()
      await a.reaches(meeting.open(C))
      mustBe(a.peers, ['+c1'], 'who was told to have come')
    },
  },
  {
    name: 'a listener may close the link that calls it, and is the last to be called',
    async run(meeting) {
      const [b, c] = await meeting.met(B, C)
      const a = meeting.open(A)
      a.link.onPeer(() => a.link.close())
      await a.until('somebody is told to have come', () => a.peers.length > 0)
      mustBe(a.link.status().state, 'closed', 'its state')
      const d = meeting.open(addressOf('d'))
      await Promise.all([b.reaches(c, d), c.reaches(b, d)])
      mustBe(a.peers.length, 1, 'how many peers were told to have come')
    },
  },
  {
    name: 'a room or an address that can not be is refused at once',
    async run(meeting) {
      const refused: readonly (readonly [room: string, self: Address])[] = [
        ['', A],
        ['x'.repeat(129), A],
        ['room', addressOf('x')],
        ['room', { replica: 'ab', incarnation: 1 }],
        ['room', addressOf('a', 0)],
      ]
      for (const [room, self] of refused) {
        try {
          meeting.openAs(room, self)
        } catch {
          continue
        }
        throw new ContractBroken(`room ${JSON.stringify(room)} for ${self.replica}/${self.incarnation} is taken`)
      }
    },
  },
]
