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
      if (!own.loaded.fresh && own.loaded.membership?.founded) {
        if (other !== undefined) await leave(other)
        return own
      }
      // An identity whose storage is gone has forgotten what it promised to others: never again under this id [H14].
      if (own.loaded.fresh || other !== undefined) await leave(own)
      else other = own
    }
  } catch (error) {
    if (other !== undefined) await leave(other)
    throw error
  }
  return other ?? openStorage(factory, room, await identities.fresh())
}

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
