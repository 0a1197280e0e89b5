import type { RoomMember, RoomStatus } from 'epaxos'
import { element, named, setText } from '../elements.js'
import { shortId } from '../text.js'

/** Who is in the room, voters first, and why these vote. */
export class MemberList {
  readonly #list = element('ul', { ariaLabel: 'Members' })
  readonly #decision = named('decision', element('p', { className: 'lead' }))
  readonly #places = element('p', { className: 'lead' })
  readonly element: HTMLElement = element(
    'section',
    { className: 'room-card room-members' },
    element('h2', { textContent: 'Members' }),
    element('p', {
      className: 'lead',
      textContent:
        'Every tab is a member. One, three or five of them vote on the order of changes; the others observe: they follow, and propose through voters. Who votes is seen to by a part of every tab, the autopilot.',
    }),
    this.#list,
    this.#decision,
    this.#places,
  )
  #shown = ''

  /** @param placePerTab whether tabs of this browser count as places of their own */
  constructor(readonly placePerTab: boolean) {}

  /** @param stored the ids of members that are stored in this browser */
  draw(status: RoomStatus, stored: ReadonlySet<string>): void {
    const { id, role, members, decision, link, voters } = status
    this.element.hidden = role === 'closed'
    const kinds = new Map(link.peers.map(({ replica, kind }) => [replica, kind]))
    const reached = ({ id: other, silent }: RoomMember): string =>
      other === id ? 'self' : silent ? 'away' : (kinds.get(other) ?? 'away')
    const chips = members.map((member) => ({ member, kind: reached(member), neighbour: stored.has(member.id) }))
    chips.sort((a, b) => Number(b.member.role === 'voter') - Number(a.member.role === 'voter'))
    const now = JSON.stringify(chips)
    if (now !== this.#shown) {
      this.#shown = now
      this.#list.replaceChildren(...chips.map(drawn))
    }
    setText(this.#decision, decision === undefined ? '' : `Autopilot: ${decision}.`)
    const together = voters.filter((voter) => stored.has(voter)).length
    const here = members.filter((member) => stored.has(member.id)).length
    setText(this.#places, this.placePerTab ? fallTogether(together, voters.length) : countAsOne(here))
  }
}

interface Chip {
  readonly member: RoomMember
  /** How it is reached: `self`, `away`, or the kind of its link. */
  readonly kind: string
  /** It is stored in this browser. */
  readonly neighbour: boolean
}

const drawn = ({ member: { id, role, durable, sharesPlace }, kind, neighbour }: Chip): HTMLElement => {
  const notes = [role, REACHED[kind] ?? kind]
  if (neighbour && kind !== 'self') notes.push('this browser')
  if (sharesPlace && !neighbour) notes.push('shares its browser')
  if (durable === false) notes.push('in memory')
  const chip = element(
    'li',
    { title: id },
    element('strong', { textContent: shortId(id) }),
    element('span', { textContent: notes.join(' · ') }),
  )
  chip.dataset.replica = id
  chip.dataset.role = role
  chip.dataset.kind = kind
  return named('member', chip)
}

/** In words for visitors. */
const REACHED: Readonly<Record<string, string>> = {
  self: 'this tab',
  webrtc: 'direct',
  relay: 'over the relay',
  local: 'in this page',
}

const fallTogether = (together: number, voters: number): string =>
  together < 2
    ? ''
    : `To be tried out in one browser, each tab counts as a place of its own here. But ${together === voters ? 'all' : `${together} of the`} ${voters} voters are tabs of this browser, and go together when it closes: for a room that survives that, open its link in other browsers, or on other devices.`

const countAsOne = (here: number): string =>
  here < 2
    ? ''
    : `${here} members are tabs of this browser. These count as one, for they fall together: one of them votes. To see three voters, open the link in other browsers, profiles or devices.`
