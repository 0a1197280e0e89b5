import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeptProposal } from '../member/index.js'
import { storageContract } from '../testing/index.js'
import type { RecordBatch } from '../wire/index.js'
import type { Loaded, Storage } from './contract.js'
import { StorageCorrupt } from './error.js'
import { lmdb } from './lmdb.js'
import { Program } from './processes/stage.js'
import { A, B, batchOf, checkpointOf, firstLife } from './samples/stage.js'

let path: string
const room = 'c'.repeat(32)
const PAGE_BYTES = 4096

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'epaxos-lmdb-'))
})

afterEach(() => rmSync(path, { recursive: true, force: true }))

for (const { name, run } of storageContract(() => lmdb({ path }))) test(name, run)

const fileOf = (replica: string, folder: string = path): string => join(folder, room, replica, 'data.mdb')

const begin = async (replica = A): Promise<Storage> => {
  const storage = await lmdb({ path }).open(room, replica)
  await storage.load()
  await storage.writeStart(firstLife)
  return storage
}

const batchesOf = async (loaded: Loaded): Promise<readonly RecordBatch[]> => {
  const batches: RecordBatch[] = []
  if (!loaded.fresh) for await (const batch of loaded.batches) batches.push(batch)
  return batches
}

/** Everything that a storage holds, or why that can't be had. */
const contentOf = async (folder: string, replica = A): Promise<unknown> => {
  let storage: Storage | undefined
  try {
    storage = await lmdb({ path: folder }).open(room, replica)
    const loaded = await storage.load()
    if (loaded.fresh) return 'fresh'
    const proposals = await storage.readProposals()
    return [loaded.life, loaded.lastBatch, await loaded.readCheckpoint(), await batchesOf(loaded), proposals]
  } catch (error) {
    if (error instanceof StorageCorrupt) return 'corrupt'
    throw error
  } finally {
    await storage?.close()
  }
}

describe('its folder', () => {
  test('a name that can not be a folder is refused', async () => {
    const refused = { name: 'StorageError', code: 'misused' }
    await expect(lmdb({ path }).open('../../etc', A)).rejects.toMatchObject(refused)
    await expect(lmdb({ path }).identities('..')).rejects.toMatchObject(refused)
  })

  test('is for its owner alone', async () => {
    const deep = join(path, 'a', 'b')
    await (await lmdb({ path: deep }).open(room, A)).close()
    for (const folder of [deep, join(deep, room), join(deep, room, A)]) expect(statSync(folder).mode & 0o77).toBe(0)
  })

  test('many that begin there at once are all listed', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => i.toString(16).repeat(32))
    await Promise.all(ids.map(async (id) => (await lmdb({ path }).open(room, id)).close()))
    expect([...(await lmdb({ path }).identities(room))].sort()).toEqual(ids)
  })

  test('a list of identities that is not what was written is found out', async () => {
    await (await begin()).close()
    const list = join(path, room, 'identities')
    const bytes = readFileSync(list)
    bytes[8] = (bytes[8] ?? 0) ^ 1
    writeFileSync(list, bytes)
    await expect(lmdb({ path }).identities(room)).rejects.toMatchObject({ name: 'StorageCorrupt' })
  })

  test('what is quarantined is no identity any more, and opened by its name it holds what it held', async () => {
    for (const replica of [A, B]) await (await begin(replica)).close()
    for (let i = 0; i < 2; i++) await lmdb({ path }).quarantine(room, A)
    await lmdb({ path }).quarantine(room, 'd'.repeat(32))
    expect(await lmdb({ path }).identities(room)).toEqual([B])
    expect(await contentOf(path)).toEqual([firstLife, 0, undefined, [], []])
  })
})

