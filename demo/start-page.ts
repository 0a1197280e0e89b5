import { inRoom, NEW_ROOM } from './address.js'
import { byId, element, linkButton } from './elements.js'
import type { KnownRoom } from './known-rooms.js'
import { shortId } from './text.js'

/** For who comes without an invite: the rooms that are stored here, or a new one. */
export const showStart = (rooms: readonly KnownRoom[]): void => {
  const list = element('ul')
  for (const { group, invite, openedAtMs } of rooms) {
    const name = `Room ${shortId(group)}`
    const opened = new Date(openedAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
    const link = element('a', { href: inRoom(location.href, invite), textContent: name })
    list.append(element('li', {}, link, element('span', { textContent: `opened ${opened}` })))
  }
  const start = byId('start', HTMLElement)
  start.append(
    element('h2', { textContent: 'Where to?' }),
    element('p', { className: 'lead', textContent: 'This browser has been in these rooms, and has them stored.' }),
    list,
    linkButton('Found a new room', { href: `#${NEW_ROOM}` }),
  )
  start.hidden = false
}
