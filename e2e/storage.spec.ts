import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import { expect, test } from './fixtures.js'
import type * as PageModule from './storage-page.js'

type Disk = PageModule.Disk
type Module = JSHandle<typeof PageModule>

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
const MODULE_PATH = '/e2e/storage-page.ts'
const CONTRACT_PATH = '/src/testing/index.ts'
const ADAPTER_PATH = '/src/storage/indexeddb.ts'

const moduleIn = async (page: Page, url: string): Promise<Module> => {
  await page.goto(url)
  return (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as Module
}

const openDisk = (module: Module, replica: string = A): Promise<JSHandle<Disk>> =>
  module.evaluateHandle(({ Disk }, replica) => Disk.open('room', replica), replica)

/** How a promise in the page ended: undefined when it resolved, otherwise the error's name, code and so on. */
const write = (disk: JSHandle<Disk>, number: number, byteLength?: number): Promise<unknown> =>
  disk.evaluate(
    (it, [number, byteLength]) =>
      it.write(number, byteLength).then(
        () => undefined,
        (error) => ({ name: error.name, code: error.code, cause: error.cause?.name }),
      ),
    [number, byteLength] as const,
  )

let context: BrowserContext
let page: Page
let module: Module

test.describe('IndexedDB on a disk', () => {
  test.beforeEach(async ({ profile, server }) => {
    context = await (await profile()).open()
    page = await context.newPage()
    module = await moduleIn(page, server.url)
  })

  test('does all that the storage contract asks for', async () => {
    const outcomes = await page.evaluate(
      async ([contract, adapter]) => {
        const { storageContract } = await import(contract)
        const { indexedDb } = await import(adapter)
        const outcomes: string[] = []
        for (const { name, run } of storageContract(indexedDb)) {
          outcomes.push(`${name}: ${await run().then(() => 'holds', String)}`)
        }
        return outcomes
      },
      [CONTRACT_PATH, ADAPTER_PATH] as const,
    )
    expect(outcomes.length).toBeGreaterThanOrEqual(29)
    for (const outcome of outcomes) expect(outcome).toMatch(/: holds$/)
  })

  test('writes in strict transactions only, and says so once each is complete', async () => {
    const disk = await openDisk(module)
    for (const number of [1, 2, 3]) await write(disk, number)
    expect(await module.evaluate(({ observed }) => observed)).toEqual([
      // The index of identities, the start, then each batch.
      'complete strict',
      'complete strict',
      'complete strict',
      'resolved 1',
      'complete strict',
      'resolved 2',
      'complete strict',
      'resolved 3',
    ])
  })

  test('rejects what was aborted, and everything afterwards', async () => {
    const disk = await openDisk(module)
    await module.evaluate(({ abortNextWrite }) => abortNextWrite())
    expect(await write(disk, 1)).toEqual({ name: 'StorageError', code: 'aborted', cause: 'AbortError' })
    expect(await write(disk, 2)).toEqual({ name: 'StorageError', code: 'stopped', cause: 'StorageError' })
  })

  test('keeps the checkpoint that was there, whole, when the next one was aborted half-way', async () => {
    const disk = await openDisk(module)
    await disk.evaluate((it) => it.writeCheckpoint(1, 2))
    await module.evaluate(({ abortNextWrite }) => abortNextWrite())
    const outcome = await disk.evaluate((it) => it.writeCheckpoint(2, 1).catch(({ code }) => code))
    expect(outcome).toBe('aborted')
    const again = await openDisk(module)
    expect(await again.evaluate(({ checkpoint }) => checkpoint)).toEqual({ upTo: 1, chunks: [[1], [1]] })
    await again.evaluate((it) => it.writeCheckpoint(3, 1))
    const last = await openDisk(module)
    expect(await last.evaluate(({ checkpoint }) => checkpoint)).toEqual({ upTo: 3, chunks: [[3]] })
  })

  test('keeps the batches and the cut that were there when the next cut, or a compacted batch, was aborted half-way', async () => {
    const disk = await openDisk(module)
    await disk.evaluate((it) => it.writeCheckpoint(1, 2, true))
    for (const number of [2, 3]) await write(disk, number)
    await module.evaluate(({ abortNextWrite }) => abortNextWrite())
    expect(await disk.evaluate((it) => it.writeCheckpoint(9, 1, true).catch(({ code }) => code))).toBe('aborted')
    const again = await openDisk(module)
    const kept = { checkpoint: { upTo: 1, chunks: [[1], [1]] }, numbers: [2, 3], lastBatch: 2 }
    expect(await again.evaluate(({ checkpoint, numbers, lastBatch }) => ({ checkpoint, numbers, lastBatch }))).toEqual(
      kept,
    )
    expect(await again.evaluate((it) => it.readCut())).toEqual(kept.checkpoint)
    await module.evaluate(({ abortNextWrite }) => abortNextWrite())
    expect(await again.evaluate((it) => it.write(9, 1, true).catch(({ code }) => code))).toBe('aborted')
    const last = await openDisk(module)
    expect(await last.evaluate(({ checkpoint, numbers, lastBatch }) => ({ checkpoint, numbers, lastBatch }))).toEqual(
      kept,
    )
  })

  test('deletes many thousand batches by one request, in the transaction of the one that takes their place', async () => {
    const disk = await openDisk(module)
    await disk.evaluate((it) => it.writeMany(20_000))
    const transactions = await module.evaluate(({ observed }) => observed.push('compacted'))
    await disk.evaluate((it) => it.write(20_001, undefined, true))
    expect(await module.evaluate(({ observed }, from) => observed.slice(from), transactions)).toEqual([
      'complete strict',
      'resolved 20001',
    ])
    expect(await module.evaluate(({ deletions }) => deletions.length)).toBe(1)
    const keys = await module.evaluate(({ keysOf }, name) => keysOf(name), `epaxos/room/${A}`)
    expect(keys).toEqual([20_001, 'first', 'start'])
    const again = await openDisk(module)
    expect(await again.evaluate(({ numbers, lastBatch }) => ({ numbers, lastBatch }))).toEqual({
      numbers: [20_001],
      lastBatch: 20_001,
    })
  })

  test('has one place for all pages of a profile, also when they ask for it at once', async ({ server }) => {
    const other = await moduleIn(await context.newPage(), server.url)
    const placeIn = (module: Module): Promise<readonly string[]> =>
      module.evaluate(({ placesAtOnce }) => placesAtOnce())
    const places = (await Promise.all([placeIn(module), placeIn(other)])).flat()
    expect(places).toHaveLength(6)
    expect(places[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(places).size).toBe(1)
    await page.reload()
    const again = await moduleIn(page, server.url)
    expect(await placeIn(again)).toContain(places[0])
  })

  test('rejects with the cause when the browser refuses a write at once, and nothing else reaches the page', async () => {
    const disk = await openDisk(module)
    expect(await write(disk, 1)).toBeUndefined()
    const faults = await page.evaluateHandle(() => {
      const faults: string[] = []
      addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)))
      const { put } = IDBObjectStore.prototype
      IDBObjectStore.prototype.put = () => {
        IDBObjectStore.prototype.put = put
        throw new DOMException('full', 'QuotaExceededError')
      }
      return faults
    })
    expect(await write(disk, 2)).toEqual({ name: 'StorageError', code: 'quota', cause: 'QuotaExceededError' })
    // A write elsewhere ends after the one that was given up, and after all that this has brought about.
    expect(await write(await openDisk(module, B), 1)).toBeUndefined()
    expect(await faults.jsonValue()).toEqual([])
  })

  test('rejects with the cause when the quota is exceeded, and keeps exactly what it promised', async () => {
    const devtools = await context.newCDPSession(page)
    const { origin } = new URL(page.url())
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 })
    const disk = await openDisk(module)
    // The browser looks at what the origin uses before a write, not at what the write will add.
    let outcome = await write(disk, 1, 1_000_000)
    let number = 1
    while (outcome === undefined && number < 10) outcome = await write(disk, ++number, 1_000_000)
    expect(outcome).toEqual({ name: 'StorageError', code: 'quota', cause: 'QuotaExceededError' })

    await devtools.send('Storage.overrideQuotaForOrigin', { origin })
    const again = await openDisk(module)
    const numbers = await again.evaluate(({ numbers }) => numbers)
    expect(numbers).toEqual(Array.from({ length: number - 1 }, (_, i) => i + 1))
  })

  test('opens a connection again that the browser has closed, once per use', async () => {
    const disk = await openDisk(module)
    expect(await write(disk, 1)).toBeUndefined()
    const before = await module.evaluate(({ connections }) => connections.length)
    await module.evaluate(({ killHandles }) => killHandles(1))
    expect(await write(disk, 2)).toBeUndefined()
    expect(await module.evaluate(({ connections }) => connections.length)).toBe(before + 1)
    await module.evaluate(({ killHandles }) => killHandles(2))
    expect(await write(disk, 3)).toEqual({ name: 'StorageError', code: 'closed', cause: 'InvalidStateError' })
    const again = await openDisk(module)
    expect(await again.evaluate(({ numbers }) => numbers)).toEqual([1, 2])
  })

  test('does not go on in an empty database when its own was deleted under it', async () => {
    const disk = await openDisk(module)
    expect(await write(disk, 1)).toBeUndefined()
    const name = `epaxos/room/${A}`
    await module.evaluate(async ({ connections }, name) => {
      connections.at(-1)?.close()
      const request = indexedDB.deleteDatabase(name)
      await new Promise((resolve) => request.addEventListener('success', resolve))
    }, name)
    expect(await write(disk, 2)).toMatchObject({ name: 'StorageError', code: 'lost' })
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual(['epaxos'])
  })

  test('refuses what is not as it was written', async () => {
    const disk = await openDisk(module)
    for (const number of [1, 2, 3]) await write(disk, number)
    await disk.evaluate((it) => it.close())
    const refusal = (): Promise<unknown> =>
      module.evaluate(
        ({ Disk }, replica) =>
          Disk.open('room', replica).then(
            () => undefined,
            (error) => ({ name: error.name, corruption: error.corruption, key: error.key }),
          ),
        A,
      )
    const name = `epaxos/room/${A}`
    await module.evaluate(({ tamper }, name) => tamper(name, 3, (stored) => stored.with(-1, 99)), name)
    expect(await refusal()).toEqual({ name: 'StorageCorrupt', corruption: 'checksum', key: 3 })
    await module.evaluate(({ tamper }, name) => tamper(name, 2, () => undefined), name)
    expect(await refusal()).toEqual({ name: 'StorageCorrupt', corruption: 'missing', key: 2 })
    await module.evaluate(({ tamper }, name) => tamper(name, 1, (stored) => stored.with(0, 99)), name)
    expect(await refusal()).toEqual({ name: 'StorageCorrupt', corruption: 'checksum', key: 1 })
  })

  test('gives two pages of one profile a replica each, and notices when they share one', async ({ server }) => {
    const other = await moduleIn(await context.newPage(), server.url)
    const [mine, theirs] = await Promise.all([openDisk(module, B), openDisk(other, A)])
    expect(await write(mine, 1)).toBeUndefined()
    expect(await write(theirs, 1)).toBeUndefined()
    const identities = await page.evaluate(
      async (adapter) => (await import(adapter)).indexedDb().identities('room'),
      ADAPTER_PATH,
    )
    expect([...identities].sort()).toEqual([A, B])

    const copy = await openDisk(other, B)
    expect(await copy.evaluate(({ numbers }) => numbers)).toEqual([1])
    expect(await write(copy, 2)).toBeUndefined()
    expect(await write(mine, 2)).toEqual({ name: 'StorageError', code: 'shared', cause: undefined })
  })
})

