import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.js'
import { barriers, overhang, SCREENS, shotPath } from './looks.js'

/** Every door, with what has come when it can be looked at. */
const DOORS = {
  front: { fragment: '', shown: '.front-picture canvas' },
  learn: { fragment: 'learn', shown: 'h1' },
  chapter: { fragment: 'learn/3', shown: 'canvas' },
  lab: { fragment: 'lab', shown: '[data-testid="lab"] canvas' },
  museum: { fragment: 'museum', shown: 'h1' },
  exhibit: { fragment: 'museum/k06', shown: 'canvas' },
  room: { fragment: 'new', shown: '[data-testid="status-quorum"][data-quorum="fast"]' },
} as const

/** A visitor on a slow line has waited for so much, at most, when there is something to look at. */
const MAX_FIRST_LOAD_BYTES = 250 * 1024

/** Everything that can be unfolded, within shadow roots, too: what is hidden is looked at by nobody. */
const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const open = (root: Document | ShadowRoot): void => {
      for (const details of root.querySelectorAll('details')) details.open = true
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot !== null) open(shadowRoot)
    }
    open(document)
  })

const faultsOf = (page: Page): string[] => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return faults
}

for (const [name, { fragment, shown }] of Object.entries(DOORS)) {
  test(`${name} fits a desk and a phone, by day and by night, and keeps nobody out`, async ({ page, site }) => {
    const faults = faultsOf(page)
    const loaded: Promise<number>[] = []
    page.on('response', (response) => loaded.push(response.body().then((body) => gzipSync(body).length)))
    // Still, so that a picture is of a moment, and not of one half way to the next.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(`${site.url}?storage=memory&link=relay#${fragment}`)
    await page.locator(shown).first().waitFor()
    const bytes = (await Promise.all(loaded)).reduce((sum, each) => sum + each, 0)
    console.log(`${name}: ${(bytes / 1024).toFixed(0)} KiB gzip`)
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD_BYTES)
    for (const [screen, viewport] of Object.entries(SCREENS)) {
      await page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.screenshot({ path: shotPath(`${name}-${screen}-${colorScheme}`), fullPage: true })
        await unfold(page)
        expect(await barriers(page), `${screen}, ${colorScheme}`).toEqual([])
        expect(await overhang(page), `${screen}, ${colorScheme}`).toBe(0)
      }
    }
    expect(faults).toEqual([])
  })
}
