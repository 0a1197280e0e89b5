import type { AnyPage } from './any-page.js'
import { expect, type Origin } from './fixtures.js'
import type * as PageModule from './member-page.js'

type InPage = typeof PageModule
type Name = { [Each in keyof InPage]: InPage[Each] extends (...given: never[]) => unknown ? Each : never }[keyof InPage]
type Given<Each extends Name> = InPage[Each] extends (...given: infer All) => unknown ? All : never
type Returned<Each extends Name> = InPage[Each] extends (...given: never[]) => infer One ? Awaited<One> : never

const MODULE_PATH = 'e2e/member-page.ts'

/** To come in, catch up and be made a voter takes some seconds, where two processors drive several browsers. */
export const MEMBERSHIP_TIMEOUT_MS = 30_000

/** A member of a room, in a page of any browser. */
export class Member {
  private constructor(
    readonly page: AnyPage,
    readonly id: string,
    private readonly module: string,
  ) {}

  static async enter(page: AnyPage, { url }: Origin, entry: PageModule.Entry): Promise<Member> {
    await page.goto(url)
    // Some drivers run scripts that belong to no page, for which a path is relative to nothing.
    const module = `${url}${MODULE_PATH}`
    return new Member(page, await call(page, module, 'enter', [entry]), module)
  }

  call<Each extends Name>(name: Each, ...given: Given<Each>): Promise<Returned<Each>> {
    return call(this.page, this.module, name, given)
  }

  snapshot(): Promise<PageModule.Snapshot> {
    return this.call('snapshot')
  }

  /** Waits until it has this role, and knows of so many voters. */
  async until(role: string, voters: number): Promise<void> {
    const now = async (): Promise<readonly unknown[]> => {
      const { role, voters } = await this.snapshot()
      return [role, voters]
    }
    await expect.poll(now, { timeout: MEMBERSHIP_TIMEOUT_MS }).toEqual([role, voters])
  }

  /** Waits until a peer is reached like this. */
  async reaches(peer: string, kind: string): Promise<void> {
    const now = async (): Promise<string | undefined> => (await this.snapshot()).kinds[peer]
    await expect.poll(now, { timeout: MEMBERSHIP_TIMEOUT_MS }).toBe(kind)
  }

  /** Has it begin, waits until it is under way, and counts pauses from there. */
  async work(key: string): Promise<void> {
    await this.call('begin', key)
    await this.answers(10)
    await this.call('lap')
  }

  /** Waits until it has had so many more answers. */
  async answers(more: number, timeout: number = MEMBERSHIP_TIMEOUT_MS): Promise<void> {
    const { answered } = await this.call('progress')
    await expect.poll(async () => (await this.call('progress')).answered, { timeout }).toBeGreaterThan(answered + more)
  }
}

const call = <Each extends Name>(
  page: AnyPage,
  module: string,
  name: Each,
  given: Given<Each>,
): Promise<Returned<Each>> =>
  page.evaluate(
    async ({ module, name, given }) => {
      const all = await import(/* @vite-ignore */ module)
      return (await all[name](...given)) ?? null
    },
    { module, name, given },
  )
