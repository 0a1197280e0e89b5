import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Origin, requireRoute, test } from './fixtures.js'
import { barriers, overhang } from './looks.js'

/** An example's page, and what went wrong in it. */
interface Visit {
  readonly page: Page
  readonly faults: readonly string[]
}

const addressOf = ({ url }: Origin, example: string): string => `${url}examples/${example}/`

/** @param name what the visitor answers where the page asks for it */
const visit = async (context: BrowserContext, url: string, name?: string): Promise<Visit> => {
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  await page.goto(url)
  if (name !== undefined) {
    await page.getByLabel('Your name').fill(name)
    await page.keyboard.press('Enter')
  }
  return { page, faults }
}

/** The page's address is the link for others once the room is open. */
const linkOf = async (page: Page): Promise<string> => {
  await expect(page).toHaveURL(/#.+/)
  return page.url()
}

declare global {
  interface Window {
    /** See `watchConnections`. */
    connections: { close(): void }[]
  }
}

/** What axe finds, and what does not fit: in light and dark, wide and narrow. */
const expectAccessible = async (page: Page): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 320]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      const found = { barriers: await barriers(page), overhang: await overhang(page) }
      expect(found, `${colorScheme}, ${width} px`).toEqual({ barriers: [], overhang: 0 })
    }
  }
}

test.beforeAll(requireRoute)
// Two or three browsers on two processors.
test.beforeEach(() => test.setTimeout(90_000))

test('seat booking: of two who claim a seat at once, over WebRTC, one gets it and the other is told who was first', async ({
  elsewhere,
  server,
}) => {
  const ada = await visit(await elsewhere(), addressOf(server, 'seat-booking'), 'Ada')
  const bob = await visit(await elsewhere(), await linkOf(ada.page), 'Bob')
  await expect(ada.page.getByText('Bob, directly')).toBeVisible()
  await expect(bob.page.getByText('Ada, directly')).toBeVisible()

  for (const seat of ['A1', 'B4', 'C5', 'D8', 'F3']) {
    const free = { name: `${seat} free` }
    await Promise.all([ada, bob].map(({ page }) => page.getByRole('button', free).click()))
    await expect(ada.page.getByRole('log').getByText(`${seat} is`).first()).toBeVisible()
    const first = (await ada.page.getByText(`${seat} is yours.`).count()) === 1
    const [winner, loser, name] = first ? [ada, bob, 'Ada'] : [bob, ada, 'Bob']
    await expect(winner.page.getByText(`${seat} is yours.`)).toBeVisible()
    await expect(loser.page.getByText(`${seat} is not yours: ${name} was first.`)).toBeVisible()
    await expect(winner.page.getByRole('button', { name: `${seat} yours` })).toHaveAttribute('data-settled', 'true')
    await expect(loser.page.getByRole('button', { name: `${seat} ${name}` })).toBeVisible()
  }

  await ada.page.getByRole('button', { name: 'E1 free' }).press('Enter')
  await expect(bob.page.getByRole('button', { name: 'E1 Ada' })).toBeVisible()
  await ada.page.getByRole('button', { name: 'E1 yours' }).press('Enter')
  await expect(bob.page.getByRole('button', { name: 'E1 free' })).toBeVisible()

  await expectAccessible(ada.page)
  expect([...ada.faults, ...bob.faults]).toEqual([])
})

/** Lets a test cut what a page has open already, which going offline leaves alone: from before its own scripts run. */
const watchConnections = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript(() => {
    window.connections = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        window.connections.push(this)
      }
    }
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        // The development server's own would load the page anew.
        if (new URL(url).pathname === '/relay') window.connections.push(this)
      }
    }
  })
}

const goOffline = async (page: Page): Promise<void> => {
  await page.context().setOffline(true)
  await page.evaluate(() => {
    for (const connection of window.connections) connection.close()
  })
}

