import { closeSync, constants, fdatasync, fstatSync, openSync, rmSync, write, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from '../member/index.js'
import type { CellKey, Change } from './cells.js'
import { StorageCorrupt } from './error.js'
import { fromStored, toStored } from './stored.js'
import { isCode, syncFolder } from './whole-file.js'

/*
 * Changes one behind the other in a file that only grows: each becomes durable by one write of its own, where a tree of
 * pages takes two, one waiting for the other. Before each entry stand its length, a checksum of that, and one of the
 * entry: so an entry that the file ends in the middle of was never acknowledged, and everything else is damage.
 */

const HEAD_BYTES = 12

/** What a change is: one of the first three, and whether nothing is held any more. */
const BELOW = 0
const NUMBERED = 1
const NAMED = 2
const EMPTIED = 4

const NUMBER_BYTES = 8
const LENGTH_BYTES = 4

/** Elsewhere the flag does not reach the disk, or is not there. */
const WRITES_THROUGH = process.platform === 'linux'

const writeAt = promisify(write)
const sync = promisify(fdatasync)

/** Which of a replica's journals: they are numbered 1, 2, 3 … and one of them counts. */
export interface JournalName {
  readonly folder: string
  readonly replica: string
  readonly generation: number
}

const pathOf = ({ folder, generation }: JournalName): string => join(folder, `journal-${generation}`)

const titleOf = ({ replica, generation }: JournalName): string => `${replica}/journal-${generation}`

const keyBytesOf = (key: CellKey): number => (typeof key === 'number' ? NUMBER_BYTES : 1 + key.length)

const bytesOf = (change: Change): number => {
  if ('below' in change) return 1 + NUMBER_BYTES
  return 1 + keyBytesOf(change.key) + (change.bytes === undefined ? 0 : LENGTH_BYTES + change.bytes.length)
}

/** Of the entry that these changes make. */
export const entryBytes = (changes: readonly Change[]): number =>
  changes.reduce((sum, change) => sum + bytesOf(change), HEAD_BYTES)

/** At its place only: the length of another entry is found out. */
const headChecksum = (index: number, bodyBytes: number): number => {
  const view = new DataView(new ArrayBuffer(NUMBER_BYTES + LENGTH_BYTES))
  view.setFloat64(0, index)
  view.setUint32(NUMBER_BYTES, bodyBytes)
  return crc32(new Uint8Array(view.buffer))
}

const encodeEntry = (index: number, changes: readonly Change[]): Buffer => {
  const entry = Buffer.allocUnsafe(entryBytes(changes))
  let at = HEAD_BYTES
  for (const change of changes) {
    if ('below' in change) {
      at = entry.writeUInt8(BELOW, at)
      at = entry.writeDoubleBE(change.below, at)
      continue
    }
    const { key, bytes } = change
    at = entry.writeUInt8((typeof key === 'number' ? NUMBERED : NAMED) + (bytes === undefined ? EMPTIED : 0), at)
    if (typeof key === 'number') at = entry.writeDoubleBE(key, at)
    else {
      at = entry.writeUInt8(key.length, at)
      at += entry.write(key, at, 'latin1')
    }
    if (bytes === undefined) continue
    at = entry.writeUInt32BE(bytes.length, at)
    entry.set(bytes, at)
    at += bytes.length
  }
  const body = entry.subarray(HEAD_BYTES)
  entry.writeUInt32BE(body.length, 0)
  entry.writeUInt32BE(headChecksum(index, body.length), LENGTH_BYTES)
  entry.writeUInt32BE(crc32(body), 2 * LENGTH_BYTES)
  return entry
}

/** Throws a `RangeError`. */
const decodeChanges = (body: Buffer): readonly Change[] => {
  const changes: Change[] = []
  let at = 0
  const take = (bytes: number): number => {
    at += bytes
    if (at > body.length) throw new RangeError('a change goes beyond its entry')
    return at - bytes
  }
  const number = (): number => body.readDoubleBE(take(NUMBER_BYTES))
  const name = (): CellKey => {
    const length = body.readUInt8(take(1))
    // It is what a cell was written under: the checksum says so.
    return body.toString('latin1', take(length), at) as CellKey
  }
  const content = (): Uint8Array<ArrayBuffer> => {
    const length = body.readUInt32BE(take(LENGTH_BYTES))
    return new Uint8Array(body.subarray(take(length), at))
  }
  while (at < body.length) {
    const kind = body.readUInt8(take(1))
    if (kind > NAMED + EMPTIED || kind === EMPTIED) throw new RangeError(`no change is of kind ${kind}`)
    if (kind === BELOW) changes.push({ below: number() })
    else {
      const key = (kind & NUMBERED) === 0 ? name() : number()
      changes.push({ key, bytes: (kind & EMPTIED) === 0 ? content() : undefined })
    }
  }
  return changes
}

/**
 * All that was acknowledged, in order; and perhaps what was being written when the process came to its end.
 *
 * @throws StorageCorrupt where there is no such journal, or it is not as it was written
 */
export const readJournal = async (name: JournalName): Promise<readonly Change[]> => {
  const title = titleOf(name)
  let file: Buffer
  try {
    file = await readFile(pathOf(name))
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) throw new StorageCorrupt('missing', title, { cause })
    throw cause
  }
  const entries: (readonly Change[])[] = []
  let at = titlePage(name).length
  fromStored(title, file.subarray(0, at))
  while (at + HEAD_BYTES <= file.length) {
    const length = file.readUInt32BE(at)
    if (file.readUInt32BE(at + LENGTH_BYTES) !== headChecksum(entries.length, length)) {
      throw new StorageCorrupt('checksum', title)
    }
    const body = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)
    if (body.length < length) break
    if (file.readUInt32BE(at + 2 * LENGTH_BYTES) !== crc32(body)) throw new StorageCorrupt('checksum', title)
    try {
      entries.push(decodeChanges(body))
    } catch (cause) {
      throw new StorageCorrupt('unreadable', title, { cause })
    }
    at += HEAD_BYTES + length
  }
  return entries.flat()
}

