import type { Page as PlaywrightPage } from '@playwright/test'
import type { Page as PuppeteerPage } from 'puppeteer-core'

/** A page of any browser, by whatever protocol it is driven. */
export interface AnyPage {
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  /** Runs a function of the test in the page. It reaches nothing outside itself; what goes in and comes out is JSON. */
  evaluate<Argument, Result>(run: (argument: Argument) => Result | Promise<Result>, argument: Argument): Promise<Result>
  close(): Promise<void>
}

export const anyPage = (page: PlaywrightPage | PuppeteerPage): AnyPage => {
  // Their types of this one say more than can be compared.
  const evaluate = page.evaluate.bind(page) as (run: unknown, argument: unknown) => Promise<unknown>
  return {
    goto: (url) => page.goto(url),
    reload: () => page.reload(),
    evaluate: async (run, argument) => (await evaluate(run, argument)) as never,
    close: () => page.close(),
  }
}
