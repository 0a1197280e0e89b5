import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import { expect, requireRoute, test } from './fixtures.js'
import type * as PageModule from './transport-page.js'

type Member = PageModule.Member

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
const MODULE_PATH = '/e2e/transport-page.ts'

interface End {
  readonly page: Page
  readonly module: JSHandle<typeof PageModule>
  readonly member: JSHandle<Member>
}

test.beforeAll(requireRoute)

let contexts: BrowserContext[] = []
let rooms = 0

test.afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()))
  contexts = []
})

const joinMember = (
  module: End['module'],
  relay: string,
  replica: string,
  incarnation: number,
): Promise<End['member']> =>
  module.evaluateHandle(
    ({ Member }, { relay, replica, incarnation, room }) => new Member(relay, room, replica, incarnation),
    { relay, replica, incarnation, room: `room ${rooms}` },
  )

let a: End
let b: End

test.beforeEach(async ({ browser, server }) => {
  rooms++
  const open = async (replica: string): Promise<End> => {
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(server.url)
    const module = (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as End['module']
    return { page, module, member: await joinMember(module, server.relay, replica, 1) }
  }
  a = await open(A)
  b = await open(B)
})

test.describe('two browsers in one room', () => {
  test('meet on the relay, and stay there while neither wants a channel', async () => {
    await reach(a, 'relay')
    await reach(b, 'relay')
    await exchange(a, b)
    for (const { member, module } of [a, b]) {
      expect(await member.evaluate(({ kindsSeen }) => kindsSeen)).toEqual(['relay'])
      expect(await module.evaluate(({ connectionStates }) => connectionStates())).toEqual([])
    }
  })

  test('pass 5 MB over it, which holds up neither small packets nor itself', async () => {
    await reach(a, 'relay')
    await reach(b, 'relay')
    await passLarge(a, b)
    expect(await b.member.evaluate(({ kindsSeen }) => kindsSeen)).toEqual(['relay'])
  })

  test('that learn no address of each other say so, go on by the relay, and have a channel once they do', async () => {
    // An attempt that leads nowhere takes ten seconds alone.
    test.setTimeout(60_000)
    for (const { module } of [a, b]) await module.evaluate(({ hideAddresses }) => hideAddresses(true))
    await reach(a, 'relay')
    expect(await a.member.evaluate(({ fault }) => fault)).toBe('unwanted')
    await want(a, B)
    expect(await a.member.evaluate(({ fault }) => fault)).toBe('connecting')
    await expect.poll(() => a.member.evaluate(({ fault }) => fault), { timeout: 20_000 }).toBe('unreachable')
    await exchange(a, b)
    for (const { module, page } of [a, b]) {
      await module.evaluate(({ hideAddresses }) => hideAddresses(false))
      // As when the network is another one now: else it would be tried again a while later.
      await page.evaluate(() => globalThis.dispatchEvent(new Event('online')))
    }
    await reach(a, 'webrtc')
    expect(await a.member.evaluate(({ fault }) => fault)).toBeUndefined()
  })

  for (const which of ['lower', 'higher']) {
    test(`have a channel while the one of the ${which} id wants it`, async () => {
      const [wanting, wanted] = which === 'lower' ? [a, b] : [b, a]
      await reach(wanting, 'relay')
      await want(wanting, wanting === a ? B : A)
      await reach(wanting, 'webrtc')
      await reach(wanted, 'webrtc')
      await exchange(a, b)
      await want(wanting)
      await reach(wanting, 'relay')
      await reach(wanted, 'relay')
      await exchange(a, b)
      for (const { module } of [a, b]) {
        await expect.poll(() => module.evaluate(({ connectionStates }) => connectionStates())).toEqual(['closed'])
      }
      await exchange(a, b)
      // Nobody went: the path changed, not the peer.
      expect(await wanted.member.evaluate(({ arrivals }) => arrivals.length)).toBe(1)
      await want(wanted, wanting === a ? A : B)
      await reach(wanting, 'webrtc')
    })
  }
})

test.describe('two browsers that want a channel to each other', () => {
  test.beforeEach(async () => {
    await want(a, B)
    await want(b, A)
    await reach(a, 'webrtc')
    await reach(b, 'webrtc')
  })

  test('meet on the relay and move to a data channel', async () => {
    expect(await a.member.evaluate(({ kindsSeen }) => kindsSeen)).toEqual(['relay', 'webrtc'])
    expect(await b.member.evaluate(({ kindsSeen }) => kindsSeen)).toEqual(['relay', 'webrtc'])
  })

  test('what is sent shows in the data channel’s own statistics', async () => {
    await a.member.evaluate((member) => member.send(10_000))
    await expect.poll(() => b.member.evaluate(({ received }) => received.length)).toBe(1)
    // Polled, for browsers answer from a cache of some 50 ms.
    await expect
      .poll(async () => (await a.member.evaluate((member) => member.stats()))?.bytesSent)
      .toBeGreaterThanOrEqual(10_000)
    await expect
      .poll(async () => (await b.member.evaluate((member) => member.stats()))?.bytesReceived)
      .toBeGreaterThanOrEqual(10_000)
    expect((await a.member.evaluate((member) => member.stats()))?.messagesSent).toBeGreaterThanOrEqual(1)
    expect((await b.member.evaluate((member) => member.stats()))?.messagesReceived).toBeGreaterThanOrEqual(1)
  })

  test('a packet of 1 MiB passes both ways at once, over the channel', async () => {
    const [fromA, fromB] = await Promise.all([a, b].map(({ member }) => member.evaluate((m) => m.send(2 ** 20))))
    for (const [end, digest] of [
      [a, fromB],
      [b, fromA],
    ] as const) {
      await expect
        .poll(() => end.member.evaluate(({ received }) => received))
        .toEqual([{ byteLength: 2 ** 20, digest }])
    }
    for (const count of ['bytesSent', 'bytesReceived'] as const) {
      await expect
        .poll(async () => (await a.member.evaluate((member) => member.stats()))?.[count])
        .toBeGreaterThan(2 ** 20)
    }
  })

  test('5 MB pass over the channel, which hold up neither small packets nor heartbeats', async () => {
    await passLarge(a, b)
    await passLarge(b, a)
    for (const { member } of [a, b]) {
      expect(await member.evaluate(({ kindsSeen }) => kindsSeen)).toEqual(['relay', 'webrtc'])
    }
  })

  test('a connection closed in mid-stream hands over to the relay, and a new one takes over again', async () => {
    // More than the channel's buffers hold, so that most of it still waits when the connection goes.
    const digest = await a.member.evaluate((member) => member.send(4 * 2 ** 20))
    await a.module.evaluate(({ closeConnections }) => closeConnections())
    await expect
      .poll(() => b.member.evaluate(({ received }) => received))
      .toEqual([{ byteLength: 4 * 2 ** 20, digest }])
    expect(await a.member.evaluate(({ kindsSeen }) => kindsSeen.slice(0, 3))).toEqual(['relay', 'webrtc', 'relay'])
    await reach(a, 'webrtc')
    await reach(b, 'webrtc')
    await exchange(a, b)
    // Nobody went: the path changed, not the peer.
    expect(await b.member.evaluate(({ arrivals }) => arrivals)).toEqual([{ replica: `${A}/1`, here: true }])
  })

  test('a channel that has fallen silent is replaced, by the relay first', async () => {
    await a.member.evaluate((member) => member.send(1))
    await a.module.evaluate(({ muteChannels }) => muteChannels())
    for (const { member } of [a, b]) {
      await expect
        .poll(() => member.evaluate(({ kindsSeen }) => kindsSeen.slice(0, 3)), { timeout: 10_000 })
        .toEqual(['relay', 'webrtc', 'relay'])
    }
    await exchange(a, b)
    await reach(a, 'webrtc')
    await reach(b, 'webrtc')
    await exchange(a, b)
  })

  test('a new life of a peer gets a channel of its own, and the old one is closed', async ({ server }) => {
    const second = await joinMember(b.module, server.relay, B, 2)
    await expect
      .poll(() => a.member.evaluate(({ peer }) => peer))
      .toMatchObject({ replica: B, incarnation: 2, kind: 'webrtc' })
    expect(await b.member.evaluate(({ link }) => link.status())).toMatchObject({ state: 'closed', reason: 'replaced' })
    await exchange(a, { ...b, member: second })
    expect(await a.module.evaluate(({ connectionStates }) => connectionStates())).toEqual(['closed', 'connected'])
    expect(await a.member.evaluate(({ arrivals }) => arrivals)).toEqual([
      { replica: `${B}/1`, here: true },
      { replica: `${B}/2`, here: true },
    ])
  })

  test('closing the link closes its connection, and the other end hears of it', async () => {
    await a.member.evaluate(({ link }) => link.close())
    await expect.poll(() => b.member.evaluate(({ peer }) => peer)).toBeUndefined()
    for (const { module } of [a, b]) {
      await expect.poll(() => module.evaluate(({ connectionStates }) => connectionStates())).toEqual(['closed'])
    }
  })
})

/** From now on this end wants channels to these replicas alone. */
const want = (end: End, ...replicas: string[]): Promise<void> =>
  end.member.evaluate(({ link }, replicas) => link.direct?.(replicas), replicas)

const reach = (end: End, kind: string): Promise<void> =>
  expect.poll(() => end.member.evaluate(({ peer }) => peer?.kind), { timeout: 20_000 }).toBe(kind)

/** A packet each way arrives, whatever the path is. */
const exchange = async (a: End, b: End): Promise<void> => {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const before = await to.member.evaluate(({ received }) => received.length)
    const digest = await from.member.evaluate((member) => member.send(100))
    await expect.poll(() => to.member.evaluate(({ received }) => received.length)).toBe(before + 1)
    expect(await to.member.evaluate(({ received }) => received.at(-1))).toEqual({ byteLength: 100, digest })
  }
}

/** What is sent after a large packet arrives before it. */
const passLarge = async (from: End, to: End): Promise<void> => {
  const bytes = 5_000_000
  const before = await to.member.evaluate(({ received }) => received.length)
  const [large, small] = await from.member.evaluate((member, bytes) => [member.send(bytes), member.send(100)], bytes)
  await expect
    .poll(() => to.member.evaluate(({ received }, before) => received.slice(before), before), { timeout: 20_000 })
    .toEqual([
      { byteLength: 100, digest: small },
      { byteLength: bytes, digest: large },
    ])
}
