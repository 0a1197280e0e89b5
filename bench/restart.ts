import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { createRoom, replicatedMap } from 'epaxos'
import { startRelay } from 'epaxos/relay/node'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { createServer } from 'vite'
import playwright from '../playwright.config.js'
import { aliases, root } from '../tools/entries.js'
import { randomId } from './ids.js'
import { installIndexedDb, sizeOf } from './memory-indexeddb.js'
import { atMost, type Bench, type Measure, type Target } from './report.js'
import * as here from './stored-voter.js'

const COMMANDS = 100_000
/** Of which the median counts. */
const STARTS = 3
/** From its start to its first answer, in milliseconds. */
const LIMITS = { node: 2000, page: 4000 }

declare global {
  interface Window {
    /** In a page of page.html. */
    voter: typeof here
  }
}

/** A place where a voter can live on a disk. */
interface Home extends Pick<typeof here, 'fill' | 'writeCheckpoint' | 'restart'> {
  readonly name: string
  readonly limitMs: number
}

/** How long a voter takes to start whose log holds everything that was ever executed; see stored-voter.ts. */
export const restart: Bench = async (count = COMMANDS, say) => {
  installIndexedDb()
  const node: Home = { name: 'Node', limitMs: LIMITS.node, ...here }
  const inNode = await atHome(node, count, say)
  const { cells, bytes } = sizeOf(`epaxos/${inNode.seat.group}/${inNode.seat.id}`)
  const inPage = await inChromium((home) => atHome(home, count, say))
  return {
    about: [
      `${count} commands in ${cells} cells of ${(bytes / 2 ** 20).toFixed(0)} MiB, nothing of it compacted; median of ${STARTS} starts.`,
      'Behind a checkpoint is where every log is, since one is written every 2000 commands: that is bounded. Without one shows what they are for.',
      "Node has no durable storage yet: there it is the browser's, on cells in memory. Chromium has a profile on disk, and starts anew each time.",
    ],
    measures: [...inNode.measures, ...inPage.measures],
    failures: [],
  }
}

const atHome = async (
  home: Home,
  commands: number,
  say: (line: string) => void,
): Promise<{ readonly seat: here.Seat; readonly measures: readonly Measure[] }> => {
  const relay = await startRelay()
  const voters = [randomId(), randomId(), randomId()].sort()
  const seat: here.Seat = { relay: relay.url, group: randomId(), voters, id: voters[0] as string }
  // The one that votes with it. The third is away.
  const other = await createRoom({
    ...seat,
    id: voters[1] as string,
    state: replicatedMap(),
    storage: memory(),
    transport: webSocket(),
  })
  try {
    const measures = async (log: string, limit?: { readonly target: Target }): Promise<readonly Measure[]> => {
      const starts: here.Parts[] = []
      while (starts.length < STARTS) {
        starts.push(await home.restart(seat, commands))
        say(`${home.name}, ${log}: ${JSON.stringify(starts.at(-1))}`)
      }
      const total = starts.map((parts) => Object.values(parts).reduce((sum, ms) => sum + ms, 0))
      const parts = (Object.keys(starts[0] as here.Parts) as (keyof here.Parts)[]).map((part) => ({
        name: `    ${part}`,
        unit: 'ms',
        values: starts.map((each) => each[part]),
      }))
      return [{ name: `${home.name}, ${log}`, unit: 'ms', values: total, ...limit }, ...parts]
    }
    say(`${home.name}: ${commands} commands are executed first`)
    await home.fill(seat, commands)
    const alone = await measures('log without a checkpoint')
    await home.writeCheckpoint(seat)
    return {
      seat,
      measures: [...alone, ...(await measures('log behind a checkpoint', { target: atMost(home.limitMs) }))],
    }
  } finally {
    await other.close()
    await relay.close()
  }
}

/** Each time in a browser that was just started, on one profile. */
const inChromium = async <T>(use: (home: Home) => Promise<T>): Promise<T> => {
  const server = await createServer({
    configFile: false,
    root,
    cacheDir: 'node_modules/.vite-bench',
    logLevel: 'warn',
    resolve: { alias: aliases },
    optimizeDeps: { entries: ['bench/stored-voter.ts'], include: ['idb-keyval', 'ws'] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  })
  const profile = await mkdtemp(join(tmpdir(), 'epaxos-bench-'))
  const inPage =
    <A extends readonly unknown[], R>(act: (args: A) => Promise<R>): ((...args: A) => Promise<R>) =>
    async (...args) => {
      const context = await chromium.launchPersistentContext(profile, playwright.use?.launchOptions)
      try {
        const page = await context.newPage()
        await page.goto(`${server.resolvedUrls?.local[0]}bench/page.html`)
        await page.waitForFunction(() => 'voter' in window)
        return await page.evaluate(act as (args: unknown) => Promise<R>, args)
      } finally {
        await context.close()
      }
    }
  try {
    await server.listen()
    return await use({
      name: 'Chromium',
      limitMs: LIMITS.page,
      fill: inPage(([seat, commands]) => window.voter.fill(seat, commands)),
      writeCheckpoint: inPage(([seat]) => window.voter.writeCheckpoint(seat)),
      restart: inPage(([seat, commands]) => window.voter.restart(seat, commands)),
    })
  } finally {
    await server.close()
    await rm(profile, { recursive: true, force: true })
  }
}
