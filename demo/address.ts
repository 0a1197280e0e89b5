/** What the page's address asks for. */
export interface Address {
  readonly room: string
  /** False: everything goes over the relay. */
  readonly direct: boolean
  readonly relay: string
}

/** Tabs that are opened without a name meet here. */
const DEFAULT_ROOM = 'lobby'

/** `?room=NAME`, and `&link=relay` to do without WebRTC. The relay is at the page's own origin. */
export const addressOf = (href: string): Address => {
  const url = new URL(href)
  const room = url.searchParams.get('room') || DEFAULT_ROOM
  const direct = url.searchParams.get('link') !== 'relay'
  const relay = new URL('/relay', url)
  relay.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return { room, direct, relay: relay.href }
}

/** The page's address with this room in it. */
export const inRoom = (href: string, room: string): string => {
  const url = new URL(href)
  url.searchParams.set('room', room)
  return url.href
}

/** Long enough that nobody meets a stranger, short enough to be read out. */
const RANDOM_NAME_BYTES = 5

export const randomRoom = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(RANDOM_NAME_BYTES)), (byte) =>
    byte.toString(36).padStart(2, '0'),
  ).join('')
