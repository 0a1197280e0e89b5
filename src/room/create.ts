import { configurationFault } from '../core/index.js'
import { fixedVoters, type KeptProposal } from '../member/index.js'
import type { AnyState } from '../state/index.js'
import { encodeInvite, type Invite, WIRE_VERSION } from '../wire/index.js'
import { beginLife, firstImage, type Image } from './begin.js'
import type { CreateOptions, ListedOptions, Room } from './contract.js'
import { type Environment, platform } from './environment.js'
import type { Host } from './host.js'
import { type Own, openListed, openNew } from './own.js'
import { checkAuthor } from './room.js'
import { roomOn } from './room-on.js'
import { HostPlace, sharingOf } from './tabs/place.js'

const ID = /^[0-9a-f]{32}$/

/**
 * Founds a new room, with oneself as its one voter. Others come by its invite. With `voters`, for servers: the room that
 * all listed voters begin together, at their first start by the same program; later the same call resumes.
 * @throws StorageError, Unsupported, NotLoaded; InvalidInvite for a relay that can't be; InvalidSnapshot and NeedsUpdate for what it
 * is to begin with; when resuming also what `openRoom` throws, IdentityLost, and TypeError for a list that can't be
 */
export const createRoom = <S extends AnyState>(options: CreateOptions<S> | ListedOptions<S>): Promise<Room<S>> =>
  createRoomIn(platform(), options)

/** The same in an environment of one's own. */
export const createRoomIn = async <S extends AnyState>(
  environment: Environment,
  options: CreateOptions<S> | ListedOptions<S>,
): Promise<Room<S>> => {
  checkAuthor(options.author)
  const first = firstImage(options.state, options.from)
  if ('voters' in options) return roomOn(options, environment, await beginListed(options, first, environment))
  return roomOn(options, environment, await foundGroup(options, first, environment))
}

/** A new group, whose first state is this one. @param proposals what waits for its answer since another group with that state */
export const foundGroup = async <S extends AnyState>(
  options: CreateOptions<S>,
  first: Image,
  environment: Environment,
  proposals: readonly KeptProposal[] = [],
): Promise<Host<S>> => {
  const invite = checked({ group: environment.id(), key: 0, secret: environment.id(), relay: options.relay })
  const sharing = sharingOf(options, invite.group, environment)
  const place = sharing && (await HostPlace.of(sharing, { ifAvailable: true }))
  const open = (): Promise<Own> => openNew(options.storage, invite.group, environment)
  const own = await (place === undefined ? open() : place.open(open))
  const founding = { ...first, voters: [own.identity.id], proposals }
  return beginLife(options, invite, own, founding, environment, (host) => place?.serve(host))
}

const beginListed = async <S extends AnyState>(
  options: ListedOptions<S>,
  first: Image,
  environment: Environment,
): Promise<Host<S>> => {
  const { group, secret = group, relay, id, storage } = options
  const voters = [...options.voters].sort()
  const fault = configurationFault({ number: 0, voters, wireVersion: WIRE_VERSION, stateVersion: first.stateVersion })
  if (fault !== undefined) throw new TypeError(fault)
  if (!voters.includes(id)) throw new TypeError(`replica ${id} is none of the voters [${voters.join(', ')}]`)
  for (const each of [...voters, group, secret]) if (!ID.test(each)) throw new TypeError(`${each} is not 32 hex digits`)
  const invite = checked({ group, key: 0, secret, relay })
  const own = await openListed(storage, group, id, environment)
  return beginLife({ autopilot: fixedVoters, ...options }, invite, own, { ...first, voters }, environment)
}

/** @throws InvalidInvite before anything is stored */
const checked = (invite: Invite): Invite => {
  encodeInvite(invite)
  return invite
}
