import type { JSHandle } from '@playwright/test'
import { expect, test } from './fixtures.js'
import type * as PageModule from './react-page.js'

const MODULE_PATH = '/e2e/react-page.ts'

type Module = JSHandle<typeof PageModule>

/** What Chromium says of a room that is closed while it is still on its way to the relay, as these pages may do. */
const CLOSED_EARLY = /^WebSocket connection to \S+ failed: WebSocket is closed before the connection is established\.$/

let module: Module
let relay: string
let faults: string[]

test.beforeEach(async ({ page, server }) => {
  relay = server.relay
  faults = []
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  await page.goto(server.url)
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    const isFault = message.type() === 'error' || message.type() === 'warning'
    if (isFault && !CLOSED_EARLY.test(message.text())) faults.push(message.text())
  })
  module = (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as Module
})

test.afterEach(() => expect(faults).toEqual([]))

const mount = (strict: boolean): Promise<void> =>
  module.evaluate((page, [relay, strict]) => page.mount(relay, strict), [relay, strict] as const)

const replicas = (): ReturnType<typeof PageModule.replicas> => module.evaluate((page) => page.replicas())

test('in StrictMode a component that opens a room opens one, and when it is taken away no replica is left alive', async ({
  page,
}) => {
  await mount(true)
  await expect(page.locator('#app')).toHaveAttribute('data-room', /.+/)
  const id = await page.locator('#app').getAttribute('data-room')
  expect(await replicas()).toEqual({ stored: [id], alive: [id] })
  expect(await module.evaluate(({ events }) => events)).toEqual(['open'])
  await module.evaluate((page) => page.unmount())
  await expect.poll(replicas).toEqual({ stored: [id], alive: [] })
})

test('a component that is taken away and comes back at once is the same member again, and the only one', async ({
  page,
}) => {
  await mount(true)
  await expect(page.locator('#app')).toHaveAttribute('data-room', /.+/)
  const id = (await page.locator('#app').getAttribute('data-room')) ?? ''
  await module.evaluate((page) => page.claim('left/1'))
  for (let round = 1; round <= 3; round++) {
    await module.evaluate((page, relay) => {
      page.unmount()
      page.mount(relay, true)
    }, relay)
    await expect(page.locator('#app')).toHaveAttribute('data-room', id)
    await expect(page.locator('[id="left/1"]')).toHaveText('taken')
    expect(await replicas()).toEqual({ stored: [id], alive: [id] })
    expect((await module.evaluate(({ events }) => events)).length).toBe(1 + round)
  }
})

test('a component keeps its room while its dependencies are the same, and opens another one when they change', async ({
  page,
}) => {
  await mount(true)
  const app = page.locator('#app')
  await expect(app).toHaveAttribute('data-room', /.+/)
  const id = (await app.getAttribute('data-room')) ?? ''
  const renderVisit = (visit: number): Promise<void> =>
    module.evaluate((page, [relay, visit]) => page.render(relay, true, visit), [relay, visit] as const)
  const events = (): Promise<string[]> => module.evaluate(({ events }) => events)

  const rendered = (): Promise<number | undefined> => module.evaluate(({ renders }) => renders.app)
  const before = Number(await rendered())
  await renderVisit(1)
  await expect.poll(rendered).toBeGreaterThan(before)
  await renderVisit(2)
  await expect.poll(events).toEqual(['open', 'open'])
  await expect(app).toHaveAttribute('data-room', id)
  expect(await replicas()).toEqual({ stored: [id], alive: [id] })
})

test('a component renders again for what it has selected, and for nothing else', async ({ page }) => {
  await mount(false)
  await expect(page.locator('[id="left/1"]')).toHaveText('free')
  const counts = (): Promise<Record<string, number>> => module.evaluate(({ renders }) => ({ ...renders }))
  const before = await counts()
  await module.evaluate((page) => page.claim('left/1'))
  await expect(page.locator('[id="left/1"]')).toHaveText('taken')
  await expect(page.locator('#left')).toHaveText('1')
  const after = await counts()
  expect(after).toEqual({
    ...before,
    'left/1': Number(before['left/1']) + 1,
    left: Number(before.left) + 1,
  })
  // Of the list one more, of the seat nothing.
  await module.evaluate((page) => page.claim('left/2'))
  await expect(page.locator('#left')).toHaveText('2')
  expect(await counts()).toEqual({ ...after, left: Number(after.left) + 1 })

  // Rendered for another reason it is given the very same list, though its selector is another function.
  await module.evaluate((page, relay) => page.render(relay, false), relay)
  await expect.poll(async () => (await counts()).right).toBe(Number(after.right) + 1)
  expect(await module.evaluate(({ lists }) => [lists.left?.size, lists.right?.size])).toEqual([3, 1])
})

test('what is called is in the document before the next frame', async ({ page }) => {
  await mount(false)
  await expect(page.locator('[id="right/1"]')).toHaveText('free')
  expect(await module.evaluate((page) => page.shownInNextFrame('right/1'))).toBe('taken')
})
