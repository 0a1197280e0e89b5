import { inRoom, NEW_ROOM } from '../address.js'
import { element, linkButton } from '../elements.js'
import { shortId } from '../text.js'
import type { KnownRoom } from './known-rooms.js'

/** For who comes without an invite: the rooms that are stored here, and a new one. */
export const startPage = (rooms: readonly KnownRoom[]): HTMLElement => {
  const list = element('ul')
  for (const { group, invite, openedAtMs } of rooms) {
    const name = `Room ${shortId(group)}`
    const opened = new Date(openedAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
    const link = element('a', { href: inRoom(location.href, invite), textContent: name })
    list.append(element('li', {}, link, element('span', { textContent: `opened ${opened}` })))
  }
  const page = element(
    'section',
    { className: 'room-card room-start' },
    element('h1', { textContent: 'A room for a few people' }),
    element('p', {
      textContent:
        'A board that everybody in the room can change at once: seats, notes, a counter. The tabs keep it the same by agreeing with each other. No server decides anything, and any one of three tabs may vanish at any moment.',
    }),
    linkButton('Make a new room', { href: `#${NEW_ROOM}`, className: 'button main' }),
    element('p', {
      className: 'lead',
      textContent: 'You were sent a link to a room? Open it in the address bar: the room is in the link.',
    }),
  )
  if (rooms.length > 0) {
    page.append(
      element('h2', { textContent: 'Rooms that you have been in' }),
      element('p', { className: 'lead', textContent: 'This browser has them stored.' }),
      list,
    )
  }
  return page
}
