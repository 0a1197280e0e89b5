import { createRoom, openRoom, parseInvite, type ReplicatedMap, type Room, rebuildRoom } from 'epaxos'
import { addressOf, inRoom, NEW_ROOM, ROOMS } from '../address.js'
import type { Door, OpenDoor } from '../door.js'
import { button, element, linkButton, named } from '../elements.js'
import { shortId } from '../text.js'
import { agreesToRebuild, leave } from './going.js'
import { forgetRoom, knownRooms, rememberRoom } from './known-rooms.js'
import { notOpened } from './notice.js'
import { NoticeBoard } from './notice-board.js'
import { optionsFor } from './options.js'
import { type RoomPage, showRoom } from './room-page.js'
import { startPage } from './start-page.js'
import { StatusBar } from './status-bar.js'
import './room.css'
import './board.css'
import './map.css'
import './members.css'

// What end-to-end tests hold on to, by data-testid:
//   status-role, status-quorum       their text is a RoomRole, and fast, slow or none
//   status-epoch, status-survives    a number; how many voters may be lost, in words
//   member                           one each, with data-replica, data-role (voter, observer, joining) and data-kind
//                                    (self, webrtc, relay, local, away)
//   person, name                     who is here, one each; the field for the visitor's name
//   snapshot                         the progress bar of a state that is on its way
//   leave, rebuild, confirm          buttons; the last one in the question that the others ask
//   cut, reconnect                   the buttons that cut this tab off, and don't any more
//   invite                           the button that leads to the link and shows its QR code
//   link, show-qr, qr                the field with the link; the button for its QR code, and that, with the link in its name
//   seat/1 … seat/24                 buttons with data-held: free, here or elsewhere
//   counter, count                   the number, and the button that adds to it
//   add-note, note/<id>              a button; each note, with data-x and data-y, and in it note/<id>/text, …/move, …/delete
//   entry-<key>, value-<key>         a row of the map, and the field that shows and edits its value
//   new-key, new-value, add          the form for a new entry
//   cell-<slot>-<number>             of the grid, each with data-position (0: not executed here) and data-phase: none,
//                                    pre-accepted, accepted, committed, executed or no-op

declare global {
  interface Window {
    /** To play with in the console. */
    room?: Room<ReplicatedMap>
  }
}

/** What was open last is closed by then: an identity that is still held could not be taken up again. */
let closed: Promise<unknown> = Promise.resolve()

export const open: OpenDoor = (place, fragment) => {
  if (fragment !== ROOMS) return new OpenedRoom(place, fragment)
  place.className = 'room'
  place.append(startPage(knownRooms()))
  return { close: () => {} }
}

class OpenedRoom implements Door {
  readonly #address = addressOf(location.href)
  readonly #opening = optionsFor(this.#address)
  readonly #notices = new NoticeBoard()
  readonly #bar = new StatusBar()
  readonly #heading = element('h1', { textContent: 'Room' })
  readonly #invite = named(
    'invite',
    button('Invite …', () => this.#page?.invite()),
  )
  readonly #cut = named(
    'cut',
    button('Cut off', () => this.#connect(this.#opening.cable.cut)),
  )
  readonly #leave = named(
    'leave',
    button('Leave …', () => void this.#left()),
  )
  readonly #place: HTMLElement
  readonly #content = element('div')
  #room: Room<ReplicatedMap> | undefined
  #page: RoomPage | undefined
  #ended = false

  constructor(place: HTMLElement, fragment: string) {
    this.#place = place
    place.className = 'room'
    const tools = element(
      'p',
      { className: 'room-tools' },
      this.#invite,
      this.#cut,
      linkButton('New room', { href: `#${NEW_ROOM}` }),
      this.#leave,
    )
    this.#cut.title = 'Let nothing through, either way, until you reconnect'
    this.#offer(false)
    const top = element('div', { className: 'room-top' }, this.#heading, tools, this.#bar.element)
    place.append(top, this.#notices.element, this.#content)
    this.#bar.say('opening …')
    closed = this.#open(fragment)
  }

  fragment(fragment: string): boolean {
    return fragment === this.#room?.invite()
  }

  close(): void {
    this.#ended = true
    this.#page?.close()
    delete window.room
    const room = this.#room
    closed = closed.then(() => room?.close())
  }

  async #open(fragment: string): Promise<void> {
    await closed
    if (this.#ended) return
    try {
      const { options } = this.#opening
      const room = await (fragment === NEW_ROOM ? createRoom(options) : openRoom(fragment, options))
      if (this.#ended) await room.close()
      else this.#show(room)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Shows a room that is open, under its own address. */
  #show(room: Room<ReplicatedMap>): void {
    const invite = room.invite()
    const { group } = parseInvite(invite)
    this.#room = room
    window.room = room
    history.replaceState(null, '', inRoom(location.href, invite))
    if (this.#address.stored) rememberRoom(group, invite)
    this.#heading.textContent = `Room ${shortId(group)}`
    this.#offer(true)
    this.#page?.close()
    this.#page = showRoom(this.#content, room, {
      bar: this.#bar,
      notices: this.#notices,
      cable: this.#opening.cable,
      placePerTab: this.#address.placePerTab,
      storedIds: () => this.#opening.options.storage.identities(group),
      rebuild: () => void this.#rebuild(room).catch((error) => this.#failed(error)),
      reconnect: () => this.#connect(true),
    })
  }

  async #rebuild(room: Room<ReplicatedMap>): Promise<void> {
    if (!(await agreesToRebuild())) return
    const rebuilt = await rebuildRoom(room, this.#opening.options)
    if (this.#ended) await rebuilt.close()
    else this.#show(rebuilt)
  }

  #failed(error: unknown): void {
    if (this.#ended) return
    this.#bar.say('not open')
    this.#notices.show(notOpened(error))
  }

  /** Whether there is a room that this tab is in. */
  #offer(inside: boolean): void {
    for (const tool of [this.#invite, this.#cut, this.#leave]) tool.hidden = !inside
  }

  /** Or not any more. */
  #connect(connected: boolean): void {
    this.#opening.cable.cut = !connected
    this.#place.dataset.cut = String(!connected)
    this.#cut.textContent = connected ? 'Cut off' : 'Reconnect'
    this.#page?.ask()
    // The button that was pressed may have gone with its notice, far down the page.
    this.#cut.focus({ preventScroll: true })
  }

  async #left(): Promise<void> {
    const room = this.#room
    if (room === undefined) return
    this.#leave.disabled = true
    // It may end by itself meanwhile, which the page shows: then there is nothing to leave.
    const left = await leave(room).catch(() => false)
    this.#leave.disabled = left
    if (!left || this.#ended) return
    // A closed room tells of nothing more.
    this.#show(room)
    this.#offer(false)
    forgetRoom(room.status.get().group)
  }
}
