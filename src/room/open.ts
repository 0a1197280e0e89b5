import type { AnyState } from '../state/index.js'
import { decodeInvite } from '../wire/index.js'
import { beginLife } from './begin.js'
import type { Room, RoomOptions } from './contract.js'
import { type Environment, platform } from './environment.js'
import { openAny } from './own.js'
import { checkAuthor } from './room.js'
import { roomOn } from './room-on.js'
import { openShared } from './tabs/open-shared.js'
import { sharingOf } from './tabs/place.js'

/**
 * Comes into the room of an invite: as the member it was before, where this origin has one stored that nobody else uses,
 * else as a new one, which joins. It never founds: where nobody of the room is here, it waits.
 * @param invite its text, or a whole link with that behind the `#`
 * @throws InvalidInvite, StorageError, StorageCorrupt, Unsupported, NotLoaded; NeedsUpdate, InvalidSnapshot, ForeignState for a
 * stored state that this program can't go on with; TypeError for a relay that the transport lacks
 */
export const openRoom = <S extends AnyState>(invite: string, options: RoomOptions<S>): Promise<Room<S>> =>
  openRoomIn(platform(), invite, options)

/** The same in an environment of one's own. */
export const openRoomIn = async <S extends AnyState>(
  environment: Environment,
  invite: string,
  options: RoomOptions<S>,
): Promise<Room<S>> => {
  checkAuthor(options.author)
  const decoded = decodeInvite(invite)
  const sharing = sharingOf(options, decoded.group, environment)
  if (sharing !== undefined) return openShared(sharing, decoded, options)
  const own = await openAny(options.storage, decoded.group, environment)
  return roomOn(options, environment, await beginLife(options, decoded, own, undefined, environment))
}
