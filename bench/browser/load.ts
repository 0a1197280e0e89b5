import { type Figures, figuresOf, type Round } from './figures.js'
import type { Tabs } from './tabs.js'

/** Of which the medians count. */
const ROUNDS = 5
const ROUND_MS = 1500
/** Before that: for queues to fill, and all to be compiled. */
const WARM_UP_MS = 2000

/** With so many calls of each tab under way at any time; none: what a room costs where nothing happens. */
export const load = async (
  group: string,
  tabs: Tabs,
  window: number,
  say: (line: string) => void,
): Promise<readonly Figures[]> => {
  const { pages } = tabs
  for (const [i, page] of pages.entries()) {
    await page.evaluate(([window, draws]) => globalThis.window.tab.begin(window, draws), [window, i === 0] as const)
  }
  await passing(WARM_UP_MS)
  await roundOf(tabs, 0)
  const figures: Figures[] = []
  while (figures.length < ROUNDS) figures.push(figuresOf(await roundOf(tabs, ROUND_MS)))
  await Promise.all(pages.map((page) => page.evaluate(() => globalThis.window.tab.end())))
  say(`${group}: ${figures.map(({ perSecond }) => perSecond.toFixed(0)).join(' ')} commands a second`)
  return figures
}

/** Processor time, and what the tabs have seen, of so many milliseconds from now. */
const roundOf = async ({ pages, computed }: Tabs, ms: number): Promise<Round> => {
  const before = await computed()
  await passing(ms)
  const now = await computed()
  const seen = await Promise.all(pages.map((page) => page.evaluate(() => globalThis.window.tab.look())))
  // The first one draws, too.
  const spent = (part: 'mainThread' | 'script'): readonly number[] =>
    now.pages.slice(1).map((page, i) => page[part] - (before.pages[i + 1]?.[part] ?? Number.NaN))
  return {
    answers: seen,
    frames: seen[0]?.frames ?? [],
    mainThreads: spent('mainThread'),
    scripts: spent('script'),
    browser: now.browser - before.browser,
  }
}

const passing = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