/** How the file begins: whose it is, and which. */
const titlePage = (name: JournalName): Uint8Array => toStored(titleOf(name))

/** A journal that is written. */
export class Journal {
  readonly #path: string
  readonly #file: number
  #entries = 0
  #bytes: number

  private constructor(path: string, file: number, bytes: number) {
    this.#path = path
    this.#file = file
    this.#bytes = bytes
  }

  /** Empty; in the place of one that was begun and never counted. Durable when it resolves. */
  static async begin(name: JournalName): Promise<Journal> {
    const path = pathOf(name)
    const page = titlePage(name)
    const { O_CREAT, O_TRUNC, O_RDWR, O_DSYNC } = constants
    const file = openSync(path, O_CREAT | O_TRUNC | O_RDWR | (WRITES_THROUGH ? O_DSYNC : 0), 0o600)
    const journal = new Journal(path, file, page.length)
    try {
      writeSync(file, page, 0, page.length, 0)
      if (!WRITES_THROUGH) await sync(file)
      await syncFolder(name.folder)
      return journal
    } catch (error) {
      journal.remove()
      throw error
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  /** False: what is written into it is not found again, since it was deleted, or is not what it was. */
  get isThere(): boolean {
    const { nlink, size } = fstatSync(this.#file)
    return nlink > 0 && size === this.#bytes
  }

  /** Durable when it resolves. One at a time; after a failure, none. */
  async append(changes: readonly Change[]): Promise<void> {
    const entry = encodeEntry(this.#entries, changes)
    // A disk that is nearly full takes less than it is given, and says why the next time.
    for (let at = 0; at < entry.length; ) {
      const { bytesWritten } = await writeAt(this.#file, entry, at, entry.length - at, this.#bytes + at)
      at += bytesWritten
    }
    if (!WRITES_THROUGH) await sync(this.#file)
    this.#entries++
    this.#bytes += entry.length
  }

  close(): void {
    closeSync(this.#file)
  }

  /** What was in it is held elsewhere. */
  remove(): void {
    this.close()
    rmSync(this.#path, { force: true })
  }
}
