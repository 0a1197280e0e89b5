import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import type axe from 'axe-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The screens that pages are looked at on. */
export const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 780 },
} as const

/** Where pictures go, for people to look at. */
export const shotPath = (name: string): string => fileURLToPath(new URL(`./shots/${name}.png`, import.meta.url))

/** What of the page, or of a part of it, is out of reach for some people, by axe's rules: one line each. */
export const barriers = async (page: Page, within = 'html'): Promise<readonly string[]> => {
  // Not as a script of the page, whose policy may forbid that.
  await page.evaluate(axeSource)
  return page.evaluate(async (within) => {
    const { violations } = await window.axe.run(within, { resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
  }, within)
}

/** By how many pixels the page is wider than its screen: then it has to be pushed about to be read. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
