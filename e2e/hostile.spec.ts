import { expect, test } from './fixtures.js'
import type * as PageModule from './hostile-page.js'
import { newRoom, openElsewhere, settled } from './tab.js'

type Refused = Awaited<ReturnType<Awaited<ReturnType<typeof openElsewhere>>['status']>>['refused']

const MODULE_PATH = '/e2e/hostile-page.ts'
const SEALING_PATH = '/src/transport/seal/sealed-link.ts'

test('a member that sends every message with every field wrong, and floods the relay and a peer: the honest tabs are unharmed', async ({
  elsewhere,
  server,
  site,
}) => {
  test.setTimeout(180_000)
  // It never is away for too long: it only has nothing sensible to say.
  const a = await openElsewhere(elsewhere, newRoom(site, { grace: '600000' }))
  const b = await openElsewhere(elsewhere, a.link)
  const page = await (await elsewhere()).newPage()
  await page.goto(server.url)
  const liar = await page.evaluateHandle(
    async ([path, sealing, invite]) => {
      const { Liar } = (await import(path)) as typeof PageModule
      return Liar.enter(invite, (await import(sealing)) as PageModule.Sealing)
    },
    [MODULE_PATH, SEALING_PATH, a.link] as const,
  )
  for (const tab of [a, b]) await tab.until('voter', 3)
  await liar.evaluate((liar) => liar.turn())
  await a.set('before', 1)

  let count = 0
  /** The honest two work on until the attack is over, and finish what they have begun. */
  const during = async <T>(attack: Promise<T>): Promise<T> => {
    let over = false
    const end = (): void => {
      over = true
    }
    attack.then(end, end)
    do {
      await Promise.all([a.addMany('count', 10, 4), b.addMany('count', 10, 4)])
      count += 20
    } while (!over)
    return attack
  }

  const refusedBy = async (tab: typeof a): Promise<Refused> => (await tab.status()).refused
  await during(liar.evaluate((liar) => liar.lieAboutBallots()))
  // Of the ballots the wire refuses the one that is none, the replica the one that nobody can have come to.
  const few = { packets: 1, messages: 1, strangers: 0, cut: 0, cutOff: [] }
  for (const tab of [a, b]) await expect.poll(() => refusedBy(tab), { timeout: 30_000 }).toEqual(few)

  const lies = await during(liar.evaluate((liar) => liar.lie()))
  expect(lies).toBeGreaterThan(1000)
  const arrived = async (): Promise<void> => {
    // What comes faster than it can be opened is lost, as any packet may be.
    for (const tab of [a, b]) {
      await expect.poll(async () => (await refusedBy(tab)).cut, { timeout: 30_000 }).toBeGreaterThan(1000)
    }
  }
  await during(arrived())
  const member = await liar.evaluate((liar) => liar.id)
  for (const tab of [a, b]) {
    const { packets, ...rest } = await refusedBy(tab)
    // Some are forgiven, the rest was not even read.
    expect(packets).toBeLessThan(100)
    expect(rest).toMatchObject({ messages: 1, strangers: 0, cutOff: [{ member, reason: 'unreadable' }] })
  }

  const outside = await during(liar.evaluate((liar) => liar.flood(20, false)))
  await liar.evaluate((liar) => liar.giveUpSeat())
  const seated = await during(liar.evaluate((liar) => liar.flood(20, true)))
  expect([...outside, ...seated]).toEqual(new Array(40).fill('4000 protocol-error'))
  expect(await during(liar.evaluate((liar, victim) => liar.floodPeer(victim), await a.id()))).toBe('4004 rate-exceeded')

  for (const tab of [a, b]) {
    // Each was counted, none has closed the link, or thrown into the page.
    expect(await tab.status()).toMatchObject({ role: 'voter', link: { state: 'open', reason: undefined } })
    expect(tab.faults).toEqual([])
  }
  const { sealed } = (await a.status()).link
  expect(sealed?.forged).toBeGreaterThan(100)
  await b.set('after', 1)
  expect(await a.get('after')).toBe(1)
  expect(await settled([a, b])).toEqual({ after: 1, before: 1, count })
})