test('what was promised survives the killing of the browser', async ({ profile, server }) => {
  const disk = await profile()
  const killed = await disk.open()
  const doomed = await killed.newPage()
  const promised: number[] = []
  const browser = killed.browser()
  if (browser === null) throw new Error('a persistent context has a browser')
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  const { id } = processInfo.find(({ type }) => type === 'browser') ?? {}
  if (id === undefined) throw new Error('the browser has a process')

  // The page writes on and on, and tells of each promise that resolved; after the tenth the browser dies at once.
  const gone = new Promise((resolve) => killed.once('close', resolve))
  await doomed.exposeFunction('promise', (number: number) => {
    promised.push(number)
    if (number === 10) process.kill(id, 'SIGKILL')
  })
  const writing = moduleIn(doomed, server.url).then((module) =>
    module.evaluate(async ({ Disk }, replica) => {
      const disk = await Disk.open('room', replica)
      for (let number = 1; ; number++) {
        await disk.write(number)
        const { promise } = globalThis as unknown as { promise(number: number): void }
        promise(number)
      }
    }, A),
  )
  await expect(writing).rejects.toThrow()
  await gone

  const survivor = await moduleIn(await (await disk.open()).newPage(), server.url)
  const found = await openDisk(survivor)
  const numbers = await found.evaluate(({ numbers }) => numbers)
  expect(promised.length).toBeGreaterThanOrEqual(10)
  expect(numbers.slice(0, promised.length)).toEqual(promised)
  expect(await found.evaluate(({ starts }) => starts)).toBe(2)
})

test('works under a content security policy that forbids eval', async ({ page, server }) => {
  await page.route(server.url, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': "script-src 'self'" },
      body: '<!doctype html><title>strict</title>',
    }),
  )
  const disk = await openDisk(await moduleIn(page, server.url))
  expect(await write(disk, 1)).toBeUndefined()
})
