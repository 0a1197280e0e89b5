import type { AnyState } from '../../state/index.js'
import type { Invite } from '../../wire/index.js'
import { beginLife } from '../begin.js'
import type { RoomOptions } from '../contract.js'
import type { Host } from '../host.js'
import { openAny } from '../own.js'
import type { HostPlace, Sharing } from './place.js'

/** The member of an invite, in the place of the tab that holds it. */
export const hostIn = async <S extends AnyState>(
  place: HostPlace,
  { group, environment }: Sharing,
  invite: Invite,
  options: RoomOptions<S>,
  attend: (host: Host<S>) => void = () => {},
): Promise<Host<S>> => {
  const own = await place.open(() => openAny(options.storage, group, environment))
  return beginLife(options, invite, own, undefined, environment, (host) => {
    place.serve(host)
    attend(host)
  })
}
