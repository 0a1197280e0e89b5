import type { BrowserContext, Locator, Page } from '@playwright/test'
import { expect, type Origin } from './fixtures.js'

/** More messages than any of the tests' commands cause. */
const MAX_STEPS = 80

/** The demo's Lab, open in a page. What its elements are called: see demo/lab/door.ts. */
export class LabTab {
  private constructor(
    readonly page: Page,
    /** What went wrong in the page that nobody caught, and what it logged as an error. */
    readonly faults: readonly string[],
  ) {}

  /** @param fragment of the address: `lab`, or `lab/` and a session, percent-encoded */
  static async open(context: BrowserContext, { url }: Origin, fragment: string): Promise<LabTab> {
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`${url}#${fragment}`)
    await page.getByTestId('lab').or(page.getByTestId('trouble')).waitFor()
    return new LabTab(page, faults)
  }

  get(testId: string): Locator {
    return this.page.getByTestId(testId)
  }

  /** A run that begins anew, by the form. */
  async begin(replicas: number): Promise<void> {
    await this.page.getByText('New run', { exact: true }).click()
    await this.get('run-voters').fill(String(replicas))
    await this.get('run-net').selectOption('even')
    await this.get('run-start').click()
    await expect(this.get('lab')).toHaveAttribute('data-position', '0')
  }

  /** Eight digits for all that is seen, once nothing moves. */
  async state(): Promise<string> {
    await expect(this.get('lab')).toHaveAttribute('data-state', /^[0-9a-f]{8}$/)
    return (await this.get('lab').getAttribute('data-state')) ?? ''
  }

  async positionMs(): Promise<number> {
    await this.state()
    return Number(await this.get('lab').getAttribute('data-position'))
  }

  /** Arrival by arrival, until a command is executed where it was proposed. */
  async stepUntilExecuted(name: string): Promise<void> {
    const deed = this.get(`deed-${name}`)
    for (let step = 0; step < MAX_STEPS; step++) {
      if ((await deed.getAttribute('data-phase')) === 'executed') return
      await this.get('step-message').click()
    }
    throw new Error(`${name} is not executed after ${MAX_STEPS} messages`)
  }

  /** Lets it play, ten times as fast as life, until that is so. */
  async playUntil(isSo: () => Promise<void>): Promise<void> {
    await this.get('speed').fill('1')
    await this.get('play').click()
    await isSo()
    await this.get('play').click()
    await expect(this.get('lab')).toHaveAttribute('data-playing', 'false')
  }

  /** A line between this disc of the map and the two others. */
  async drawLine(apart: string, ...others: readonly [string, string]): Promise<void> {
    const [from, one, other] = await Promise.all([apart, ...others].map((disc) => this.#middleOf(disc)))
    if (from === undefined || one === undefined || other === undefined) throw new Error('there are three discs')
    const half = (a: number, b: number): number => (a + b) / 2
    const { mouse } = this.page
    await mouse.move(half(from.x, one.x), half(from.y, one.y))
    await mouse.down()
    await mouse.move(half(from.x, other.x), half(from.y, other.y), { steps: 4 })
    await mouse.up()
  }

  async #middleOf(testId: string): Promise<{ readonly x: number; readonly y: number }> {
    const place = this.get(testId)
    await place.scrollIntoViewIfNeeded()
    const box = await place.boundingBox()
    if (box === null) throw new Error(`${testId} is not to be seen`)
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }

  /** What is on the clipboard after this button was pressed. */
  async copied(testId: string): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await this.get(testId).click()
    await expect(this.get('notice')).toContainText('copied')
    return this.page.evaluate(() => navigator.clipboard.readText())
  }
}
