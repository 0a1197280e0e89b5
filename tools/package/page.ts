import type { Browser, Page } from '@playwright/test'
import { fileOf, pageNamed } from '../docs/blocks.js'
import { withBrowser, withRelay } from './in-browser.js'
import { type Project, tsconfig, Unexpected } from './project.js'
import type { Trial } from './trial.js'

/** What `npm create vite` puts there, of what the guide goes on from. */
const html =
  '<!doctype html><title>seats</title><link rel="icon" href="data:,"><div id="app"></div><script type="module" src="/src/main.ts"></script>'

const SEAT = 5

/** A Vite project in TypeScript: the guide's, word for word, up to two browsers that claim one seat. */
export const page: Trial = {
  name: 'a page built by Vite',
  packages: ['vite', 'typescript'],
  async run(project: Project) {
    const guide = pageNamed('docs/guide.md')
    await project.write('index.html', html)
    await project.write('src/seats.ts', fileOf(guide, 'seats.ts'))
    await project.write('src/main.ts', fileOf(guide, 'main.ts'))
    const bundled = { module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true, noEmit: true }
    await project.write('tsconfig.json', tsconfig({ ...bundled, types: ['vite/client'] }))
    await project.runSilently(project.bin('tsc'), ['-p', '.'])
    await withRelay(project, async (relay) => {
      await project.runSilently(project.bin('vite'), ['build', '--logLevel', 'warn'], { VITE_RELAY: relay })
      await withBrowser(project, claimTogether)
    })
  },
}

/** Two people, each with a browser of their own, as far as a page can tell. */
const claimTogether = async (browser: Browser, url: string): Promise<void> => {
  const complaints: string[] = []
  const enter = async (name: string, at: string): Promise<Page> => {
    const page = await (await browser.newContext()).newPage()
    page.on('dialog', (dialog) => dialog.accept(name))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'warning' || message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(at)
    await page.getByRole('button').nth(SEAT).waitFor()
    return page
  }
  const ada = await enter('Ada', url)
  const bob = await enter('Bob', ada.url())
  const both = [ada, bob]
  await Promise.all(both.map((person) => person.getByRole('button', { name: `${SEAT}: ` }).click()))
  const told = both.map((person) =>
    person
      .getByText(`Seat ${SEAT} went to`)
      .waitFor()
      .then(() => person),
  )
  const loser = await Promise.any(told)
  const [, winner] = /went to (\w+)\./.exec(await loser.locator('p').innerText()) ?? []
  if (winner !== (loser === ada ? 'Bob' : 'Ada')) throw new Unexpected(`the seat went to ${winner}, says its loser`)
  await Promise.all(both.map((person) => person.getByRole('button', { name: `${SEAT}: ${winner}` }).waitFor()))
  if (complaints.length > 0) throw new Unexpected(`the pages complain:\n${complaints.join('\n')}`)
}
