import type { BrowserContext, JSHandle, Page } from '@playwright/test'
import { startRelay } from 'epaxos/relay/node'
import { expect, requireRoute, test } from './fixtures.js'
import type * as PageModule from './seats-page.js'

interface Tab {
  readonly page: Page
  readonly seats: JSHandle<PageModule.Seats>
}

const MODULE_PATH = '/e2e/seats-page.ts'

const open = async (
  context: BrowserContext,
  url: string,
  enter: (module: typeof PageModule, argument: string) => Promise<PageModule.Seats>,
  argument: string,
): Promise<Tab> => {
  const page = await context.newPage()
  await page.goto(url)
  const module = (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as JSHandle<typeof PageModule>
  return { page, seats: await module.evaluateHandle(enter, argument) }
}

const invitedBy = ({ seats }: Tab): Promise<string> => seats.evaluate(({ room }) => room.invite())

test.beforeAll(requireRoute)

test('of two tabs that claim a seat in the same moment exactly one gets it, two hundred times, over WebRTC', async ({
  elsewhere,
  server,
}) => {
  test.setTimeout(120_000)
  const rounds = 200
  const a = await open(await elsewhere(), server.url, ({ Seats }, relay) => Seats.found(relay), server.relay)
  const b = await open(
    await elsewhere(),
    server.url,
    ({ Seats }, invite) => Seats.join(invite, true),
    await invitedBy(a),
  )
  const tabs = [a, b]
  await expect(async () => {
    for (const { seats } of tabs) {
      const { role, link } = await seats.evaluate(({ room }) => room.status.get())
      expect(role).toMatch(/voter|observer/)
      expect(link.peers.map(({ kind }) => kind)).toEqual(['webrtc'])
    }
  }).toPass({ timeout: 20_000 })
  const sent = (): Promise<readonly number[]> =>
    Promise.all(
      tabs.map(({ seats }) =>
        seats.evaluate(async ({ room }) => {
          const [peer] = room.status.get().link.peers
          return (peer && (await room.channelStats(peer.replica)))?.bytesSent ?? 0
        }),
      ),
    )
  const before = await sent()
  const startMs = Date.now() + 500
  const all = await Promise.all(
    tabs.map(({ seats }) =>
      seats.evaluate((seats, { rounds, startMs }) => seats.claimAll(rounds, startMs, 40), { rounds, startMs }),
    ),
  )
  const ids = await Promise.all(tabs.map(({ seats }) => seats.evaluate(({ room }) => room.id)))
  const [first, second] = all as [readonly PageModule.Claimed[], readonly PageModule.Claimed[]]
  const wins = [0, 0]
  let raced = 0
  for (let seat = 0; seat < rounds; seat++) {
    const claims = [first[seat], second[seat]] as [PageModule.Claimed, PageModule.Claimed]
    expect(claims.filter(({ ok }) => ok)).toHaveLength(1)
    const winner = claims[0].ok ? 0 : 1
    const loser = 1 - winner
    wins[winner] = (wins[winner] ?? 0) + 1
    expect(claims[winner]).toEqual({ ok: true, by: undefined, shown: ids[winner], after: ids[winner] })
    // It is told who was first, and sees that in place of its own claim.
    expect(claims[loser]).toMatchObject({ ok: false, by: ids[winner], after: ids[winner] })
    if (claims[loser]?.shown === ids[loser]) raced++
  }
  // Were one of them always there first, nothing would have been shown: it is a race only where both have.
  expect(raced).toBeGreaterThan(rounds / 2)
  const after = await sent()
  for (const [index, bytes] of after.entries()) expect(bytes).toBeGreaterThan((before[index] ?? 0) + rounds * 50)
  console.log(`won: ${wins.join(' and ')}; withdrawn after it had been shown: ${raced} of ${rounds}`)
})

test('what is called is in the page before the next frame, and executed later', async ({ elsewhere, server }) => {
  const a = await open(await elsewhere(), server.url, ({ Seats }, relay) => Seats.found(relay), server.relay)
  const b = await open(
    await elsewhere(),
    server.url,
    ({ Seats }, invite) => Seats.join(invite, true),
    await invitedBy(a),
  )
  await expect.poll(() => b.seats.evaluate(({ room }) => room.status.get().quorum)).not.toBe('none')
  // Nobody is there to agree with.
  await a.page.close()
  const { drawn, executed } = await b.seats.evaluate((seats) => seats.frameAfter('first'))
  expect(drawn).toBe('["first"]')
  expect(executed).toBeUndefined()
})

test('ten edits made without a network, the tab closed and opened again, are executed when it is back: once, in order', async ({
  elsewhere,
  profile,
  server,
}) => {
  test.setTimeout(90_000)
  const lines = Array.from({ length: 10 }, (_, i) => `line ${i}`)
  const relay = await startRelay()
  const { port } = new URL(relay.url)
  const a = await open(await elsewhere(), server.url, ({ Seats }, relay) => Seats.found(relay), relay.url)
  const invite = await invitedBy(a)
  const context = await (await profile()).open()
  const join = (): Promise<Tab> => open(context, server.url, ({ Seats }, invite) => Seats.join(invite, false), invite)
  let b = await join()
  await b.seats.evaluate(({ room }) => room.mutate.append('before'))
  await relay.close()
  await expect.poll(() => b.seats.evaluate(({ room }) => room.status.get().quorum), { timeout: 20_000 }).toBe('none')

  await b.seats.evaluate((seats, lines) => seats.append(lines), lines)
  expect(await b.seats.evaluate((seats) => seats.shownLog())).toEqual(['before', ...lines])
  await b.page.close()
  b = await join()
  // They are there, and shown, before anybody else is.
  await expect.poll(() => b.seats.evaluate((seats) => seats.shownLog())).toEqual(['before', ...lines])
  await expect
    .poll(() => b.seats.evaluate((seats) => seats.waiting()))
    .toEqual({ pending: 10, reason: expect.stringContaining('too few') })

  const again = await startRelay({ port: Number(port) })
  const back = performance.now()
  for (const { seats } of [a, b]) {
    await expect.poll(() => seats.evaluate((seats) => seats.log()), { timeout: 30_000 }).toEqual(['before', ...lines])
  }
  console.log(`ten edits executed everywhere ${Math.round(performance.now() - back)} ms after the network was back`)
  await expect.poll(() => b.seats.evaluate((seats) => seats.waiting().pending)).toBe(0)
  expect(await a.seats.evaluate((seats) => seats.log())).toEqual(['before', ...lines])
  await again.close()
})
