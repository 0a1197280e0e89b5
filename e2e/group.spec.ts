import type { BrowserContext } from '@playwright/test'
import { expect, requireRoute, test } from './fixtures.js'
import { newRoom, openElsewhere, openThree, settled, Tab } from './tab.js'

/** How long a voter may be away here before it is replaced, in milliseconds. */
const grace = { grace: '2000' }

/** Of a room in five browsers: the three that vote, the founder first, and the two that observe. */
const openFive = async (elsewhere: () => Promise<BrowserContext>, url: string) => {
  const voters = await openThree(elsewhere, url)
  const [{ link }] = voters
  const observers: [Tab, Tab] = [await openElsewhere(elsewhere, link), await openElsewhere(elsewhere, link)]
  for (const tab of observers) await tab.until('observer', 3)
  return { voters, observers }
}

/** The roles that a page shows, sorted. */
const rolesShown = async ({ page }: Tab): Promise<(string | undefined)[]> => {
  const roles = await page
    .getByTestId('member')
    .evaluateAll((chips) => chips.map((chip) => (chip as HTMLElement).dataset.role))
  return roles.sort()
}

/** Adds 1 to a key again and again, until some time after a voter has been replaced. Times are of the machine's clock. */
const addUntilReplaced = (tab: Tab, key: string, voter: string) =>
  tab.room.evaluate(
    async (room, [key, voter]) => {
      const answeredAtMs: number[] = []
      let replacedAtMs = Number.POSITIVE_INFINITY
      for (let now = 0; now < replacedAtMs + 1000; answeredAtMs.push(now)) {
        await room.mutate.add({ key, by: 1 })
        now = Date.now()
        if (!room.status.get().voters.includes(voter)) replacedAtMs = Math.min(replacedAtMs, now)
      }
      return { answeredAtMs, replacedAtMs }
    },
    [key, voter] as const,
  )

test.beforeAll(requireRoute)
// Five browsers on two processors.
test.beforeEach(() => test.setTimeout(120_000))

test('of five that come by one invite three vote and two observe; a voter that is killed is replaced once the grace period is over, and edits never stop', async ({
  elsewhere,
  site,
}) => {
  const { voters, observers } = await openFive(elsewhere, newRoom(site, grace))
  const [a, b, c] = voters
  const all = [...voters, ...observers]
  for (const tab of all) await tab.set(`from ${await tab.id()}`, true)
  expect(Object.keys(await settled(all))).toHaveLength(5)
  await expect.poll(() => rolesShown(a)).toEqual(['observer', 'observer', 'voter', 'voter', 'voter'])
  await expect(a.page.getByTestId('status-survives')).toHaveText('may lose 1 of 3')

  const killed = await c.id()
  // A voter and an observer edit, each a key of its own: an edit of that key that dies with it has to be recovered first.
  const edits = Promise.all([addUntilReplaced(b, 'count 0', killed), addUntilReplaced(observers[0], 'count 1', killed)])
  await expect(a.page.getByTestId('value-count 0')).not.toHaveValue('')
  await c.crash()
  const crashedAtMs = Date.now()
  const [byVoter, byObserver] = await edits
  for (const { answeredAtMs } of [byVoter, byObserver]) {
    const pausesMs = answeredAtMs.map((atMs, i) => atMs - (answeredAtMs[i - 1] ?? atMs))
    console.log(`${pausesMs.length} edits were answered, one after the other within ${Math.max(...pausesMs)} ms`)
  }
  const { answeredAtMs, replacedAtMs } = byVoter
  expect(answeredAtMs.filter((atMs) => atMs > crashedAtMs && atMs < replacedAtMs)).not.toEqual([])
  const roles = async (): Promise<string[]> =>
    (await Promise.all(observers.map(async (tab) => (await tab.status()).role))).sort()
  await expect.poll(roles).toEqual(['observer', 'voter'])
  await a.until('voter', 3)
  const living = [a, b, ...observers]
  const counts = { 'count 0': byVoter.answeredAtMs.length, 'count 1': byObserver.answeredAtMs.length }
  expect(await settled(living)).toMatchObject(counts)
  for (const tab of living) expect(tab.faults).toEqual([])
})

