import { hexToBytes } from '../wire/index.js'
import type { LinkOptions } from './contract.js'

/** Where a relay listens, and what its room is to be entered with. */
export interface Seat extends Pick<LinkOptions, 'relay' | 'room' | 'self'> {
  readonly token?: string | (() => unknown)
}

/** As the frames that links and relays exchange have them; but their program may not be here yet. */
const MAX_ROOM_BYTES = 128
const MAX_TOKEN = 4096
const MAX_INCARNATION = 2 ** 32 - 1
const PRINTABLE = /^[\x21-\x7e]*$/

/** What a socket to this room is opened at. @throws TypeError for what is no relay's URL */
export const seatUrl = ({ relay, room }: Pick<Seat, 'relay' | 'room'>): string => {
  if (relay === undefined) throw new TypeError('no relay: this transport needs the ws: or wss: URL of one')
  const url = new URL(relay)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new TypeError(`relay ${relay}: not a ws: or wss: URL`)
  // A relay at the edge has to find the one object for the room before a socket is there to join on.
  url.searchParams.set('room', room)
  return url.href
}

/** Before anything of a link is loaded. @throws TypeError, WireError for what no relay would let in */
export const checkSeat = (seat: Seat): void => {
  const { room, self, token } = seat
  seatUrl(seat)
  hexToBytes(self.replica)
  if (!Number.isInteger(self.incarnation) || self.incarnation < 1 || self.incarnation > MAX_INCARNATION) {
    throw new TypeError(`incarnation ${self.incarnation} is not one of 1 … ${MAX_INCARNATION}`)
  }
  const bytes = new TextEncoder().encode(room)
  if (bytes.length === 0 || bytes.length > MAX_ROOM_BYTES || /\p{Surrogate}/u.test(room)) {
    throw new TypeError(`room of ${bytes.length} bytes: 1 to ${MAX_ROOM_BYTES} of well-formed text needed`)
  }
  if (typeof token === 'string' && (token.length > MAX_TOKEN || !PRINTABLE.test(token))) {
    throw new TypeError(`token of ${token.length} characters: at most ${MAX_TOKEN}, of printable ASCII`)
  }
}
