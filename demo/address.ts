/** What the page's address asks for, beside the door behind its `#`. */
export interface Address {
  /** False: everything goes over the relay. */
  readonly direct: boolean
  /** False: nothing outlives the tab. */
  readonly stored: boolean
  /** Each tab counts as a place of its own: a room in one browser then has several voters, which fall together. */
  readonly placePerTab: boolean
  /** How long a voter may be away before it is replaced, in milliseconds; undefined: as the library has it. */
  readonly graceMs: number | undefined
  /** Through which a room is founded here. One that is joined names its own. */
  readonly relay: string
}

/** The fragment of the list of rooms, and of one that is to be founded. Any other of the Room's is an invite. */
export const ROOMS = 'room'
export const NEW_ROOM = 'new'

/**
 * For trying things out: `?link=relay` to do without WebRTC, `storage=memory`, `place=browser` to have all tabs of a browser
 * count as one, as they do in the library, and `grace=2000`. The relay is at the page's own origin, unless `relay=wss://…`
 * says where: static hosts have none.
 */
export const addressOf = (href: string): Address => {
  const url = new URL(href)
  const option = (name: string): string | null => url.searchParams.get(name)
  const relay = new URL('/relay', url)
  relay.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return {
    direct: option('link') !== 'relay',
    stored: option('storage') !== 'memory',
    placePerTab: option('place') !== 'browser',
    graceMs: Number(option('grace')) || undefined,
    relay: option('relay') ?? relay.href,
  }
}

/** The same address, in a page that keeps nothing on a disk. */
export const inMemory = (href: string): string => {
  const url = new URL(href)
  url.searchParams.set('storage', 'memory')
  return url.href
}

/** The page's address with this behind the `#`: browsers keep it to themselves. */
export const inRoom = (href: string, room: string): string => {
  const url = new URL(href)
  url.hash = room
  return url.href
}
