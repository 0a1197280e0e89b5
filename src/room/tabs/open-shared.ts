import type { AnyState } from '../../state/index.js'
import type { Invite } from '../../wire/index.js'
import { beginLife } from '../begin.js'
import type { Room, RoomOptions } from '../contract.js'
import { hold } from '../hold.js'
import type { Host } from '../host.js'
import { openAny } from '../own.js'
import { LiveRoom } from '../room.js'
import { roomOn } from '../room-on.js'
import { Guest } from './guest.js'
import { tabLock } from './guests.js'
import { HostPlace, type Sharing } from './place.js'

/** The tab that holds the member answers at once: where it does not, the room opens without what it would say. */
const OPENING_MS = 1000

/** The room of an invite, on the member that the tabs of this origin share: in this tab, or in another one while that is open. */
export const openShared = async <S extends AnyState>(
  sharing: Sharing,
  invite: Invite,
  options: RoomOptions<S>,
): Promise<Room<S>> => {
  const { locks, group, tab, environment } = sharing
  const place = await HostPlace.of(sharing, { ifAvailable: true })
  if (place !== undefined) return roomOn(options, environment, await hostIn(place, sharing, invite, options, () => {}))

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

const hostIn = async <S extends AnyState>(
  place: HostPlace,
  { group, environment }: Sharing,
  invite: Invite,
  options: RoomOptions<S>,
  attend: (host: Host<S>) => void,
): Promise<Host<S>> => {
  const own = await place.open(() => openAny(options.storage, group, environment))
  return beginLife(options, invite, own, undefined, environment, (host) => {
    place.serve(host)
    attend(host)
  })
}
