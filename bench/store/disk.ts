import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { lmdb } from 'epaxos/storage/lmdb'
import { randomId } from '../ids.js'
import { installIndexedDb, sizeOf } from '../memory-indexeddb.js'
import { batchSizes, type Findings, findingsOf } from './findings.js'
import { batchOf } from './records.js'

/** lmdb in Node, beside files. In a process of its own: prints what it found. */

export interface OnDisk {
  /** Of a batch with so many records, as it is stored, in bytes. */
  readonly sizes: Readonly<Record<number, number>>
  readonly findings: Findings
}

/** As storages with the same log store it. */
const sizeOfBatch = async (records: number): Promise<number> => {
  const [room, replica] = [randomId(), randomId()]
  const storage = await indexedDb().open(room, replica)
  await storage.load()
  await storage.write(batchOf(1, records))
  await storage.close()
  return sizeOf(`epaxos/${room}/${replica}`).bytes
}

installIndexedDb()
const sizes: Record<number, number> = {}
for (const records of batchSizes) sizes[records] = await sizeOfBatch(records)

const path = await mkdtemp(join(tmpdir(), 'epaxos-bench-'))
const files: FileHandle[] = []
try {
  const place = {
    factory: lmdb({ path }),
    spentMicros: () => {
      const { user, system } = process.cpuUsage()
      return user + system
    },
    bare: async () => {
      const name = join(path, randomId())
      const file = await open(name, 'w')
      files.push(file)
      return {
        read: () => readFile(name),
        write: async (content: Uint8Array) => {
          await file.write(content)
          await file.sync()
        },
      }
    },
  }
  const found: OnDisk = { sizes, findings: await findingsOf(place, sizes, Number(process.argv[2])) }
  process.stdout.write(JSON.stringify(found))
} finally {
  for (const file of files) await file.close()
  await rm(path, { recursive: true, force: true })
}
