import { type AnyState, createRoom, openRoom, type Room } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webRtc } from 'epaxos/transport/webrtc'

/**
 * Opens the room whose invite is behind the `#` of the page's address. Where there is none it founds one, and puts its
 * invite there: then the address is the link for the others.
 */
export const enter = async <S extends AnyState>(state: S, author?: string): Promise<Room<S>> => {
  const options = { state, storage: indexedDb(), transport: webRtc(), ...(author === undefined ? {} : { author }) }
  const invite = location.hash.slice(1)
  if (invite !== '') return openRoom(invite, options)
  const relay = new URL('/relay', location.href)
  relay.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const room = await createRoom({ ...options, relay: relay.href })
  history.replaceState(null, '', `#${room.invite()}`)
  return room
}

// Another link in the address bar is another room.
globalThis.addEventListener('hashchange', () => location.reload())
