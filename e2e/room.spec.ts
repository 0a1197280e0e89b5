import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Profile, requireRoute, test } from './fixtures.js'
import { newRoom, openElsewhere, openThree, settled, Tab } from './tab.js'

/** Three voters that have executed something, one of them on a disk that outlives it. */
const openStored = async (
  elsewhere: () => Promise<BrowserContext>,
  disk: Profile,
  url: string,
  prepare?: (page: Page) => Promise<void>,
) => {
  const context = await disk.open()
  const a = await openElsewhere(elsewhere, url)
  const tab = await Tab.open(context, a.link, prepare)
  const b = await openElsewhere(elsewhere, a.link)
  for (const each of [tab, a, b]) await each.until('voter', 3)
  await tab.set('x', 1)
  const { id, group } = await tab.status()
  return { context, tab, a, b, id, database: `epaxos/${group}/${id}` }
}

/** Batches of records are numbered. */
const lastBatch = (cells: readonly (readonly [string | number, unknown])[]): number =>
  Math.max(...cells.map(([key]) => (typeof key === 'number' ? key : 0)))

/** All that a database holds, as keys and bytes. */
const cellsOf = (page: Page, database: string): Promise<[string | number, number[]][]> =>
  page.evaluate(
    (database) =>
      new Promise<[string | number, number[]][]>((resolve, reject) => {
        const opening = indexedDB.open(database)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const cells: [string | number, number[]][] = []
          const transaction = opening.result.transaction('cells')
          const cursors = transaction.objectStore('cells').openCursor()
          cursors.onsuccess = () => {
            const cursor = cursors.result
            if (cursor === null) return
            cells.push([cursor.key as string | number, [...cursor.value]])
            cursor.continue()
          }
          transaction.oncomplete = () => {
            opening.result.close()
            resolve(cells)
          }
        }
      }),
    database,
  )

/** Has a database hold these, and nothing else. */
const putCells = (
  page: Page,
  database: string,
  cells: readonly (readonly [string | number, number[]])[],
): Promise<void> =>
  page.evaluate(
    ([database, cells]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(database)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('cells', 'readwrite')
          const store = transaction.objectStore('cells')
          store.clear()
          for (const [key, bytes] of cells) store.put(Uint8Array.from(bytes), key)
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      }),
    [database, cells] as const,
  )

test.beforeAll(requireRoute)
// Three or four browsers on two processors.
test.beforeEach(() => test.setTimeout(90_000))

test('three tabs over WebRTC: what is typed in one is committed in the others, and the channels have carried it', async ({
  elsewhere,
  site,
}) => {
  const tabs = await openThree(elsewhere, newRoom(site))
  const [a, b, c] = tabs
  for (const tab of tabs) await expect.poll(() => tab.kinds()).toEqual(['webrtc', 'webrtc'])

  const before = await a.channelBytesSent()
  await a.page.getByTestId('new-key').fill('title')
  await a.page.getByTestId('new-value').fill('typed in one tab')
  await a.page.getByTestId('add').click()
  for (const tab of [b, c]) await expect(tab.page.getByTestId('value-title')).toHaveValue('typed in one tab')
  expect(await c.get('title')).toBe('typed in one tab')
  // The first instance of the typing tab's row is drawn in all three, as executed.
  const { voters, id } = await a.status()
  for (const tab of tabs) {
    const cell = tab.page.getByTestId(`cell-${voters.indexOf(id)}-1`)
    await expect(cell).toHaveAttribute('data-phase', 'executed')
    await expect(cell).toHaveAttribute('data-position', '1')
  }
  expect(await a.channelBytesSent()).toBeGreaterThan(before + 'typed in one tab'.length)
  for (const tab of tabs) expect(tab.faults).toEqual([])
})

test('three tabs over the relay alone', async ({ elsewhere, site }) => {
  const tabs = await openThree(elsewhere, newRoom(site, { link: 'relay' }))
  const [a, b, c] = tabs
  await a.set('x', 1)
  expect(await b.get('x')).toBe(1)
  expect(await c.get('x')).toBe(1)
  for (const tab of tabs) {
    expect(await tab.kinds()).toEqual(['relay', 'relay'])
    expect(await tab.page.evaluate(() => window.channels.length)).toBe(0)
  }
})

test('concurrent edits of one key from all three end equal everywhere, and each sum is answered once', async ({
  elsewhere,
  site,
}) => {
  const tabs = await openThree(elsewhere, newRoom(site))
  const largest = await Promise.all(tabs.map((tab) => tab.addMany('count', 100, 10)))
  expect(Math.max(...largest)).toBe(300)
  expect(await settled(tabs)).toEqual({ count: 300 })
  // Three orders of three writers: whoever was last, it was the same one for all.
  await Promise.all(tabs.map((tab, i) => tab.set('last', i)))
  const { last } = await settled(tabs)
  expect([0, 1, 2]).toContain(last)
})

