import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Change } from './cells.js'
import { entryBytes, Journal, type JournalName, readJournal } from './journal.js'
import { emptyOfVersion } from './stage.js'

let folder: string
let name: JournalName

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epaxos-journal-'))
  name = { folder, replica: 'a'.repeat(32), generation: 3 }
})

afterEach(() => rmSync(folder, { recursive: true }))

const entries: readonly (readonly Change[])[] = [
  [{ key: 1, bytes: Uint8Array.of(1, 2, 3) }],
  [
    { key: 'lives', bytes: new Uint8Array() },
    { key: 'proposal/7', bytes: undefined },
  ],
  [{ below: 2 }, { key: 2 ** 40, bytes: new Uint8Array(700) }],
]

const pathOf = ({ generation }: JournalName): string => join(folder, `journal-${generation}`)

/** How long the file is after each entry, and before the first. */
const written = async (): Promise<readonly number[]> => {
  const journal = await Journal.begin(name)
  const lengths = [journal.bytes]
  for (const changes of entries) {
    await journal.append(changes)
    lengths.push(journal.bytes)
  }
  journal.close()
  return lengths
}

const corrupt = (corruption: string): object => ({ name: 'StorageCorrupt', corruption })

test('what was written is read, in order, as it was', async () => {
  const lengths = await written()
  expect(await readJournal(name)).toEqual(entries.flat())
  expect(readFileSync(pathOf(name))).toHaveLength(lengths.at(-1) as number)
  expect(lengths.slice(1).map((length, i) => length - (lengths[i] as number))).toEqual(entries.map(entryBytes))
})

test('a journal that is not there, is another one, or of another version, is refused', async () => {
  await expect(readJournal(name)).rejects.toMatchObject(corrupt('missing'))
  await written()
  const next = { ...name, generation: 4 }
  copyFileSync(pathOf(name), pathOf(next))
  await expect(readJournal(next)).rejects.toMatchObject(corrupt('checksum'))
  await expect(readJournal({ ...name, replica: 'b'.repeat(32) })).rejects.toMatchObject(corrupt('checksum'))
  writeFileSync(pathOf(name), emptyOfVersion(200, `${name.replica}/journal-3`))
  await expect(readJournal(name)).rejects.toMatchObject(corrupt('newer-version'))
})

test('cut off anywhere it holds the entries before that, whole; without its beginning it is none', async () => {
  const lengths = await written()
  const [titleBytes = 0] = lengths
  const whole = readFileSync(pathOf(name))
  for (let bytes = whole.length; bytes >= 0; bytes--) {
    truncateSync(pathOf(name), bytes)
    if (bytes < titleBytes) {
      await expect(readJournal(name)).rejects.toMatchObject(corrupt('unreadable'))
      continue
    }
    const kept = lengths.filter((length) => length <= bytes).length - 1
    expect(await readJournal(name)).toEqual(entries.slice(0, kept).flat())
  }
})

test('no byte of it can change without being found out', async () => {
  await written()
  const whole = readFileSync(pathOf(name))
  for (let at = 0; at < whole.length; at++) {
    const changed = Uint8Array.from(whole)
    changed[at] = (changed[at] as number) ^ (1 << (at % 8))
    writeFileSync(pathOf(name), changed)
    await expect(readJournal(name), `byte ${at}`).rejects.toMatchObject({ name: 'StorageCorrupt' })
  }
})

test('entries in another order, or twice, are found out', async () => {
  const [title = 0, first = 0, second = 0] = await written()
  const whole = readFileSync(pathOf(name))
  const part = (from: number, to?: number): Buffer => whole.subarray(from, to)
  for (const parts of [
    [part(0, title), part(first, second), part(title, first), part(second)],
    [part(0, first), part(title)],
    [part(0, title), part(first)],
  ]) {
    writeFileSync(pathOf(name), Buffer.concat(parts))
    await expect(readJournal(name)).rejects.toMatchObject(corrupt('checksum'))
  }
})

test('it knows when it is not there any more, or was written by somebody else', async () => {
  const journal = await Journal.begin(name)
  expect(journal.isThere).toBe(true)
  appendFileSync(pathOf(name), 'x')
  expect(journal.isThere).toBe(false)
  truncateSync(pathOf(name), journal.bytes)
  expect(journal.isThere).toBe(true)
  rmSync(pathOf(name))
  writeFileSync(pathOf(name), new Uint8Array(journal.bytes))
  expect(journal.isThere).toBe(false)
  journal.remove()
})

test('one that was begun and never counted is begun anew', async () => {
  await written()
  const journal = await Journal.begin(name)
  await journal.append([{ below: 9 }])
  journal.close()
  expect(await readJournal(name)).toEqual([{ below: 9 }])
})
