import { expect, test } from './fixtures.js'
import type * as PageModule from './hostile-page.js'
import { settled, Tab } from './tab.js'

const MODULE_PATH = '/e2e/hostile-page.ts'

test('a member that sends every message with every field wrong, and floods the relay: the honest tabs are unharmed', async ({
  browser,
  server,
  site,
}) => {
  test.setTimeout(120_000)
  const room = `hostile-${process.pid}`
  const url = `${site.url}?room=${room}`
  const [first, second, third] = [await browser.newContext(), await browser.newContext(), await browser.newContext()]
  const a = await Tab.open(first, url)
  const b = await Tab.open(second, url)
  const page = await third.newPage()
  await page.goto(server.url)
  const liar = await page.evaluateHandle(
    async ([path, relay, room]) => {
      const { Liar } = (await import(path)) as typeof PageModule
      return new Liar(relay, room, 'e'.repeat(32))
    },
    [MODULE_PATH, site.relay, room] as const,
  )
  for (const tab of [a, b]) await tab.until('voter')
  await a.set('before', 1)

  // The honest two work on while they are lied to.
  const work = Promise.all([a.addMany('count', 100, 4), b.addMany('count', 100, 4)])
  const lies = await liar.evaluate((liar) => liar.lie())
  const reasons = await liar.evaluate((liar) => liar.flood(20))
  await work

  expect(lies).toBeGreaterThan(1000)
  expect(reasons).toHaveLength(20)
  for (const reason of reasons) expect(reason).toContain('protocol-error')
  for (const tab of [a, b]) {
    // Each was counted, none has closed the link, or thrown into the page.
    await expect.poll(async () => (await tab.status()).refused).toEqual({ packets: lies, messages: 0, strangers: 0 })
    expect(await tab.status()).toMatchObject({ role: 'voter', link: { state: 'open', reason: undefined } })
    expect(tab.faults).toEqual([])
  }
  await b.set('after', 1)
  expect(await a.get('after')).toBe(1)
  expect(await settled([a, b])).toEqual({ after: 1, before: 1, count: 200 })
  for (const context of [first, second, third]) await context.close()
})
