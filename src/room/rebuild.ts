import type { AnyState } from '../state/index.js'
import type { CreateOptions, Room } from './contract.js'
import { foundGroup } from './create.js'
import { platform } from './environment.js'
import { Host } from './host.js'
import { LiveRoom } from './room.js'
import { roomOn } from './room-on.js'

/**
 * For when too many voters of a room are gone for good: founds a new one, with a new group id, secret and invite, on what
 * this member has executed, and closes the old one here. What others had executed beyond that is lost, and if they do come
 * back, there are two rooms: so it is for people to decide. Works in every role but before a state has come, also when
 * stopped, or closed. What waits for its answer goes along, under the same ids, and so does the table of sessions, which
 * keeps it from being executed a second time. The old identity stays stored, and resumes with the old invite.
 * @throws TypeError where there is no state yet, where the member is another tab's, or the room is not one of `createRoom`
 * and `openRoom`; what `createRoom` throws
 */
export const rebuildRoom = async <S extends AnyState>(room: Room<S>, options: CreateOptions<S>): Promise<Room<S>> => {
  if (!(room instanceof LiveRoom)) throw new TypeError('only a room of createRoom or openRoom can be rebuilt')
  const { backend } = room
  if (!(backend instanceof Host)) throw new TypeError('the member is in another tab: rebuild the room there')
  const { image } = backend
  if (image === undefined) throw new TypeError('there is nothing to rebuild from: this member has no state yet')
  const environment = platform()
  const first = { stateVersion: image.stateVersion, chunks: [...image.snapshotForAnother()] }
  const rebuilt = await foundGroup(options, first, environment, backend.kept)
  await room.close()
  return roomOn(options, environment, rebuilt)
}
