import type { Page } from '@playwright/test'
import { expect, requireRoute, test } from './fixtures.js'
import { newRoom, openElsewhere, settled, Tab } from './tab.js'

test.beforeAll(requireRoute)
// Three browsers on two processors.
test.beforeEach(() => test.setTimeout(60_000))

const faultsOf = (tabs: readonly Tab[]): readonly string[] => tabs.flatMap(({ faults }) => faults)

/** How often a button is pressed, one press after the other. */
const hammer = async (page: Page, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await page.getByTestId('count').click()
}

test('three come in by link and by QR code: a seat goes to one, a note moves everywhere, presses add up, and one that was cut off catches up', async ({
  elsewhere,
  site,
}) => {
  const a = await openElsewhere(elsewhere, newRoom(site))
  const b = await openElsewhere(elsewhere, await a.page.getByTestId('link').inputValue())
  await a.page.getByTestId('invite').click()
  await expect(a.page.getByTestId('link')).toBeFocused()
  await expect(a.page.getByTestId('link')).toBeInViewport()
  const [, scanned = ''] = (await a.page.getByTestId('qr').getAttribute('aria-label'))?.match(/(http\S+)$/) ?? []
  const c = await openElsewhere(elsewhere, scanned)
  const tabs = [a, b, c]
  for (const tab of tabs) await tab.until('voter', 3)

  // Who is here, and under which name.
  await c.page.getByTestId('name').fill('Grace')
  for (const { page } of tabs) {
    await expect(page.getByTestId('person')).toHaveCount(3)
    await expect(page.getByTestId('person').filter({ hasText: 'Grace' })).toHaveCount(1)
  }

  // A seat that two claim at once.
  await Promise.all([a, b].map(({ page }) => page.getByTestId('seat/7').click()))
  await expect(c.page.getByTestId('seat/7')).toHaveAttribute('data-held', 'elsewhere')
  // For a moment both may be shown their own claims.
  const held = (): Promise<readonly (string | null)[]> =>
    Promise.all([a, b].map(({ page }) => page.getByTestId('seat/7').getAttribute('data-held')))
  await expect.poll(async () => [...(await held())].sort()).toEqual(['elsewhere', 'here'])

  // A note that one writes and another moves, by keyboard.
  await a.page.getByTestId('add-note').click()
  const noteIn = (page: Page) => page.getByTestId('notes').getByRole('listitem')
  await noteIn(a.page).getByRole('textbox').fill('bring cake')
  await expect(noteIn(b.page).getByRole('textbox')).toHaveValue('bring cake')
  const handle = noteIn(b.page).getByRole('button', { name: /^Move/ })
  await handle.focus()
  for (let i = 0; i < 13; i++) await handle.press('Shift+ArrowLeft')
  for (const { page } of tabs) await expect(noteIn(page)).toHaveAttribute('data-x', '0')
  // And by dragging, while the first one's text stays what it is.
  const { x, y } = (await handle.boundingBox()) ?? { x: 0, y: 0 }
  await b.page.mouse.move(x + 5, y + 5)
  await b.page.mouse.down()
  await b.page.mouse.move(x + 105, y + 5, { steps: 5 })
  await b.page.mouse.up()
  for (const { page } of tabs) {
    await expect(noteIn(page)).not.toHaveAttribute('data-x', '0')
    await expect(noteIn(page).getByRole('textbox')).toHaveValue('bring cake')
  }

  // A counter that all hammer.
  await Promise.all(tabs.map(({ page }) => hammer(page, 10)))
  for (const { page } of tabs) await expect(page.getByTestId('counter')).toHaveText('30')

  // The instances behind it are drawn in each.
  for (const { page } of tabs) {
    await expect.poll(() => page.locator('[data-testid^=cell-][data-phase=executed]').count()).toBeGreaterThan(2)
  }

  // One is cut off, goes on, and is heard again.
  await c.page.getByTestId('cut').click()
  await expect(c.page.getByRole('heading', { name: 'This tab is cut off' })).toBeVisible()
  await hammer(c.page, 5)
  await c.page.getByTestId('seat/1').click()
  await a.page.getByTestId('count').click()
  await expect(a.page.getByTestId('counter')).toHaveText('31')
  await expect(b.page.getByTestId('counter')).toHaveText('31')
  await expect(c.page.getByTestId('counter')).toHaveText('35')
  await expect(c.page.getByTestId('seat/1')).toHaveAttribute('data-held', 'here')
  await expect(a.page.getByTestId('seat/1')).toHaveAttribute('data-held', 'free')
  await c.page.getByTestId('reconnect').click()
  for (const { page } of tabs) await expect(page.getByTestId('counter')).toHaveText('36', { timeout: 20_000 })
  expect(await settled(tabs)).toMatchObject({ counter: 36, 'seat/1': await c.id() })
  await expect(a.page.getByTestId('seat/1')).toHaveAttribute('data-held', 'elsewhere')
  expect(faultsOf(tabs)).toEqual([])
})

