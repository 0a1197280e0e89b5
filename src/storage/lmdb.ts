import type { StorageFactory } from './contract.js'
import { Folder } from './folder.js'
import { LmdbCells } from './lmdb-cells.js'
import { openEnvironment } from './lmdb-environment.js'
import { Log } from './log.js'

export interface LmdbOptions {
  /** The folder that holds everything: on a disk of this machine, not on a network. It is made where it is not there. */
  readonly path: string
}

/**
 * Durable storage on a disk, for Node: an LMDB database per room and replica, and a journal in front of it, in
 * `<path>/<room>/<replica>/`. It takes the package `lmdb`: without it, using it rejects with a `StorageError`
 * (`unavailable`). Of all processes that use a folder, each replica is one's alone: by lock files, which are free when
 * their process ends.
 */
export const lmdb = ({ path }: LmdbOptions): StorageFactory => {
  const folder = new Folder(path)
  return {
    durable: true,
    place: () => folder.place(),
    identities: (room) => folder.identities(room),
    // One environment per replica: its commits wait for no other's, and when it is damaged no other is.
    open: async (room, replica) => {
      const made = await folder.enter(room, replica)
      const environment = await openEnvironment(folder.databaseOf(room, replica), replica, made)
      try {
        const cells = await LmdbCells.open(environment)
        if (!made) await folder.made(room, replica)
        return new Log(cells)
      } catch (error) {
        await environment.database.close()
        throw error
      }
    },
    quarantine: (room, replica) => folder.quarantine(room, replica),
    hold: (name, how) => folder.hold(name, how),
  }
}