test('all five tabs are closed and three of them opened again: the room is back, with all that it was told', async ({
  profile,
  site,
}) => {
  const disk = await profile()
  const context = await disk.open()
  const first = await Tab.open(context, newRoom(site))
  const tabs = [first]
  for (let i = 1; i < 5; i++) tabs.push(await Tab.open(context, first.link))
  await first.until('voter', 3)
  const ids = await Promise.all(tabs.map((tab) => tab.id()))
  await Promise.all(tabs.map((tab, i) => tab.set(`key ${i}`, i)))
  const before = await settled(tabs)
  await context.close()

  const reopened = await disk.open()
  const back = [
    await Tab.open(reopened, first.link),
    await Tab.open(reopened, first.link),
    await Tab.open(reopened, first.link),
  ]
  for (const tab of back) await tab.until('voter', 3)
  expect(ids).toEqual(expect.arrayContaining(await Promise.all(back.map((tab) => tab.id()))))
  await back[0]?.set('after', 1)
  expect(await settled(back)).toEqual({ ...before, after: 1 })
})

test('a newcomer is given a state of 10 MB, shows how far that has come, and is up to date', async ({
  elsewhere,
  site,
}) => {
  const a = await openElsewhere(elsewhere, newRoom(site))
  await a.room.evaluate(async ({ mutate }) => {
    for (let i = 0; i < 20; i++)
      await mutate.set({ key: `page ${i}`, value: String.fromCharCode(97 + i).repeat(500_000) })
  })
  const opened = performance.now()
  const newcomer = await Tab.open(await elsewhere(), a.link, async (page) => {
    await page.addInitScript(() => {
      window.progress = []
      new MutationObserver(() => {
        const bar = document.querySelector<HTMLProgressElement>('[data-testid=snapshot]')
        if (bar !== null && bar.offsetParent !== null) window.progress.push(bar.value / bar.max)
      }).observe(document, { subtree: true, childList: true, attributes: true })
    })
  })
  await a.set('meanwhile', 1)
  await expect.poll(() => newcomer.get('meanwhile'), { timeout: 30_000 }).toBe(1)
  console.log(`10 MB had come ${Math.round(performance.now() - opened)} ms after the tab was opened`)
  expect(await newcomer.get('page 19')).toBe('t'.repeat(500_000))
  // It is no member before its disk holds that, too.
  await expect.poll(async () => (await newcomer.status()).role).not.toBe('joining')
  const progress = await newcomer.page.evaluate(() => window.progress)
  expect(progress.filter((part) => part > 0 && part < 1).length).toBeGreaterThan(1)
  expect(progress).toEqual([...progress].sort((x, y) => x - y))
  // Nothing is left of it, and what is too long for a field is told of.
  await expect(newcomer.page.getByTestId('snapshot')).toBeHidden()
  await expect(newcomer.page.getByTestId('value-page 19')).toHaveValue('500000 characters')
})

test('two tabs that open an invite to a room nobody is in do not found one, and come in when a member is back [H19]', async ({
  elsewhere,
  profile,
  site,
}) => {
  const disk = await profile()
  const context = await disk.open()
  const founder = await Tab.open(context, newRoom(site))
  await founder.set('x', 1)
  const { link } = founder
  await context.close()

  const tabs = [await openElsewhere(elsewhere, link), await openElsewhere(elsewhere, link)] as const
  const edits = tabs.map((tab) => tab.room.evaluate(({ mutate }) => mutate.add({ key: 'x', by: 1 })))
  for (const tab of tabs) {
    // They have met.
    await expect.poll(() => rolesShown(tab)).toEqual(['joining', 'joining'])
    await expect(tab.page.getByRole('heading', { name: 'Nobody of this room is here' })).toBeVisible()
    const waiting = { role: 'joining', epoch: undefined, voters: [], pending: 1 }
    await expect.poll(() => tab.status()).toMatchObject(waiting)
  }

  const back = await Tab.open(await disk.open(), link)
  await Promise.all(edits)
  for (const tab of tabs) await tab.until('voter', 3)
  expect(await settled([back, ...tabs])).toEqual({ x: 3 })
})

test('tabs of one browser count as one where they are told apart as in the library: one of them votes', async ({
  elsewhere,
  profile,
  site,
}) => {
  const context = await (await profile()).open()
  const first = await Tab.open(context, newRoom(site, { place: 'browser' }))
  const second = await Tab.open(context, first.link)
  await second.until('observer', 1)
  const others = [await openElsewhere(elsewhere, first.link), await openElsewhere(elsewhere, first.link)]
  await first.until('voter', 3)
  for (const tab of others) await tab.until('voter', 3)
  expect((await second.status()).role).toBe('observer')
  await expect(first.page.getByText('2 members are tabs of this browser')).toBeVisible()
})

