import type { Loaded, Storage, StorageFactory } from '../storage/index.js'
import { Identities, type Identity } from './identity.js'

/** An identity that no other replica lives under, with what is stored for it. */
export interface Own {
  readonly identity: Identity
  readonly storage: Storage
  readonly loaded: Loaded
}

/**
 * The oldest stored identity that is a member of the room and free; else the oldest that is free; else a new one.
 * Whoever has come too late once, and is stored as an outsider, must not be preferred to a voter.
 */
export const openOwn = async (factory: StorageFactory, room: string): Promise<Own> => {
  const identities = new Identities(factory, room)
  let other: Own | undefined
  try {
    for await (const identity of identities.stored()) {
      const own = await openStorage(factory, room, identity)
      if (hasForgotten(own)) await leave(own)
      else if (!own.loaded.fresh && own.loaded.membership?.founded) {
        if (other !== undefined) await leave(other)
        return own
      } else if (other !== undefined) await leave(own)
      else other = own
    }
  } catch (error) {
    if (other !== undefined) await leave(other)
    throw error
  }
  return other ?? openStorage(factory, room, await identities.fresh())
}

/** Its storage is gone, or was found to be an older copy: it lacks what it promised, and never comes back under its id [H14]. */
const hasForgotten = ({ identity, loaded }: Own): boolean =>
  loaded.fresh || loaded.lives.some(({ replica }) => replica === identity.id)

/** Gives up an identity, for the next one to take. */
export const leave = async ({ storage, identity }: Own): Promise<void> => {
  await storage.close()
  identity.release()
}

const openStorage = async (factory: StorageFactory, room: string, identity: Identity): Promise<Own> => {
  let storage: Storage | undefined
  try {
    storage = await factory.open(room, identity.id)
    return { identity, storage, loaded: await storage.load() }
  } catch (error) {
    await storage?.close()
    identity.release()
    throw error
  }
}
