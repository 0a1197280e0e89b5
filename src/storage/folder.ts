import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex, hexToBytes, ID_BYTES, type ReplicaId } from '../wire/index.js'
import type { HoldHow } from './contract.js'
import { StorageCorrupt, StorageError } from './error.js'
import { holdName } from './lock-file.js'
import { randomPlace } from './place.js'
import { fromStored, toStored } from './stored.js'
import { createWhole, readWhole, replaceWhole, syncFolder } from './whole-file.js'

/** A replica that has a database in this folder, or is getting one. */
interface Entry {
  readonly id: ReplicaId
  /** It was there, whole: a replica whose database is gone has forgotten what it promised. */
  readonly made: boolean
  readonly quarantined: boolean
}

const ENTRY_BYTES = ID_BYTES + 1
const MADE = 1
const QUARANTINED = 2

const encodeEntries = (entries: readonly Entry[]): Uint8Array => {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES)
  for (const [i, { id, made, quarantined }] of entries.entries()) {
    bytes.set(hexToBytes(id), i * ENTRY_BYTES)
    bytes[(i + 1) * ENTRY_BYTES - 1] = (made ? MADE : 0) | (quarantined ? QUARANTINED : 0)
  }
  return bytes
}

const decodeEntries = (bytes: Uint8Array): readonly Entry[] =>
  Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => {
    const entry = bytes.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES)
    const flags = entry[ID_BYTES] ?? 0
    return {
      id: bytesToHex(entry.subarray(0, ID_BYTES)),
      made: (flags & MADE) !== 0,
      quarantined: (flags & QUARANTINED) !== 0,
    }
  })

/** They name folders. */
const checkName = (what: string, name: string): void => {
  if (/^[0-9a-f]{32}$/.test(name)) return
  throw new StorageError('misused', `${what} ${JSON.stringify(name)} is not 32 lower-case hex digits`)
}

/**
 * A folder of replicas' databases:
 *
 *     place                      the name of this place
 *     locks/                     who uses what
 *     <room>/identities          which replicas have a database there, the oldest first
 *     <room>/<replica>/          its database
 */
export class Folder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async place(): Promise<string> {
    const path = join(this.path, 'place')
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    // Of two that look at once, one finds the other's.
    await createWhole(path, toStored('place', hexToBytes(randomPlace())))
    const stored = await readWhole(path)
    return bytesToHex(fromStored('place', stored))
  }

  async identities(room: string): Promise<readonly ReplicaId[]> {
    checkName('room', room)
    return (await this.#entries(room)).flatMap(({ id, quarantined }) => (quarantined ? [] : [id]))
  }

  /** From now on it is one of the room's. True: it has a database. */
  async enter(room: string, replica: ReplicaId): Promise<boolean> {
    checkName('room', room)
    checkName('replica', replica)
    let made = false
    await this.#change(room, (entries) => {
      const entry = entries.find(({ id }) => id === replica)
      made = entry?.made ?? false
      if (entry !== undefined && !entry.quarantined) return undefined
      return [...entries.filter(({ id }) => id !== replica), { id: replica, made, quarantined: false }]
    })
    const database = this.databaseOf(room, replica)
    await mkdir(database, { recursive: true, mode: 0o700 })
    return made
  }

  /** Its database is there, whole, from now on. */
  async made(room: string, replica: ReplicaId): Promise<void> {
    for (const folder of [this.databaseOf(room, replica), join(this.path, room), this.path]) await syncFolder(folder)
    await this.#change(room, (entries) =>
      entries.map((entry) => (entry.id === replica ? { ...entry, made: true } : entry)),
    )
  }

  async quarantine(room: string, replica: ReplicaId): Promise<void> {
    checkName('room', room)
    await this.#change(room, (entries) =>
      entries.map((entry) => (entry.id === replica ? { ...entry, quarantined: true } : entry)),
    )
  }

  databaseOf(room: string, replica: ReplicaId): string {
    return join(this.path, room, replica)
  }

  hold(name: string, how: HoldHow): Promise<(() => void) | undefined> {
    return holdName(join(this.path, 'locks'), name, how)
  }

  async #entries(room: string): Promise<readonly Entry[]> {
    const stored = await readWhole(this.#listOf(room))
    if (stored === undefined) return []
    const bytes = fromStored(room, stored)
    if (bytes.length % ENTRY_BYTES !== 0) throw new StorageCorrupt('unreadable', room)
    return decodeEntries(bytes)
  }

  /** @param change undefined: it is as it is to be */
  async #change(room: string, change: (entries: readonly Entry[]) => readonly Entry[] | undefined): Promise<void> {
    await mkdir(join(this.path, room), { recursive: true, mode: 0o700 })
    const release = await this.hold(`list/${room}`, { signal: new AbortController().signal })
    try {
      const changed = change(await this.#entries(room))
      if (changed !== undefined) await replaceWhole(this.#listOf(room), toStored(room, encodeEntries(changed)))
    } finally {
      release?.()
    }
  }

  #listOf(room: string): string {
    return join(this.path, room, 'identities')
  }
}
