import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import { expect, type Origin, test } from './fixtures.js'
import type * as PageModule from './tabs-page.js'

type InPage = PageModule.Tab

const MODULE_PATH = '/e2e/tabs-page.ts'

/** So many calls of a page are under way at any time. */
const AT_ONCE = 20

/** A tab that one browser has open on the room. */
class Tab {
  private constructor(
    readonly page: Page,
    readonly it: JSHandle<InPage>,
    readonly faults: readonly string[],
  ) {}

  /** @param invite undefined: it founds the room */
  static async open(context: BrowserContext, { url, relay }: Origin, invite?: string): Promise<Tab> {
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    await page.goto(url)
    const it = await page.evaluateHandle(
      async ([path, relay, invite]) => {
        const { Tab } = (await import(path)) as typeof PageModule
        return invite === undefined ? Tab.found(relay) : Tab.open(invite)
      },
      [MODULE_PATH, relay, invite] as const,
    )
    return new Tab(page, it, faults)
  }

  invite(): Promise<string> {
    return this.it.evaluate(({ room }) => room.invite())
  }

  status(): Promise<InPage['status']> {
    return this.it.evaluate(({ status }) => status)
  }

  contents(): Promise<Record<string, unknown>> {
    return this.it.evaluate(({ contents }) => contents)
  }

  progress(): Promise<InPage['progress']> {
    return this.it.evaluate(({ progress }) => progress)
  }

  /** Resolves when so many more of its calls are answered. */
  async answers(more: number): Promise<void> {
    const { answered } = await this.progress()
    await expect
      .poll(async () => (await this.progress()).answered, { timeout: 20_000 })
      .toBeGreaterThan(answered + more)
  }

  /** Ends the page as a crash of its renderer does. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    const devtools = await this.page.context().newCDPSession(this.page)
    // It has nobody left to answer.
    devtools.send('Page.crash').catch(() => {})
    await crashed
  }
}

test('the tabs of one browser are one member, which each of them uses', async ({ profile, server }) => {
  const context = await (await profile()).open()
  const first = await Tab.open(context, server)
  const second = await Tab.open(context, server, await first.invite())
  const ids = await Promise.all([first, second].map(({ it }) => it.evaluate(({ room }) => room.id)))
  expect(ids[0]).toBe(ids[1])
  expect(await first.status()).toMatchObject({ tab: 'host', role: 'voter' })
  expect(await second.status()).toMatchObject({ tab: 'guest', role: 'voter' })
  expect(await second.it.evaluate(({ room }) => room.mutate.add({ key: 'n' }))).toBe(1)
  expect(await first.it.evaluate(({ room }) => room.mutate.add({ key: 'n' }))).toBe(2)
  await expect.poll(() => second.contents()).toEqual({ n: 2 })
  const databases = await first.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  expect(databases.filter((name) => name?.includes(ids[0] as string))).toHaveLength(1)
})

test('the tab that holds the member is closed in mid-burst, and the next one crashes: nothing is lost, and nothing done twice', async ({
  profile,
  server,
}) => {
  test.setTimeout(120_000)
  const context = await (await profile()).open()
  const first = await Tab.open(context, server)
  const invite = await first.invite()
  const tabs = [first]
  for (let i = 1; i < 4; i++) tabs.push(await Tab.open(context, server, invite))
  for (const [i, { it }] of tabs.entries())
    await it.evaluate((it, [key, n]) => it.begin(key, n), [`n${i}`, AT_ONCE] as const)
  const living = new Map(tabs.entries())
  for (const end of ['close', 'crash', 'close'] as const) {
    for (const tab of living.values()) await tab.answers(200)
    const hosts = []
    for (const [i, tab] of living) if ((await tab.status()).tab === 'host') hosts.push(i)
    expect(hosts).toHaveLength(1)
    const [host] = hosts as [number]
    if (end === 'close') await living.get(host)?.page.close()
    else await living.get(host)?.crash()
    living.delete(host)
    for (const tab of living.values()) await tab.answers(50)
  }
  for (const [i, tab] of living) {
    await tab.it.evaluate((it) => it.stop())
    const { called, answered, longestMs } = await tab.progress()
    console.log(`${answered} calls were answered, one after the other within ${longestMs} ms`)
    expect(answered).toBe(called)
    expect(await tab.contents()).toMatchObject({ [`n${i}`]: called })
    expect(await tab.status()).toMatchObject({ tab: 'host', role: 'voter' })
    expect(tab.faults).toEqual([])
  }
})

test('what was called without a network in a tab that does not hold the member is there after all tabs were closed, once and in order', async ({
  profile,
  server,
}) => {
  test.setTimeout(60_000)
  const [theirs, ours] = [await profile(), await profile()]
  const theirContext = await theirs.open()
  const voter = await Tab.open(theirContext, server)
  const invite = await voter.invite()
  const context = await ours.open()
  const host = await Tab.open(context, server, invite)
  await host.it.evaluate((it) => it.room.mutate.add({ key: 'n' }))
  const guest = await Tab.open(context, server, invite)
  expect(await guest.status()).toMatchObject({ tab: 'guest', role: 'observer' })
  await theirContext.close()

  const words = Array.from({ length: 10 }, (_, i) => `word ${i}`)
  for (const each of words) await guest.it.evaluate((it, each) => it.say(each), each)
  expect(await guest.it.evaluate(({ shown }) => shown)).toEqual({ n: 1, log: words })
  expect(await guest.contents()).toEqual({ n: 1 })
  await expect.poll(async () => (await guest.status()).waiting).toContain('too few')
  await context.close()

  await Tab.open(await theirs.open(), server, invite)
  const again = await Tab.open(await ours.open(), server, invite)
  await expect.poll(() => again.contents(), { timeout: 20_000 }).toEqual({ n: 1, log: words })
  expect(await again.it.evaluate((it) => it.room.mutate.add({ key: 'n' }))).toBe(2)
  expect(await again.contents()).toEqual({ n: 2, log: words })
})
