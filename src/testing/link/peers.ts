import { must, mustBe } from '../contract-broken.js'
import { A, addressOf, B, C, type LinkCase } from './meeting.js'

const B2 = addressOf('b', 2)

/** Who comes, and who goes. */
export const peers: readonly LinkCase[] = [
  {
    name: 'links of one room meet, and know nobody of another one',
    async run(meeting) {
      const other = meeting.openElsewhere(C)
      const [a, b] = await meeting.met(A, B)
      await other.until('a link whose room is empty is open, too', () => other.link.status().state === 'open')
      mustBe([a.peers, b.peers, other.peers], [['+b1'], ['+a1'], []], 'who was told to have come')
    },
  },
  {
    name: 'whom it reaches is sorted by replica, and told to who listens to the status',
    async run(meeting) {
      const c = meeting.open(C)
      await c.until('it is open', () => c.link.status().state === 'open')
      const b = meeting.open(B)
      await c.reaches(b)
      const a = meeting.open(A)
      await c.reaches(a, b)
      const last = c.statuses.at(-1)
      mustBe(last?.peers, c.link.status().peers, 'whom the last status told reaches')
      mustBe(last?.reason, undefined, 'the reason of a link that is open')
    },
  },
  {
    name: 'a peer that goes and comes back is told to have gone and to have come',
    async run(meeting) {
      const [a, b] = await meeting.met(A, B)
      b.link.close()
      await a.reaches()
      await a.reaches(meeting.open(B2))
      mustBe(a.peers, ['+b1', '-b1', '+b2'], 'who was told to have come and gone')
    },
  },
  {
    name: 'a later life comes without the earlier one going, whose link is closed for good',
    async run(meeting) {
      const [a, earlier] = await meeting.met(A, B)
      const later = meeting.open(B2)
      await Promise.all([a.reaches(later), later.reaches(a)])
      await earlier.until('the link of the earlier life is closed', () => earlier.link.status().state === 'closed')
      mustBe(earlier.link.status().reason, 'replaced', 'why it is closed')
      mustBe(earlier.reached, [], 'whom it reaches')
      mustBe(a.peers, ['+b1', '+b2'], 'who was told to have come and gone')
      mustBe(a.link.send(B, Uint8Array.of(1)), false, 'whether a packet for the earlier life is accepted')
      await a.say(later, Uint8Array.of(2))
      must(
        later.packets.every(({ bytes }) => bytes[0] === 2),
        'the later life hears nothing that was not for it',
      )
    },
  },
  {
    name: 'an earlier life is refused for good while a later one is there',
    async run(meeting) {
      const [a, later] = await meeting.met(A, B2)
      const earlier = meeting.open(B)
      await earlier.until('the link of the earlier life is closed', () => earlier.link.status().state === 'closed')
      mustBe(earlier.link.status().reason, 'replaced', 'why it is closed')
      // Whoever comes after it is told after it.
      const c = meeting.open(C)
      await a.reaches(later, c)
      mustBe(a.peers, ['+b2', '+c1'], 'who was told to have come')
    },
  },
]
