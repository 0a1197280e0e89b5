import type { ReplicaId } from '../wire/index.js'
import type { StorageFactory } from './contract.js'
import { Held } from './durable-object/held.js'
import { onDatabase } from './durable-object/refusal.js'
import { createTables, SqlCells } from './durable-object/sql-cells.js'
import type { ObjectStorage } from './durable-object/sqlite.js'
import { Log } from './log.js'
import { randomPlace } from './place.js'

export type { ObjectSql, ObjectStorage, SqlRows, SqlValue } from './durable-object/sqlite.js'

/** Of one object: all factories on its storage share them. Free when the object is gone from memory, as its replicas are. */
const heldIn = new WeakMap<ObjectStorage, Held>()

const heldNames = (storage: ObjectStorage): Held => {
  const held = heldIn.get(storage) ?? new Held()
  heldIn.set(storage, held)
  return held
}

/**
 * Durable storage in a Durable Object whose class is of the SQLite kind: `durableObject(ctx.storage)`. Its tables begin with
 * `epaxos_`; the rest of the database is the object's own. Each object is a place of its own.
 */
export const durableObject = (storage: ObjectStorage): StorageFactory => {
  const { sql } = storage
  const names = heldNames(storage)
  /** Resolves when what `write` did is durable. */
  const durably = async <T>(write: () => T): Promise<T> => {
    const result = onDatabase(() =>
      storage.transactionSync(() => {
        createTables(sql)
        return write()
      }),
    )
    await storage.sync()
    return result
  }

  return {
    durable: true,

    place: () =>
      durably(() => {
        sql.exec('INSERT INTO epaxos_place SELECT ? WHERE NOT EXISTS (SELECT * FROM epaxos_place)', randomPlace())
        return String(sql.exec('SELECT name FROM epaxos_place').one().name)
      }),

    identities: (room) =>
      durably(() =>
        sql
          .exec('SELECT replica FROM epaxos_replicas WHERE room = ? AND quarantined = 0 ORDER BY id', room)
          .toArray()
          .map(({ replica }) => String(replica)),
      ),

    // Listed before anything is stored for it: a replica that has promised something can be found again.
    async open(room: string, replica: ReplicaId) {
      const id = await durably(() => {
        sql.exec('INSERT OR IGNORE INTO epaxos_replicas (room, replica) VALUES (?, ?)', room, replica)
        return sql.exec('SELECT id FROM epaxos_replicas WHERE room = ? AND replica = ?', room, replica).one().id
      })
      return new Log(new SqlCells(storage, Number(id)))
    },

    quarantine: (room, replica) =>
      durably(() => {
        sql.exec('UPDATE epaxos_replicas SET quarantined = 1 WHERE room = ? AND replica = ?', room, replica)
      }),

    hold: (name, how) => names.hold(name, how),
  }
}
