import { imageOf } from './begin.js'
import type { CreateOptions, Room } from './contract.js'
import { foundRoom } from './create.js'
import { LiveRoom } from './room.js'

/**
 * For when too many voters of a room are gone for good: founds a new one, with a new group id, secret and invite, on what
 * this member has executed, and closes the old one here. What others had executed beyond that is lost, and if they do come
 * back, there are two rooms: so it is for people to decide. Works in every role but before a state has come, also when
 * stopped, or closed. The table of sessions goes along: it belongs to the state, whose commands it keeps from being
 * executed a second time. The old identity stays stored, and resumes with the old invite.
 * @throws TypeError where there is no state yet, or the room is not one of `createRoom` and `openRoom`; what `createRoom` throws
 */
export const rebuildRoom = async <Api>(room: Room<Api>, options: CreateOptions<Api>): Promise<Room<Api>> => {
  if (!(room instanceof LiveRoom)) throw new TypeError('only a room of createRoom or openRoom can be rebuilt')
  const { machine } = room
  if (machine === undefined) throw new TypeError('there is nothing to rebuild from: this member has no state yet')
  const rebuilt = await foundRoom(options, imageOf(machine))
  await room.close()
  return rebuilt
}
