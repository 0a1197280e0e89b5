import type { ReplicatedMap, Room } from 'epaxos'
import { drawGrid, type Grid, MAX_COLUMNS } from 'epaxos/view'
import { byId } from './elements.js'
import { Entries } from './entries.js'
import { MemberList } from './member-list.js'
import { noticeOf } from './notice.js'
import type { NoticeBoard } from './notice-board.js'
import { Seats } from './seats.js'
import { SnapshotBar } from './snapshot-bar.js'
import type { StatusBar } from './status-bar.js'

/** Often enough to be read, and seldom enough for tabs that share a machine's processors while thousands of edits run. */
const DRAW_MS = 100

interface Surroundings {
  readonly bar: StatusBar
  readonly notices: NoticeBoard
  readonly placePerTab: boolean
  /** The ids of the room's members that are stored in this browser. */
  readonly storedIds: () => Promise<readonly string[]>
  readonly rebuild: () => void
}

/** Shows a room, in place of what is there, until it is told to stop. */
export const showRoom = (room: Room<ReplicatedMap>, surroundings: Surroundings): (() => void) => {
  const { bar, notices, placePerTab, storedIds, rebuild } = surroundings
  const { state, status } = room
  byId('page', HTMLElement).replaceChildren(byId('room-page', HTMLTemplateElement).content.cloneNode(true))
  const entries = new Entries(room)
  const seats = new Seats(room, room.id)
  const members = new MemberList(placePerTab)
  const snapshot = new SnapshotBar()
  const editor = byId('editor', HTMLFieldSetElement)
  const place = byId('grid', HTMLElement)
  let grid: Grid | undefined
  let epoch: number | undefined
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
    bar.draw(now)
    notices.show(noticeOf(now, stored), rebuild)
    snapshot.draw(now)
    members.draw(now, stored)
    const closed = now.role === 'stopped' || now.role === 'closed'
    if (stale || editor.disabled !== closed) {
      stale = false
      editor.disabled = closed
      entries.draw()
      seats.draw()
    }
    if (grid === undefined || epoch !== now.epoch) {
      // An epoch has instances of its own: what was drawn is over.
      grid?.destroy()
      grid = drawGrid(place, { rows: [], voters: [], self: room.id })
      epoch = now.epoch
    }
    grid.update({ rows: room.trace(MAX_COLUMNS), voters: now.voters, self: room.id })
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
    state.subscribe(() => {
      stale = true
      ask()
    }),
  ]
  ask()
  return () => {
    ended = true
    for (const end of endings) end()
    grid?.destroy()
  }
}
