import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import type { Json, ReplicatedMap, Room, RoomStatus } from 'epaxos'
import { expect, type Origin } from './fixtures.js'

declare global {
  interface Window {
    /** See `watchChannels`. */
    channels: RTCPeerConnection[]
    answered(key: string): void
    /** How far a state had come, as a progress bar has shown it: parts of 1. */
    progress: number[]
  }
}

/** The demo's page as it founds a room; with options of its address, see `demo/address.ts`. */
export const newRoom = ({ url }: Origin, options: Record<string, string> = {}): string =>
  `${url}?${new URLSearchParams(options)}#new`

/** The demo, open in a page: one member. */
export class Tab {
  private constructor(
    readonly page: Page,
    /** What the demo puts at `window.room`. */
    public room: JSHandle<Room<ReplicatedMap>>,
    /** What went wrong in the page that nobody caught, and what it logged as an error. */
    readonly faults: readonly string[],
  ) {}

  /** @param prepare what is done to the page before it loads */
  static async open(context: BrowserContext, url: string, prepare?: (page: Page) => Promise<void>): Promise<Tab> {
    const page = await context.newPage()
    await prepare?.(page)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(url)
    return new Tab(page, await roomIn(page), faults)
  }

  /** The page's address: for others, the invite. */
  get link(): string {
    return this.page.url()
  }

  /** Ends the page as a crash does: without a goodbye. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    const devtools = await this.page.context().newCDPSession(this.page)
    // It has nobody left to answer.
    devtools.send('Page.crash').catch(() => {})
    await crashed
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.reopened()
  }

  /** The page shows another room, or the same one again. */
  async reopened(): Promise<void> {
    this.room = await roomIn(this.page)
  }

  /** Resolves with the status once its role is this one, and it knows of so many voters. */
  async until(role: RoomStatus['role'], voters?: number): Promise<RoomStatus> {
    const now = async (): Promise<readonly unknown[]> => {
      const status = await this.status()
      return [status.role, voters && status.voters.length]
    }
    await expect.poll(now, { timeout: MEMBERSHIP_TIMEOUT_MS }).toEqual([role, voters])
    return this.status()
  }

  id(): Promise<string> {
    return this.room.evaluate((room) => room.id)
  }

  status(): Promise<RoomStatus> {
    return this.room.evaluate((room) => room.status.get())
  }

  /** How this tab reaches each of the others now. */
  async kinds(): Promise<string[]> {
    return (await this.status()).link.peers.map(({ kind }) => kind)
  }

  /** What its data channels have sent, by their own statistics. */
  async channelBytesSent(): Promise<number> {
    return this.room.evaluate(async (room) => {
      const stats = await Promise.all(room.status.get().link.peers.map(({ replica }) => room.channelStats(replica)))
      return stats.reduce((sum, each) => sum + (each?.bytesSent ?? 0), 0)
    })
  }

  set(key: string, value: string | number | boolean): Promise<void> {
    return this.room.evaluate((room, [key, value]) => room.mutate.set({ key, value }), [key, value] as const)
  }

  /** Through consensus. */
  get(key: string): Promise<Json | undefined> {
    return this.room.evaluate((room, key) => room.mutate.get({ key }), key)
  }

  /** Everything this tab has executed. */
  contents(): Promise<Record<string, Json>> {
    return this.room.evaluate((room) => Object.fromEntries([...room.executed.get().scan()].sort()))
  }

  /** Adds 1 to a key so often, `atOnce` at a time; resolves with the largest sum it was answered. */
  addMany(key: string, count: number, atOnce: number): Promise<number> {
    return this.room.evaluate(
      async (room, [key, count, atOnce]) => {
        let left = count
        let largest = 0
        const work = async (): Promise<void> => {
          while (left-- > 0) {
            const result = await room.mutate.add({ key, by: 1 })
            if (result.ok) largest = Math.max(largest, result.value)
          }
        }
        await Promise.all(Array.from({ length: atOnce }, work))
        return largest
      },
      [key, count, atOnce] as const,
    )
  }
}

/** To come in, catch up and be made a voter takes some seconds, where two processors drive five browsers. */
const MEMBERSHIP_TIMEOUT_MS = 20_000

const roomIn = async (page: Page): Promise<JSHandle<Room<ReplicatedMap>>> => {
  await page.waitForFunction(() => 'room' in window)
  return page.evaluateHandle(() => (window as unknown as { room: Room<ReplicatedMap> }).room)
}

/** Lets a page tell its peer connections to a test, from before its own scripts run. */
const watchChannels = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript(() => {
    window.channels = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        window.channels.push(this)
      }
    }
  })
}

/** A tab in a browser of its own, whose peer connections a test can get at. */
export const openElsewhere = async (elsewhere: () => Promise<BrowserContext>, url: string): Promise<Tab> => {
  const context = await elsewhere()
  await watchChannels(context)
  return Tab.open(context, url)
}

/** The three voters of a new room, each in a browser of its own. */
export const openThree = async (elsewhere: () => Promise<BrowserContext>, url: string): Promise<[Tab, Tab, Tab]> => {
  const a = await openElsewhere(elsewhere, url)
  const tabs: [Tab, Tab, Tab] = [a, await openElsewhere(elsewhere, a.link), await openElsewhere(elsewhere, a.link)]
  for (const tab of tabs) await tab.until('voter', 3)
  return tabs
}

/** Waits until all tabs have executed the same, and returns it. */
export const settled = async (tabs: readonly Tab[]): Promise<Record<string, Json>> => {
  const [first] = tabs as [Tab, ...Tab[]]
  // All at one look: the first one may be the one that lags.
  const different = async (): Promise<readonly string[]> => {
    const contents = await Promise.all(tabs.map((tab) => tab.contents()))
    return [...new Set(contents.map((each) => JSON.stringify(each)))]
  }
  await expect.poll(different).toHaveLength(1)
  return first.contents()
}
