import { openRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'
import { drawGrid, MAX_COLUMNS } from 'epaxos/view'
import { addressOf, inRoom, randomRoom } from './address.js'
import { byId } from './elements.js'
import { Entries } from './entries.js'
import { NoticeBoard } from './notice.js'
import { Seats } from './seats.js'
import { StatusBar } from './status-bar.js'

// What end-to-end tests hold on to, by data-testid:
//   status-role, status-quorum       their text is a RoomRole, and fast, slow or none
//   peers                            holds one .peer each, with data-kind (webrtc, relay, local, away) and data-replica
//   entry-<key>, value-<key>         a row, and the field that shows and edits its value
//   new-key, new-value, add          the form for a new entry
//   seat/1 … seat/4                  with data-held: free, here or elsewhere
//   grid                             holds cell-<slot>-<number>, each with data-position (0: not executed here) and
//                                    data-phase: none, pre-accepted, accepted, committed, executed or no-op

declare global {
  interface Window {
    /** To play with in the console. */
    room?: Room<ReplicatedMap>
  }
}

/** Often enough to be read, and seldom enough for tabs that share a machine's processors while thousands of edits run. */
const DRAW_MS = 100

const address = addressOf(location.href)
const newRoom = inRoom(location.href, randomRoom())
const notices = new NoticeBoard(newRoom)
const bar = new StatusBar()

const start = (room: Room<ReplicatedMap>): void => {
  window.room = room
  const { state, status } = room
  const entries = new Entries(state)
  const seats = new Seats(state, room.id)
  const grid = drawGrid(byId('grid', HTMLElement), { rows: [], voters: [], self: room.id })
  const main = byId('main', HTMLElement)
  const editor = byId('editor', HTMLFieldSetElement)
  let asked = false
  let drawnAtMs = Number.NEGATIVE_INFINITY
  /** Whether the map, or who may change it, is other than drawn. */
  let stale = true
  const draw = (nowMs: number): void => {
    asked = false
    drawnAtMs = nowMs
    const now = status.get()
    bar.draw(now)
    notices.draw(now)
    main.hidden = now.role === 'outsider'
    const closed = now.role !== 'voter' && now.role !== 'joining'
    if (stale || editor.disabled !== closed) {
      stale = false
      editor.disabled = closed
      entries.draw()
      seats.draw()
    }
    grid.update({ rows: room.trace(MAX_COLUMNS), voters: now.voters, self: room.id })
  }
  /** However much has changed; not at all while nobody looks. */
  const ask = (): void => {
    if (asked) return
    asked = true
    const sinceMs = performance.now() - drawnAtMs
    setTimeout(() => requestAnimationFrame(draw), Math.max(0, DRAW_MS - sinceMs))
  }
  status.subscribe(ask)
  room.subscribe(() => {
    stale = true
    ask()
  })
  ask()
}

byId('room-name', HTMLElement).textContent = address.room
byId('new-room', HTMLAnchorElement).href = newRoom
const copy = byId('copy-link', HTMLButtonElement)
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(inRoom(location.href, address.room))
    copy.textContent = 'Copied'
  } catch {
    copy.textContent = 'Copy it from the address bar'
  }
})

bar.say('opening …')
const transport = address.direct ? webRtc : webSocket
openRoom({
  name: address.room,
  state: replicatedMap(),
  storage: indexedDb(),
  transport: transport({ relay: address.relay }),
}).then(start, (error: unknown) => {
  bar.say('not open')
  notices.failed(error)
})
