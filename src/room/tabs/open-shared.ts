import type { AnyState } from '../../state/index.js'
import type { Invite } from '../../wire/index.js'
import type { Room, RoomOptions } from '../contract.js'
import { sharedTabs } from '../late/parts.js'
import { roomOn } from '../room-on.js'
import { hostIn } from './host-in.js'
import { HostPlace, type Sharing } from './place.js'

/**
 * The room of an invite, on the member that the tabs of this origin share: in this tab, or in another one while that is open.
 * @throws NotLoaded, beside what opening the member throws
 */
export const openShared = async <S extends AnyState>(
  sharing: Sharing,
  invite: Invite,
  options: RoomOptions<S>,
): Promise<Room<S>> => {
  const place = await HostPlace.of(sharing, { ifAvailable: true })
  if (place !== undefined) return roomOn(options, sharing.environment, await hostIn(place, sharing, invite, options))
  const { openAsGuest } = await sharedTabs.load()
  return openAsGuest(sharing, invite, options)
}