describe('a database that was damaged', () => {
  let pristine: unknown
  /** Its pages. */
  let count: number

  beforeEach(async () => {
    const storage = await begin()
    for (let number = 1; number <= 40; number++) await storage.write(batchOf(number, new Uint8Array(600)))
    await storage.write(batchOf(41, new Uint8Array(20_000).fill(41)))
    await storage.writeCheckpoint(checkpointOf([new Uint8Array(9000).fill(9), Uint8Array.of(1)]), false)
    await storage.close()
    pristine = await contentOf(path)
    count = statSync(fileOf(A)).size / PAGE_BYTES
  })

  /** What a copy holds after this was done to its file. */
  const damaged = async (damage: (file: string) => void): Promise<unknown> => {
    const copy = `${path}-damaged`
    cpSync(path, copy, { recursive: true })
    try {
      damage(fileOf(A, copy))
      return await contentOf(copy)
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  const overwrite = (file: string, at: number, bytes: Uint8Array): void => {
    const handle = openSync(file, 'r+')
    writeSync(handle, bytes, 0, bytes.length, at)
    closeSync(handle)
  }

  test('a file that was deleted, or emptied, is no new one', async () => {
    expect(await damaged((file) => rmSync(file))).toBe('corrupt')
    expect(await damaged((file) => rmSync(join(file, '..'), { recursive: true }))).toBe('corrupt')
    expect(await damaged((file) => truncateSync(file))).toBe('corrupt')
  })

  test("a file that is another replica's is refused", async () => {
    await (await begin(B)).close()
    expect(await damaged((file) => cpSync(file.replace(A, B), file))).toBe('corrupt')
  })

  test('a file that was cut off, anywhere, is found out', async () => {
    for (let pages = 1; pages < count; pages++) {
      const found = await damaged((file) => truncateSync(file, pages * PAGE_BYTES))
      // What is free at its end holds nothing.
      if (found !== 'corrupt') expect(found).toEqual(pristine)
      if (pages < count / 2) expect(found).toBe('corrupt')
    }
    expect(await damaged((file) => truncateSync(file, PAGE_BYTES + 7))).toBe('corrupt')
  })

  test.each([
    ['zeros', 0],
    ['text', 0x5a],
  ])('a page of %s is found out, or it was free', async (_, fill) => {
    let found = 0
    for (let page = 0; page < count; page++) {
      const content = await damaged((file) => overwrite(file, page * PAGE_BYTES, new Uint8Array(PAGE_BYTES).fill(fill)))
      if (content === 'corrupt') found++
      else expect(content).toEqual(pristine)
    }
    expect(found).toBeGreaterThan(count / 4)
  })

  test('a page in the place of another one is found out, or it was free', async () => {
    const bytes = readFileSync(fileOf(A))
    for (let page = 0; page < count; page++) {
      const other = (page + 1) % count
      const moved = bytes.subarray(other * PAGE_BYTES, (other + 1) * PAGE_BYTES)
      const content = await damaged((file) => overwrite(file, page * PAGE_BYTES, moved))
      // The pages of headers are alike, but for their age.
      if (content !== 'corrupt' && page > 1) expect(content).toEqual(pristine)
    }
  })
})

describe('other processes', () => {
  let program: Program

  beforeAll(() => {
    program = new Program()
  })
  afterEach(() => program.killAll())
  afterAll(() => program.remove())

  test('killed in the middle of writing, again and again, it keeps all that it has acknowledged, in order', async () => {
    let acknowledged = 0
    for (let life = 1; life <= 6; life++) {
      const writer = program.start('write', path, room, A)
      for (let i = 0; i < 20 * life; i++) acknowledged = Number(await writer.line())
      await writer.kill()
      acknowledged = Number(writer.take().at(-1) ?? acknowledged)
      expect(writer.complaint).toBe('')
      const storage = await lmdb({ path }).open(room, A)
      const loaded = await storage.load()
      const batches = await batchesOf(loaded)
      await storage.close()
      expect(batches.length).toBeGreaterThanOrEqual(acknowledged)
      expect(batches.map(({ records: [record] }) => record?.instance.number)).toEqual(batches.map((_, i) => i + 1))
    }
  })

  test('of two that write to one database the slower one is refused', async () => {
    const here = await begin()
    await here.write(batchOf(1))
    const other = program.start('write', path, room, A)
    expect(await other.line()).toBe('2')
    await expect(here.write(batchOf(2))).rejects.toMatchObject({ name: 'StorageError', code: 'shared' })
    await here.close()
  })
})

const journalsOf = (folder: string = path): readonly string[] =>
  readdirSync(join(folder, room, A)).filter((name) => name.startsWith('journal-'))

describe('its journal', () => {
  /** What another process would find if this one ended now. */
  const foundNow = async (): Promise<unknown> => {
    const copy = `${path}-copy`
    cpSync(path, copy, { recursive: true })
    try {
      return await contentOf(copy)
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  test('whatever has been acknowledged is found after a sudden end, also when it filled many journals', async () => {
    const storage = await begin()
    const names = new Set(journalsOf())
    for (let number = 1; number <= 60; number++) {
      await storage.write(batchOf(number, new Uint8Array(number % 10 === 0 ? 300_000 : 20_000).fill(number)))
      const found = (await foundNow()) as readonly unknown[]
      expect(found.slice(0, 2)).toEqual([firstLife, number])
      expect(journalsOf()).toHaveLength(1)
      names.add(journalsOf()[0] as string)
    }
    await storage.close()
    expect(names.size).toBeGreaterThan(5)
    expect(((await contentOf(path)) as readonly unknown[])[3]).toHaveLength(60)
  })

  test('what waits is found after a sudden end, and what was removed is not', async () => {
    const storage = await begin()
    await storage.readProposals()
    const proposalOf = (digit: string): KeptProposal => ({
      id: digit.repeat(32),
      spans: [],
      payload: Uint8Array.of(1),
      place: undefined,
    })
    const [gone, kept] = [proposalOf('1'), proposalOf('2')]
    for (const proposal of [gone, kept]) await storage.writeProposals([proposal], [])
    await storage.writeProposals([], [gone.id])
    expect(((await foundNow()) as readonly unknown[])[4]).toEqual([kept])
    await storage.close()
  })

  test('damaged, emptied or deleted, it is found out when the database is opened', async () => {
    const storage = await begin()
    await storage.write(batchOf(1, new Uint8Array(2000)))
    const [name = ''] = journalsOf()
    const file = join(path, room, A, name)
    const bytes = readFileSync(file)
    for (const damage of [
      () => writeFileSync(file, bytes.fill(7, 1000, 1001)),
      () => truncateSync(file),
      () => rmSync(file),
    ]) {
      damage()
      expect(await foundNow()).toBe('corrupt')
    }
    await storage.close()
  })

  test('deleted while in use it is noticed', async () => {
    const storage = await begin()
    const [name = ''] = journalsOf()
    rmSync(join(path, room, A, name))
    await expect(storage.write(batchOf(1))).rejects.toMatchObject({ name: 'StorageError', code: 'lost' })
    await storage.close()
  })

  test('once another copy has opened the database nothing more is acknowledged', async () => {
    for (const size of [10, 300_000]) {
      const storage = await begin()
      await storage.write(batchOf(1))
      const other = await lmdb({ path }).open(room, A)
      await expect(storage.write(batchOf(2, new Uint8Array(size)))).rejects.toMatchObject({ code: 'shared' })
      await storage.close()
      expect(await other.load()).toMatchObject({ lastBatch: 1 })
      await other.close()
      rmSync(path, { recursive: true })
    }
  })
})

test('a database that is deleted while in use is noticed, and so is one put in its place', async () => {
  for (const replace of [() => {}, () => cpSync(`${fileOf(A)}.copy`, fileOf(A))]) {
    rmSync(path, { recursive: true })
    mkdirSync(path)
    const storage = await begin()
    await storage.write(batchOf(1))
    cpSync(fileOf(A), `${fileOf(A)}.copy`)
    rmSync(fileOf(A))
    replace()
    await expect(storage.write(batchOf(2))).rejects.toMatchObject({ name: 'StorageError', code: 'lost' })
    await storage.close()
  }
})

test('what was read stays as it was when the database changes', async () => {
  const storage = await begin()
  await storage.writeKeys(new Uint8Array(50_000).fill(1))
  const before = await storage.readKeys()
  for (let fill = 2; fill < 10; fill++) await storage.writeKeys(new Uint8Array(50_000).fill(fill))
  expect(before).toEqual(new Uint8Array(50_000).fill(1))
  expect(await storage.readKeys()).toEqual(new Uint8Array(50_000).fill(9))
  await storage.close()
})