test('a seat claimed by all three at once goes to exactly one', async ({ elsewhere, site }) => {
  const tabs = await openThree(elsewhere, newRoom(site))
  const claims = await Promise.all(
    tabs.map((tab) => tab.room.evaluate(({ id, mutate }) => mutate.compareAndSet({ key: 'seat', wanted: id }))),
  )
  expect(claims.filter(({ ok }) => ok)).toHaveLength(1)
  const winner = await tabs[claims.findIndex(({ ok }) => ok)]?.id()
  expect(await settled(tabs)).toEqual({ seat: winner })
})

test('a fourth tab observes: it is shown everything, and what it proposes is executed', async ({ elsewhere, site }) => {
  const [a] = await openThree(elsewhere, newRoom(site))
  await a.set('x', 1)
  const fourth = await openElsewhere(elsewhere, a.link)
  await fourth.until('observer', 3)
  await expect(fourth.page.getByTestId('value-x')).toHaveValue('1')
  await fourth.page.getByTestId('value-x').fill('2')
  await expect(a.page.getByTestId('value-x')).toHaveValue('2')
  expect(await fourth.get('x')).toBe(2)
})

test('a tab killed in mid-burst: the others go on within seconds; reopened, it is itself again and catches up [K17]', async ({
  elsewhere,
  site,
  profile,
}) => {
  const disk = await profile()
  const context = await disk.open()
  const a = await openElsewhere(elsewhere, newRoom(site))
  const b = await openElsewhere(elsewhere, a.link)
  const c = await Tab.open(context, a.link)
  for (const tab of [a, b, c]) await tab.until('voter', 3)
  const id = await c.id()
  expect(await c.status()).toMatchObject({ incarnation: 1, storage: { durable: true } })

  // All three edit; the third one's browser dies, without a goodbye, once some of its edits were answered.
  const answered: string[] = []
  const killed = context.browser()
  if (killed === null) throw new Error('a persistent context has a browser')
  const gone = new Promise<void>((resolve) => killed.once('disconnected', () => resolve()))
  const devtools = await killed.newBrowserCDPSession()
  await c.page.exposeFunction('answered', (key: string) => {
    answered.push(key)
    if (answered.length === 20) devtools.send('Browser.crash').catch(() => {})
  })
  const burst = c.room.evaluate(async ({ mutate }) => {
    for (let i = 0; ; i++) {
      await Promise.all(
        [`c${i}a`, `c${i}b`].map((key) => mutate.set({ key, value: i }).then(() => window.answered(key))),
      )
    }
  })
  const others = Promise.all([a.addMany('count', 200, 5), b.addMany('count', 200, 5)])
  await expect(burst).rejects.toThrow()
  await gone
  const died = performance.now()
  await a.set('after', 'the loss')
  expect(await b.get('after')).toBe('the loss')
  console.log(`two of three answered ${Math.round(performance.now() - died)} ms after the loss of the third`)
  await others
  const contents = await settled([a, b])
  expect(contents).toMatchObject({ count: 400, after: 'the loss' })
  for (const key of answered) expect(contents).toHaveProperty(key)

  await a.set('while', 'it was away')
  const again = await Tab.open(await disk.open(), a.link)
  await again.until('voter')
  expect(await again.status()).toMatchObject({ id, incarnation: 2 })
  const back = performance.now()
  await settled([a, again, b])
  console.log(`caught up ${Math.round(performance.now() - back)} ms after it was a voter again`)
  expect(await again.contents()).toMatchObject({ count: 400, while: 'it was away' })
  await again.set('back', true)
  expect(await a.get('back')).toBe(true)
})

test('a reload keeps identity and state', async ({ elsewhere, site }) => {
  const [a, b, c] = await openThree(elsewhere, newRoom(site))
  await a.set('x', 1)
  const id = await c.id()
  await c.reload()
  await c.until('voter')
  expect(await c.status()).toMatchObject({ id, incarnation: 2 })
  await b.set('x', 2)
  expect(await c.get('x')).toBe(2)
})

test('two pages of one profile are two replicas: the second does not get the identity of the first [H14]', async ({
  profile,
  site,
}) => {
  const disk = await profile()
  const context = await disk.open()
  const first = await Tab.open(context, newRoom(site))
  const url = first.link
  const second = await Tab.open(context, url)
  const third = await Tab.open(context, url)
  const ids = await Promise.all([first, second, third].map((tab) => tab.id()))
  expect(new Set(ids).size).toBe(3)
  for (const tab of [first, second, third]) await tab.until('voter', 3)
  await first.set('x', 1)
  expect(await third.get('x')).toBe(1)

  // All closed, and opened again: the same three, each with its own.
  await context.close()
  const reopened = await disk.open()
  const tabs = [await Tab.open(reopened, url), await Tab.open(reopened, url), await Tab.open(reopened, url)]
  expect((await Promise.all(tabs.map((tab) => tab.id()))).sort()).toEqual([...ids].sort())
  for (const tab of tabs) await tab.until('voter')
  for (const tab of tabs) expect(await tab.get('x')).toBe(1)
})

