import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CreateOptions, createRoom, openRoom, type Room, type RoomOptions } from '../room/index.js'
import type { AnyState } from '../state/index.js'

const fileIn = (folder: string): string => join(folder, 'invite')

/** Of the room that was founded in this folder; undefined: none was. */
export const foundedInvite = async (folder: string): Promise<string | undefined> => {
  try {
    return await readFile(fileIn(folder), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The room of this folder: as it was left, or a new one, and then with its invite. */
export const foundIn = async (
  folder: string,
  relay: string | undefined,
  options: RoomOptions<AnyState>,
): Promise<{ readonly room: Room<AnyState>; readonly invite: string | undefined }> => {
  const founded = await foundedInvite(folder)
  if (founded !== undefined) return { room: await openRoom(founded, options), invite: undefined }
  if (relay === undefined) throw new Error('--found takes --relay: the address where the members of the room meet')
  const create: CreateOptions<AnyState> = { ...options, relay }
  const room = await createRoom(create)
  const invite = room.invite()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Whole, or not at all: who finds half of it could never come into the room again.
  const part = `${fileIn(folder)}.part`
  await writeFile(part, invite, { mode: 0o600, flush: true })
  await rename(part, fileIn(folder))
  return { room, invite }
}
