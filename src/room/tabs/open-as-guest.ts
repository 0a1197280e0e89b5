import type { AnyState } from '../../state/index.js'
import type { Invite } from '../../wire/index.js'
import type { Room, RoomOptions } from '../contract.js'
import { hold } from '../hold.js'
import { reporterLoaded } from '../reporter.js'
import { LiveRoom } from '../room.js'
import { roomOn } from '../room-on.js'
import { Guest } from './guest.js'
import { tabLock } from './guests.js'
import { hostIn } from './host-in.js'
import { openShared } from './open-shared.js'
import { HostPlace, type Sharing } from './place.js'

/** The tab that holds the member answers at once: where it does not, the room opens without what it would say. */
const OPENING_MS = 1000

/** The room of an invite, on the member that another tab of this origin holds; when that goes, this one may go on with it. */
export const openAsGuest = async <S extends AnyState>(
  sharing: Sharing,
  invite: Invite,
  options: RoomOptions<S>,
): Promise<Room<S>> => {
  await reporterLoaded(options)
  const { locks, group, tab, environment } = sharing
  const freeTab = await hold(locks, tabLock(group, tab), { ifAvailable: true })
  // The member goes by the identity that was used last: if nobody says so, it is likely that one.
  const id = (await options.storage.identities(group)).at(-1) ?? '0'.repeat(32)
  const guest = new Guest({ room: options, invite, tab, id, environment })
  const free = HostPlace.of(sharing, { signal: guest.gone })
  free.finally(() => freeTab?.()).catch(() => {})
  let cancel = (): void => {}
  const late = new Promise<void>((resolve) => {
    cancel = environment.after(OPENING_MS, resolve)
  })
  // It may be this page's former self that is about to end.
  const first = await Promise.race([free, guest.ready(), late])
  cancel()
  if (first !== undefined) {
    try {
      return roomOn(options, environment, await hostIn(first, sharing, invite, options, (host) => guest.retire(host)))
    } catch (error) {
      guest.fail('this tab could not open the member')
      throw error
    }
  }
  // The member has left just now.
  if (guest.gone.aborted) return openShared(sharing, invite, options)

  const room = new LiveRoom(options, environment, guest)
  guest.listen(room.ports)
  const succeed = async (): Promise<void> => {
    const place = await free
    // An answer that is not heard here would be asked for again, and the call carried out a second time.
    if (place !== undefined && !guest.gone.aborted) await guest.caughtUp()
    if (guest.gone.aborted) place?.leave()
    if (place === undefined || guest.gone.aborted) return
    const host = await hostIn(place, sharing, invite, options, (host) => {
      if (guest.gone.aborted) return
      guest.retire(host)
      room.standOn(host)
      host.listen(room.ports)
    })
    if (guest.gone.aborted) await host.close()
  }
  succeed().catch((error: unknown) => {
    guest.fail(`this tab could not take the member over: ${error instanceof Error ? error.message : String(error)}`)
  })
  return room
}