test('a tab whose database was wiped does not vote under its old identity: it comes back as a new member [H14]', async ({
  elsewhere,
  profile,
  site,
}) => {
  const { context, tab, a, b, id, database } = await openStored(elsewhere, await profile(), newRoom(site))
  await tab.room.evaluate((room) => room.close())
  await tab.page.evaluate(
    (name) =>
      new Promise<void>((resolve, reject) => {
        const deletion = indexedDB.deleteDatabase(name)
        deletion.onsuccess = () => resolve()
        deletion.onerror = () => reject(deletion.error)
      }),
    database,
  )
  const again = await Tab.open(context, a.link)
  expect(await again.id()).not.toBe(id)
  const { voters } = await again.until('voter', 3)
  expect(voters).not.toContain(id)
  await a.set('x', 2)
  expect(await again.get('x')).toBe(2)
  expect(await b.get('x')).toBe(2)
})

test('a tab whose database was put back to an older copy is refused, and says so; the two others go on [H14]', async ({
  elsewhere,
  profile,
  site,
}) => {
  let mute = false
  const stored = await openStored(elsewhere, await profile(), newRoom(site, { link: 'relay' }), async (page) => {
    await page.routeWebSocket(/relay/, (socket) => {
      const relay = socket.connectToServer()
      socket.onMessage((message) => {
        if (!mute) relay.send(message)
      })
    })
  })
  const { context, tab, a, b, id, database } = stored
  const older = await cellsOf(tab.page, database)
  await tab.set('x', 2)
  // Without a goodbye: else another would vote in its place.
  mute = true
  await tab.room.evaluate((room) => room.close())
  expect(lastBatch(await cellsOf(tab.page, database))).toBeGreaterThan(lastBatch(older))
  await putCells(tab.page, database, older)
  await tab.page.close()

  const again = await Tab.open(context, a.link)
  expect(await again.id()).toBe(id)
  expect((await again.until('stopped')).reason).toContain('its storage is an older copy')
  await expect(again.page.getByRole('status').getByText('its storage is an older copy')).toBeVisible()
  await expect(again.set('x', 3)).rejects.toThrow('NotAMember')
  await a.set('x', 4)
  expect(await b.get('x')).toBe(4)
  // Loaded again, it is somebody else, and comes in like anybody.
  await again.reload()
  expect(await again.id()).not.toBe(id)
  await again.until('observer')
  expect(await again.get('x')).toBe(4)
})

test('a voter stored in a profile is opened again before an older identity that never became a member', async ({
  elsewhere,
  profile,
  site,
}) => {
  const disk = await profile()
  const context = await disk.open()
  const a = await openElsewhere(elsewhere, newRoom(site))
  const late = await Tab.open(context, a.link, (page) => page.routeWebSocket(/relay/, () => {}))
  const voter = await Tab.open(context, a.link)
  const b = await openElsewhere(elsewhere, a.link)
  for (const tab of [voter, a, b]) await tab.until('voter', 3)
  expect((await late.status()).role).toBe('joining')
  const id = await voter.id()
  expect(await late.id()).not.toBe(id)
  await context.close()
  const again = await Tab.open(await disk.open(), a.link)
  expect(await again.id()).toBe(id)
  await again.until('voter')
})

test('WebRTC cut in mid-burst: the relay carries on, nothing is lost, and the channels come back', async ({
  elsewhere,
  site,
}) => {
  const tabs = await openThree(elsewhere, newRoom(site))
  const [a] = tabs
  for (const tab of tabs) await expect.poll(() => tab.kinds()).toEqual(['webrtc', 'webrtc'])
  const burst = Promise.all(tabs.map((tab) => tab.addMany('count', 300, 10)))
  await expect.poll(async () => Number((await a.contents()).count)).toBeGreaterThan(100)
  const kinds = await a.room.evaluate(async ({ status }) => {
    for (const channel of window.channels) channel.close()
    const now = (): string[] => status.get().link.peers.map(({ kind }) => kind)
    while (now().includes('webrtc')) await new Promise((resolve) => status.subscribe(resolve))
    return now()
  })
  expect(kinds).toEqual(['relay', 'relay'])
  await burst
  expect(await settled(tabs)).toEqual({ count: 900 })
  for (const tab of tabs) await expect.poll(() => tab.kinds(), { timeout: 20_000 }).toEqual(['webrtc', 'webrtc'])
  await a.set('after', 1)
  expect(await settled(tabs)).toEqual({ after: 1, count: 900 })
})
