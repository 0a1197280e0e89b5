import { configurationFault } from '../core/index.js'
import { fixedVoters } from '../member/index.js'
import { encodeInvite, type Invite, WIRE_VERSION } from '../wire/index.js'
import { beginLife, emptyState, type Image } from './begin.js'
import type { CreateOptions, ListedOptions, Room } from './contract.js'
import { randomId } from './ids.js'
import { openListed, openNew } from './own.js'

const ID = /^[0-9a-f]{32}$/

/**
 * Founds a new room, with oneself as its one voter. Others come by its invite. With `voters`, for servers: the room that
 * all listed voters begin together, at their first start by the same program; later the same call resumes.
 * @throws StorageError, Unsupported; InvalidInvite for a relay that can't be; when resuming also what `openRoom` throws,
 * IdentityLost, and TypeError for a list that can't be
 */
export const createRoom = async <Api>(options: CreateOptions<Api> | ListedOptions<Api>): Promise<Room<Api>> => {
  if ('voters' in options) return beginListed(options)
  return foundRoom(options, emptyState(options.state))
}

/** A new group, whose first state is this one. */
export const foundRoom = async <Api>(options: CreateOptions<Api>, state: Image): Promise<Room<Api>> => {
  const invite = checked({ group: randomId(), secret: randomId(), relay: options.relay })
  const own = await openNew(options.storage, invite.group)
  return beginLife(options, invite, own, { ...state, voters: [own.identity.id] })
}

const beginListed = async <Api>(options: ListedOptions<Api>): Promise<Room<Api>> => {
  const { group, secret = group, relay, id, storage } = options
  const voters = [...options.voters].sort()
  const state = emptyState(options.state)
  const fault = configurationFault({ number: 0, voters, wireVersion: WIRE_VERSION, stateVersion: state.stateVersion })
  if (fault !== undefined) throw new TypeError(fault)
  if (!voters.includes(id)) throw new TypeError(`replica ${id} is none of the voters [${voters.join(', ')}]`)
  for (const each of [...voters, group, secret]) if (!ID.test(each)) throw new TypeError(`${each} is not 32 hex digits`)
  const invite = checked({ group, secret, relay })
  const own = await openListed(storage, group, id)
  return beginLife({ autopilot: fixedVoters, ...options }, invite, own, { ...state, voters })
}

/** @throws InvalidInvite before anything is stored */
const checked = (invite: Invite): Invite => {
  encodeInvite(invite)
  return invite
}
