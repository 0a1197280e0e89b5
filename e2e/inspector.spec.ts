import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import { expect, type Origin, test } from './fixtures.js'
import type * as PageModule from './inspector-page.js'
import { barriers } from './looks.js'

const MODULE_PATH = '/e2e/inspector-page.ts'

interface Inspecting {
  readonly page: Page
  readonly room: JSHandle<PageModule.Inspected>
  readonly faults: readonly string[]
}

/** A page that allows no style but that of files, with a room open in it: a new one, or that of an invite. */
const open = async (context: BrowserContext, { url, relay }: Origin, invite?: string): Promise<Inspecting> => {
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  await page.goto(url)
  await page.evaluate(() => {
    document.documentElement.lang = 'en'
    document.head.insertAdjacentHTML(
      'beforeend',
      '<meta http-equiv="content-security-policy" content="style-src \'self\'">',
    )
    document.body.innerHTML = '<main><h1>app</h1></main>'
  })
  const module = (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as JSHandle<typeof PageModule>
  const room =
    invite === undefined
      ? await module.evaluateHandle(({ Inspected }, relay) => Inspected.found(relay), relay)
      : await module.evaluateHandle(({ Inspected }, invite) => Inspected.open(invite), invite)
  return { page, room, faults }
}

/** The inspector, beside the application. */
const INSPECTOR = 'body > div'

test('in a corner it is a button that tells the room’s health, and opens and closes by keyboard', async ({
  elsewhere,
  server,
}) => {
  const { page, room, faults } = await open(await elsewhere(), server)
  await room.evaluate((room) => room.set(50))
  await room.evaluate((room) => room.mount())
  const button = page.getByRole('button', { name: 'epaxos: all is well' })
  await expect(button).toHaveAttribute('aria-expanded', 'false')
  await expect(page.getByTestId('cell-0-1')).toHaveCount(0)
  await page.keyboard.press('Tab')
  await expect(button).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(button).toHaveAttribute('aria-expanded', 'true')
  await expect(page.getByText('the one voter is here')).toBeVisible()
  await expect(page.getByRole('list', { name: 'What to know, or to do' })).not.toContainText('One moment')
  await expect(page.locator('[data-testid^=cell-][data-phase=executed]').first()).toBeAttached()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await barriers(page, INSPECTOR)).toEqual([])
  }
  await page.keyboard.press('Escape')
  await expect(button).toBeFocused()
  await expect(page.getByText('the one voter is here')).toBeHidden()
  expect(await barriers(page, INSPECTOR)).toEqual([])
  await room.evaluate((room) => room.unmount())
  await expect(page.locator('body > div')).toHaveCount(0)
  expect(faults).toEqual([])
})

test('in a parent it is open from the beginning, stays in its width, and says when the room was closed', async ({
  elsewhere,
  server,
}) => {
  const { page, room, faults } = await open(await elsewhere(), server)
  await page.setViewportSize({ width: 360, height: 700 })
  await room.evaluate((room) => {
    const parent = document.querySelector('main')
    if (parent !== null) room.mount({ parent })
  })
  const inspector = page.getByRole('main').getByRole('region', { name: 'epaxos inspector' })
  await expect(inspector.getByText('no. 0, with 1 voter')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await room.evaluate((room) => room.close())
  await expect(inspector.getByRole('button')).toHaveText('epaxos: closed')
  expect(faults).toEqual([])
})

test('a burst of changes is drawn ten times a second at most, and nothing of it while it is closed', async ({
  elsewhere,
  server,
}) => {
  const { page, room } = await open(await elsewhere(), server)
  await room.evaluate((room) => room.mount({ open: true }))
  await expect.poll(() => room.evaluate(({ drawn }) => drawn)).toBeGreaterThan(0)
  const burst = await room.evaluate(async (room) => {
    const [before, startMs] = [room.drawn, performance.now()]
    const changes = await room.set(1000)
    return { changes, drawn: room.drawn - before, tookMs: performance.now() - startMs }
  })
  expect(burst.drawn).toBeGreaterThan(0)
  expect(burst.drawn).toBeLessThanOrEqual(burst.tookMs / 100 + 1)
  expect(burst.changes).toBeGreaterThan(burst.drawn)
  await page.getByRole('button', { name: /^epaxos/ }).click()
  const quiet = await room.evaluate(async (room) => {
    const before = room.drawn
    await room.set(300)
    return room.drawn - before
  })
  expect(quiet).toBe(0)
})

test('a tab that uses the member of another one says that it sees no instances', async ({ elsewhere, server }) => {
  const context = await elsewhere()
  const host = await open(context, server)
  const guest = await open(context, server, await host.room.evaluate(({ invite }) => invite))
  await guest.room.evaluate((room) => room.mount({ open: true }))
  await expect(guest.page.getByText('in another tab that this one uses')).toBeVisible()
  await expect(guest.page.getByText('This tab uses the member of another tab of this browser.')).toBeVisible()
  expect([...host.faults, ...guest.faults]).toEqual([])
})

test('in a page whose styles reset everything it looks the same, also where it is mounted twice, and a second one is beside it', async ({
  elsewhere,
  server,
}) => {
  const { page, room, faults } = await open(await elsewhere(), server)
  const sizes = (): Promise<readonly unknown[]> =>
    page
      // The page's own elements will be hidden.
      .locator('main section')
      .evaluateAll((frames) =>
        frames.map((frame) => {
          const button = frame.querySelector('button')
          if (button === null) return []
          const { color, fontSize, letterSpacing, textTransform, visibility } = getComputedStyle(button)
          return [frame.clientWidth, button.clientHeight, color, fontSize, letterSpacing, textTransform, visibility]
        }),
      )
  await room.evaluate((room) => {
    const frame = new CSSStyleSheet()
    frame.replaceSync('body, main { display: block !important; width: 800px !important }')
    document.adoptedStyleSheets = [frame]
    const parent = document.querySelector('main')
    if (parent !== null) room.mountTwice({ parent })
  })
  await expect(page.getByRole('button', { name: 'epaxos: all is well' })).toHaveCount(1)
  const [before] = await sizes()
  await page.evaluate(() => {
    const hostile = new CSSStyleSheet()
    hostile.replaceSync(`* { all: unset !important }
      * { font: 40px serif !important; letter-spacing: 9px !important; text-transform: uppercase !important;
        color: lime !important; visibility: hidden !important; display: none }`)
    document.adoptedStyleSheets.push(hostile)
  })
  expect(await sizes()).toEqual([before])
  await room.evaluate((room) => {
    const parent = document.querySelector('main')
    if (parent !== null) room.mount({ parent })
  })
  await expect(page.getByRole('button', { name: 'epaxos: all is well' })).toHaveCount(2)
  expect(await sizes()).toEqual([before, before])
  expect(faults).toEqual([])
})
