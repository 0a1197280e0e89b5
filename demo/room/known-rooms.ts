/** A room that this browser has been in, and has stored. */
export interface KnownRoom {
  readonly group: string
  readonly invite: string
  /** When it was opened last, in milliseconds of `Date.now`. */
  readonly openedAtMs: number
}

const KEY = 'epaxos-demo-rooms'

/** More than anybody goes back to. */
const MAX_ROOMS = 12

/** The last one opened first. */
export const knownRooms = (): readonly KnownRoom[] => {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isKnownRoom).slice(0, MAX_ROOMS) : []
  } catch {
    // Forbidden, or not written by this page: then there are none.
    return []
  }
}

export const rememberRoom = (group: string, invite: string): void =>
  store([{ group, invite, openedAtMs: Date.now() }, ...roomsBut(group)].slice(0, MAX_ROOMS))

export const forgetRoom = (group: string): void => store(roomsBut(group))

const roomsBut = (group: string): readonly KnownRoom[] => knownRooms().filter((room) => room.group !== group)

const store = (rooms: readonly KnownRoom[]): void => {
  try {
    localStorage.setItem(KEY, JSON.stringify(rooms))
  } catch {
    // Only a convenience: who has the link has the room.
  }
}

const isKnownRoom = (value: unknown): value is KnownRoom =>
  typeof value === 'object' &&
  value !== null &&
  'group' in value &&
  typeof value.group === 'string' &&
  'invite' in value &&
  typeof value.invite === 'string' &&
  'openedAtMs' in value &&
  typeof value.openedAtMs === 'number'
