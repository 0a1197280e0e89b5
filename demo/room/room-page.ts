import type { ReplicatedMap, Room } from 'epaxos'
import { mountInspector } from 'epaxos/inspector'
import { element } from '../elements.js'
import type { Cable } from './cable.js'
import { Counter } from './counter.js'
import { Entries } from './entries.js'
import { InviteBox } from './invite-box.js'
import { MemberList } from './member-list.js'
import { Notes } from './notes.js'
import { CUT_OFF, noticeOf } from './notice.js'
import type { NoticeBoard } from './notice-board.js'
import { People } from './people.js'
import { Seats } from './seats.js'
import { SnapshotBar } from './snapshot-bar.js'
import type { StatusBar } from './status-bar.js'

/** Often enough to be read, and seldom enough for tabs that share a machine's processors while thousands of edits run. */
const DRAW_MS = 100

interface Surroundings {
  readonly bar: StatusBar
  readonly notices: NoticeBoard
  readonly cable: Cable
  readonly placePerTab: boolean
  /** The ids of the room's members that are stored in this browser. */
  readonly storedIds: () => Promise<readonly string[]>
  readonly rebuild: () => void
  readonly reconnect: () => void
}

export interface RoomPage {
  /** Something has changed that the room doesn't tell of. */
  ask(): void
  /** Leads the visitor to the link and its QR code. */
  invite(): void
  close(): void
}

/** Shows a room in a place that is its own, until it is closed. */
export const showRoom = (place: HTMLElement, room: Room<ReplicatedMap>, surroundings: Surroundings): RoomPage => {
  const { bar, notices, cable, placePerTab, storedIds, rebuild, reconnect } = surroundings
  const { state, status, presence } = room
  const people = new People(room)
  const seats = new Seats(room, people)
  const notes = new Notes(room, people)
  const counter = new Counter(room)
  const entries = new Entries(room)
  const members = new MemberList(placePerTab)
  const inviteBox = new InviteBox(location.href)
  const snapshot = new SnapshotBar()
  const behind = element(
    'section',
    { className: 'room-card' },
    element('h2', { textContent: 'How it is agreed' }),
    element('p', {
      className: 'lead',
      textContent:
        'Each change is an instance in the row of the voter that proposed it. There is no leader: voters agree on what each instance depends on (and with it on all before that in its row), and everybody executes it after those. When other members become voters, a new epoch begins, with empty rows.',
    }),
  )
  const board = element(
    'div',
    { className: 'room-board' },
    element('div', { className: 'room-side' }, seats.element, counter.element),
    notes.element,
  )
  /** What can be changed. */
  const editors = [element('fieldset', {}, board), element('fieldset', {}, entries.element)] as const
  place.replaceChildren(
    people.element,
    snapshot.element,
    editors[0],
    element('div', { className: 'room-about' }, inviteBox.element, members.element),
    behind,
    editors[1],
  )
  const inspector = mountInspector(room, { parent: behind })
  const invite = (): void => void inviteBox.reveal()
  let stored: ReadonlySet<string> = new Set()
  let known = ''
  let asked = false
  let ended = false
  let drawnAtMs = Number.NEGATIVE_INFINITY
  /** Whether the map, or who may change it, is other than drawn. */
  let stale = true
  const draw = (nowMs: number): void => {
    asked = false
    if (ended) return
    drawnAtMs = nowMs
    const now = status.get()
    const closed = now.role === 'stopped' || now.role === 'closed'
    bar.draw(now)
    notices.show(cable.cut ? CUT_OFF : noticeOf(now, stored), { rebuild, reconnect, invite })
    snapshot.draw(now)
    members.draw(now, stored)
    people.draw()
    people.element.hidden = closed
    seats.draw()
    if (stale || editors[0].disabled !== closed) {
      stale = false
      for (const editor of editors) editor.disabled = closed
      entries.draw()
      notes.draw()
    }
    notes.drawPeople()
    counter.draw()
    const ids = now.members.map(({ id }) => id).join()
    if (ids === known) return
    known = ids
    void storedIds().then((found) => {
      stored = new Set(found)
      ask()
    })
  }
  /** However much has changed; not at all while nobody looks. */
  const ask = (): void => {
    if (asked) return
    asked = true
    const sinceMs = performance.now() - drawnAtMs
    setTimeout(() => requestAnimationFrame(draw), Math.max(0, DRAW_MS - sinceMs))
  }
  const endings = [
    status.subscribe(ask),
    presence.subscribe(ask),
    state.subscribe(() => {
      stale = true
      ask()
    }),
  ]
  ask()
  return {
    ask,
    invite,
    close: () => {
      ended = true
      for (const end of endings) end()
      people.leave()
      inspector.close()
    },
  }
}