test('to-do: ten written down without a network, in a page that was closed and opened again: all ten, once, in order', async ({
  elsewhere,
  profile,
  server,
}) => {
  const { page: ada } = await visit(await elsewhere(), addressOf(server, 'todo'))
  const link = await linkOf(ada)
  const add = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('What is to be done?').fill(text)
    await page.keyboard.press('Enter')
  }
  await add(ada, 'Milk')
  const disk = await (await profile()).open()
  await watchConnections(disk)
  const { page: bob } = await visit(disk, link)
  await expect(bob.getByRole('listitem')).toHaveText([/Milk/])
  await expect(bob.getByText('opens without a network')).toBeVisible()

  await goOffline(bob)
  const ten = Array.from({ length: 10 }, (_, i) => `Offline ${i + 1}`)
  for (const text of ten) await add(bob, text)
  const shown = ['Milk', ...ten].map((text) => new RegExp(`^${text}\\b`))
  await expect(bob.getByRole('listitem')).toHaveText(shown)
  await expect(bob.getByText('10 changes kept here')).toBeVisible()
  await bob.close()

  await add(ada, 'Bread')
  await expect(ada.getByRole('listitem')).toHaveText([/^Milk/, /^Bread/])
  const again = await disk.newPage()
  await again.goto(link)
  await expect(again.getByRole('listitem')).toHaveText(shown)
  await expect(again.getByText('10 changes kept here')).toBeVisible()

  await disk.setOffline(false)
  const shared = ['Milk', 'Bread', ...ten].map((text) => new RegExp(`^${text}\\b`))
  for (const page of [ada, again]) {
    await expect(page.getByRole('listitem')).toHaveText(shared, { timeout: 30_000 })
    await expect(page.getByText('kept here')).toBeHidden()
  }
  await again.getByRole('checkbox', { name: 'Offline 10' }).check()
  await expect(ada.getByRole('checkbox', { name: 'Offline 10' })).toBeChecked()
  await again.getByRole('button', { name: 'Remove: Milk' }).click()
  await again.getByRole('button', { name: 'Move up: Offline 1', exact: true }).click()
  await expect(ada.getByRole('listitem').first()).toHaveText(/^Offline 1\b/)

  await expectAccessible(ada)
})

test('turn game: who is not to move can’t, and everybody sees who has won', async ({ elsewhere, server }) => {
  const ada = await visit(await elsewhere(), addressOf(server, 'turn-game'), 'Ada')
  const link = await linkOf(ada.page)
  const context = await elsewhere()
  const bob = await visit(context, link, 'Bob')
  // Another tab of the same browser: the same member, somebody else.
  const cleo = await visit(context, link, 'Cleo')
  const drop = (page: Page, column: number): Promise<void> =>
    page.getByRole('button', { name: `Column ${column}:` }).click()
  const seen = async (text: string): Promise<void> => {
    for (const { page } of [ada, bob, cleo]) await expect(page.getByText(text)).toBeVisible()
  }

  await drop(ada.page, 1)
  await expect(ada.page.getByText('It is not your turn.')).toBeVisible()
  await ada.page.getByRole('button', { name: 'Play red' }).click()
  await seen('Ada plays red')
  await bob.page.getByRole('button', { name: 'Play yellow' }).click()
  await seen('Bob plays yellow')

  for (const { page } of [bob, cleo]) {
    await drop(page, 1)
    await expect(page.getByText('It is not your turn.')).toBeVisible()
  }
  await expect(ada.page.getByRole('button', { name: 'Column 1: empty' })).toBeVisible()

  const moves = [ada, bob, ada, bob, ada, bob, ada]
  for (const [turn, { page }] of moves.entries()) {
    await expect(page.getByText('It is your turn.')).toBeVisible()
    await drop(page, 1 + (turn % 2))
  }
  await expect(ada.page.getByText('You have won!')).toBeVisible()
  for (const { page } of [bob, cleo]) await expect(page.getByText('Ada has won.')).toBeVisible()
  await expect(cleo.page.getByRole('button', { name: 'Column 1: red, red, red, red' })).toBeVisible()
  await drop(bob.page, 3)
  await expect(bob.page.getByText('The game is over.')).toBeVisible()
  await cleo.page.getByRole('button', { name: 'Play again' }).click()
  await expect(cleo.page.getByText('Only who has played')).toBeVisible()

  await expectAccessible(ada.page)
  await bob.page.getByRole('button', { name: 'Play again' }).press('Enter')
  await seen('Bob plays red')
  await expect(bob.page.getByText('It is your turn.')).toBeVisible()
  expect([ada, bob, cleo].flatMap(({ faults }) => faults)).toEqual([])
})
