import { nextLife } from '../member/index.js'
import type { Link } from '../transport/index.js'
import { MAX_ROOM_BYTES } from '../wire/index.js'
import type { Room, RoomOptions } from './contract.js'
import { randomId } from './ids.js'
import { leave, openOwn } from './own.js'
import { LiveRoom } from './room.js'
import { readStored } from './stored.js'

/**
 * Opens the room for this page or process: as the replica it was before, where this origin has one stored that
 * nobody else uses, else as a new one. It is founded when three have met; proposals wait for that.
 * @throws StorageError, StorageCorrupt, Unsupported; InvalidSnapshot, ForeignState for a checkpoint that isn't this
 * replica's; TypeError for a name or address that can't be
 */
export const openRoom = async <Api>(options: RoomOptions<Api>): Promise<Room<Api>> => {
  checkName(options.name)
  const own = await openOwn(options.storage, options.name)
  let link: Link | undefined
  try {
    const { identity, storage, loaded } = own
    const stored = await readStored(loaded)
    const introduction = nextLife(loaded.fresh ? undefined : loaded.life, randomId(), stored.batches)
    // Before anything is said: a later life is known by it.
    await storage.writeStart(introduction)
    const persisted = options.storage.durable ? await askToPersist() : undefined
    const incarnation = introduction.start.count
    link = options.transport({ room: options.name, self: { replica: identity.id, incarnation } })
    return new LiveRoom(options, { identity, storage, introduction, persisted, link }, stored)
  } catch (error) {
    link?.close()
    await leave(own)
    throw error
  }
}

const checkName = (name: string): void => {
  const bytes = new TextEncoder().encode(name).length
  if (bytes < 1 || bytes > MAX_ROOM_BYTES || /\p{Surrogate}/u.test(name)) {
    throw new TypeError(`a room's name is text of 1 to ${MAX_ROOM_BYTES} bytes, not ${bytes}`)
  }
}

/** Whether the browser promises not to evict what is stored; undefined where it can't be asked. */
const askToPersist = async (): Promise<boolean | undefined> => {
  try {
    return await globalThis.navigator?.storage?.persist?.()
  } catch {
    return undefined
  }
}
