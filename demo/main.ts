import { createRoom, openRoom, parseInvite, type ReplicatedMap, type Room, rebuildRoom } from 'epaxos'
import { addressOf, inRoom, NEW_ROOM } from './address.js'
import { byId } from './elements.js'
import { agreesToRebuild, leave } from './going.js'
import { forgetRoom, knownRooms, rememberRoom } from './known-rooms.js'
import { notOpened } from './notice.js'
import { NoticeBoard } from './notice-board.js'
import { optionsFor } from './options.js'
import { showRoom } from './room-page.js'
import { showStart } from './start-page.js'
import { StatusBar } from './status-bar.js'
import { messageOf, shortId } from './text.js'

// What end-to-end tests hold on to, by data-testid:
//   status-role, status-quorum       their text is a RoomRole, and fast, slow or none
//   status-epoch, status-survives    a number; how many voters may be lost, in words
//   member                           one each, with data-replica, data-role (voter, observer, joining) and data-kind
//                                    (self, webrtc, relay, local, away)
//   snapshot                         the progress bar of a state that is on its way
//   leave, rebuild, confirm          buttons; the last one in the question that the others ask
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

const address = addressOf(location.href)
const options = optionsFor(address)
const notices = new NoticeBoard()
const bar = new StatusBar()
let hide = (): void => {}

/** Shows a room that is open, under its own address. */
const show = (room: Room<ReplicatedMap>): void => {
  const invite = room.invite()
  const { group } = parseInvite(invite)
  window.room = room
  history.replaceState(null, '', inRoom(location.href, invite))
  if (address.stored) rememberRoom(group, invite)
  byId('room-name', HTMLElement).textContent = shortId(group)
  byId('room-line', HTMLElement).hidden = false
  hide()
  hide = showRoom(room, {
    bar,
    notices,
    placePerTab: address.placePerTab,
    storedIds: () => options.storage.identities(group),
    rebuild: () => void rebuild(room).catch(failed),
  })
}

const rebuild = async (room: Room<ReplicatedMap>): Promise<void> => {
  if (await agreesToRebuild()) show(await rebuildRoom(room, options))
}

const failed = (error: unknown): void => {
  bar.say('not open')
  notices.show(notOpened(messageOf(error)))
}

const copy = byId('copy-link', HTMLButtonElement)
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(location.href)
    copy.textContent = 'Copied'
  } catch {
    copy.textContent = 'Copy it from the address bar'
  }
})

const goodbye = byId('leave', HTMLButtonElement)
goodbye.addEventListener('click', async () => {
  const { room } = window
  if (room === undefined) return
  goodbye.disabled = true
  // It may end by itself meanwhile, which the page shows: then there is nothing to leave.
  const left = await leave(room).catch(() => false)
  goodbye.disabled = left
  if (!left) return
  // A closed room tells of nothing more.
  show(room)
  forgetRoom(room.status.get().group)
})

// Another link in the address bar is another room.
addEventListener('hashchange', () => location.reload())

const known = knownRooms()
if (address.room === '' && known.length > 0) showStart(known)
else {
  bar.say('opening …')
  const founds = address.room === '' || address.room === NEW_ROOM
  const opening = founds ? createRoom(options) : openRoom(address.room, options)
  opening.then(show, failed)
}