test('a note that one deletes while another writes on it is gone for both, and who wrote is told', async ({
  elsewhere,
  site,
}) => {
  const a = await openElsewhere(elsewhere, newRoom(site, { link: 'relay' }))
  const b = await openElsewhere(elsewhere, a.link)
  await b.until('observer')
  await a.room.evaluate(({ mutate }) => mutate.set({ key: 'note/1', value: { text: 'old', x: 10, y: 10, colour: 1 } }))
  await expect(b.page.getByTestId('note/1/text')).toHaveValue('old')
  await b.page.getByTestId('cut').click()
  await b.page.getByTestId('note/1/text').fill('new')
  await a.page.getByTestId('note/1/delete').click()
  await expect(a.page.getByTestId('note/1')).toHaveCount(0)
  await b.page.getByTestId('reconnect').click()
  await expect(b.page.getByText('somebody else has deleted that note')).toBeVisible({ timeout: 20_000 })
  for (const { page } of [a, b]) await expect(page.getByTestId('note/1')).toHaveCount(0)
})

test('what is no invite leads to no room, and the page says so', async ({ elsewhere, site }) => {
  const page = await (await elsewhere()).newPage()
  await page.goto(`${site.url}#nowhere`)
  await expect(page.getByRole('heading', { name: 'This address leads nowhere' })).toBeVisible()
  await page.getByRole('link', { name: 'Make a new room' }).click()
  await page.waitForFunction(() => 'room' in window)
  await expect(page.getByTestId('status-role')).toHaveText('voter')
})

test('a browser that lets the page store nothing is told so, and takes part without a storage', async ({
  elsewhere,
  site,
}) => {
  const page = await (await elsewhere()).newPage()
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  })
  await page.goto(newRoom(site))
  await expect(page.getByRole('heading', { name: 'The room can’t be opened here' })).toBeVisible()
  await page.getByRole('link', { name: 'Go on without a storage' }).click()
  await page.waitForFunction(() => 'room' in window)
  await expect(page.getByTestId('status-storage')).toHaveText('in memory')
})

test('on a phone a note is dragged by touch, stays on its board, and one that finds no room is told of', async ({
  browser,
  site,
}) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true })
  const tab = await Tab.open(context, newRoom(site, { storage: 'memory', link: 'relay' }))
  const { page } = tab
  await tab.room.evaluate(({ mutate }) =>
    mutate.set({ key: 'note/1', value: { text: 'cake', x: 50, y: 50, colour: 1 } }),
  )
  const note = page.getByTestId('note/1')
  const handle = page.getByTestId('note/1/move')
  await handle.scrollIntoViewIfNeeded()
  const { x, y } = (await handle.boundingBox()) ?? { x: 0, y: 0 }
  const devtools = await context.newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] })
  await touch('touchStart', x + 10, y + 10)
  await touch('touchMove', x + 100, y - 200)
  await touch('touchMove', x + 900, y - 900)
  await touch('touchEnd', 0, 0)
  await expect(note).toHaveAttribute('data-x', '100')
  await expect(note).toHaveAttribute('data-y', '0')
  await expect.poll(() => tab.get('note/1')).toEqual({ text: 'cake', x: 100, y: 0, colour: 1 })
  const board = await page.getByTestId('notes').boundingBox()
  const moved = await note.boundingBox()
  if (board === null || moved === null) throw new Error('the note is not on its board')
  expect(moved.x + moved.width).toBeLessThanOrEqual(board.x + board.width)
  expect(moved.y).toBeGreaterThanOrEqual(board.y)
  await tab.room.evaluate(({ mutate }) =>
    Promise.all(
      Array.from({ length: 62 }, (_, i) =>
        mutate.set({ key: `note/more${i}`, value: { text: '', x: i, y: i, colour: 0 } }),
      ),
    ),
  )
  await expect(page.getByText('3 more find no room: delete some to see them.')).toBeVisible()
  expect(tab.faults).toEqual([])
  await context.close()
})

test('doors change by link and by the browser’s buttons: the heading gets the focus, the room is closed, and opened as the same member again', async ({
  elsewhere,
  site,
}) => {
  const tab = await Tab.open(await elsewhere(), newRoom(site))
  const { page } = tab
  const id = await tab.id()
  await tab.set('x', 1)
  await page.getByRole('link', { name: 'epaxos', exact: true }).click()
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toHaveText('Agreeing without a leader')
  await expect(heading).toBeFocused()
  await expect(page).toHaveTitle(/^epaxos/)
  expect(await page.evaluate(() => 'room' in window)).toBe(false)
  await page.getByRole('navigation').getByRole('link', { name: 'Room' }).click()
  await expect(heading).toHaveText('A room for a few people')
  await expect(page).toHaveTitle('Room · epaxos')
  await page.goBack()
  await expect(heading).toHaveText('Agreeing without a leader')
  await page.goBack()
  await tab.reopened()
  expect(await tab.id()).toBe(id)
  expect(await tab.get('x')).toBe(1)
  expect(tab.faults).toEqual([])
})
