import { decodeInvite } from '../wire/index.js'
import { beginLife } from './begin.js'
import type { Room, RoomOptions } from './contract.js'
import { openAny } from './own.js'

/**
 * Comes into the room of an invite: as the member it was before, where this origin has one stored that nobody else uses,
 * else as a new one, which joins. It never founds: where nobody of the room is here, it waits.
 * @param invite its text, or a whole link with that behind the `#`
 * @throws InvalidInvite, StorageError, StorageCorrupt, Unsupported; NeedsUpdate, InvalidSnapshot, ForeignState for a
 * stored state that this program can't go on with; TypeError for a relay that the transport lacks
 */
export const openRoom = async <Api>(invite: string, options: RoomOptions<Api>): Promise<Room<Api>> => {
  const decoded = decodeInvite(invite)
  return beginLife(options, decoded, await openAny(options.storage, decoded.group), undefined)
}
