import type { BrowserContext, Page } from '@playwright/test'

/** Seconds of processor time until now. */
export interface Computed {
  /** Of each page's main thread, and what of it was script. */
  readonly pages: readonly { readonly mainThread: number; readonly script: number }[]
  /** Of all processes of the browser. */
  readonly browser: number
}

/** Tells from now on what was computed. */
export const computing = async (context: BrowserContext, pages: readonly Page[]): Promise<() => Promise<Computed>> => {
  const browser = context.browser()
  if (browser === null) throw new Error('a persistent context has a browser')
  const whole = await browser.newBrowserCDPSession()
  const sessions = await Promise.all(pages.map((page) => context.newCDPSession(page)))
  // Else it is the time that tasks took, that of others on the same processor included.
  for (const session of sessions) await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
    const all = await Promise.all(sessions.map((session) => session.send('Performance.getMetrics')))
    return {
      pages: all.map(({ metrics }) => {
        const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN
        return { mainThread: metric('TaskDuration'), script: metric('ScriptDuration') }
      }),
      browser: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    }
  }
}