test('who leaves hands over first: an observer votes in its place, and the page says that it has left', async ({
  elsewhere,
  site,
}) => {
  const { voters, observers } = await openFive(elsewhere, newRoom(site))
  const [a, b, c] = voters
  const left = await a.id()
  await a.set('x', 1)
  await a.page.getByTestId('leave').click()
  await a.page.getByTestId('confirm').click()
  await expect(a.page.getByRole('heading', { name: 'You have left the room' })).toBeVisible({ timeout: 20_000 })
  for (const tab of [b, c]) expect((await tab.until('voter', 3)).voters).not.toContain(left)
  await b.set('x', 2)
  expect(await settled([b, c, ...observers])).toEqual({ x: 2 })
  // What was here stays readable, and its link leads back, as somebody else.
  expect(await a.contents()).toEqual({ x: 1 })
  await a.reload()
  expect(await a.id()).not.toBe(left)
  expect(await a.get('x')).toBe(2)
})

test('a sole voter is told that nobody can take over, and leaves only where it insists', async ({
  elsewhere,
  site,
}) => {
  const tab = await openElsewhere(elsewhere, newRoom(site))
  const { page } = tab
  for (const answer of ['Cancel', 'Leave anyway']) {
    await page.getByTestId('leave').click()
    await page.getByTestId('confirm').click()
    await expect(page.getByRole('heading', { name: 'Nobody can take over' })).toBeVisible()
    expect((await tab.status()).role).toBe('voter')
    await page.getByRole('button', { name: answer }).click()
  }
  await expect(page.getByRole('heading', { name: 'You have left the room' })).toBeVisible()
  expect((await tab.status()).role).toBe('closed')
})

test('with two of three voters gone for good, the room is rebuilt from the third, under another link', async ({
  elsewhere,
  site,
}) => {
  const [a, b, c] = await openThree(elsewhere, newRoom(site))
  await a.set('x', 1)
  await settled([a, b, c])
  const { link } = a
  await b.crash()
  await c.crash()
  const { page } = a
  await page.getByTestId('rebuild').click()
  // Not before it was said that they are gone.
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('dialog').getByRole('checkbox').check()
  await page.getByTestId('confirm').click()
  await expect(page.getByRole('heading', { name: 'You are the only one here' })).toBeVisible()
  await a.reopened()
  expect(a.link).not.toBe(link)
  expect(await a.status()).toMatchObject({ role: 'voter', epoch: 0 })
  await a.set('y', 2)
  const other = await openElsewhere(elsewhere, a.link)
  await other.until('observer')
  expect(await settled([a, other])).toEqual({ x: 1, y: 2 })
  await a.reload()
  expect(await a.contents()).toEqual({ x: 1, y: 2 })
})

test('a room that was made here is offered the next time, and another one can be made beside it', async ({
  elsewhere,
  site,
}) => {
  const first = await Tab.open(await elsewhere(), `${site.url}#new`)
  expect(await first.status()).toMatchObject({ role: 'voter', epoch: 0 })
  await first.set('x', 1)
  const { link, page } = first
  await page.goto('about:blank')
  await page.goto(`${site.url}#room`)
  await page.getByRole('link', { name: /^Room [0-9a-f]{4}/ }).click()
  await first.reopened()
  expect(first.link).toBe(link)
  expect(await first.get('x')).toBe(1)
  await page.getByRole('link', { name: 'New room' }).click()
  await page.waitForURL((url) => url.hash.length > 10 && url.href !== link)
  await first.reopened()
  expect(await first.contents()).toEqual({})
})

test('members that keep nothing on a disk carry a room as well', async ({ elsewhere, site }) => {
  const [a, b, c] = await openThree(elsewhere, newRoom(site, { storage: 'memory' }))
  await a.set('x', 1)
  expect(await settled([a, b, c])).toEqual({ x: 1 })
  expect((await b.status()).storage).toEqual({
    durable: false,
    persisted: undefined,
    error: undefined,
    quarantined: [],
  })
})
