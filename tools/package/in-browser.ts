import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Browser, chromium } from '@playwright/test'
import { preview } from 'vite'
import { requireBrowser } from '../browser.js'
import { type Project, Unexpected } from './project.js'

/** The relay of the installed package, by its command, for as long as `use` takes. */
export const withRelay = async (project: Project, use: (url: string) => Promise<void>): Promise<void> => {
  const relay = spawn(project.bin('epaxos'), ['relay', '--port', '0'], { cwd: project.folder })
  try {
    await use(await urlOf(relay))
  } finally {
    relay.kill()
    await once(relay, 'exit')
  }
}

const urlOf = async ({ stdout, stderr }: ChildProcess): Promise<string> => {
  if (stdout === null || stderr === null) throw new Unexpected('the relay has no output')
  stderr.on('data', (said) => console.error(String(said)))
  for await (const line of createInterface(stdout)) {
    const url = /ws:\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Unexpected('the relay ended without an address')
}

/** Serves what a project has built, and opens a browser. What a page throws or warns of fails the trial. */
export const withBrowser = async (
  project: Project,
  use: (browser: Browser, url: string) => Promise<void>,
): Promise<void> => {
  const server = await preview({
    root: project.folder,
    configFile: false,
    logLevel: 'warn',
    preview: { host: '127.0.0.1', port: 0 },
  })
  // Containers run this as root, under which Chromium's sandbox does not start.
  const browser = await chromium.launch({ executablePath: requireBrowser(), args: ['--no-sandbox'] })
  try {
    const [url] = server.resolvedUrls?.local ?? []
    if (url === undefined) throw new Unexpected('the built page has no address')
    await use(browser, url)
  } finally {
    await browser.close()
    await server.close()
  }
}
