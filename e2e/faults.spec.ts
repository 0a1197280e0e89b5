import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { anyPage } from './any-page.js'
import { expect, requireRoute, test } from './browsers.js'
import { Cable } from './cable.js'
import { RelayProcess } from './command.js'
import { Member } from './member.js'
import type { Entry } from './member-page.js'

// What networks do to rooms, in mid-edit: each test prints how long the room took to recover.

/** How long the hidden tab stays hidden, in seconds: by hand rather some minutes. */
const HIDDEN_S = Number(process.env.EPAXOS_HIDDEN_SECONDS ?? 20)

const LETTERS = 5_000_000

/** A voter in this process, whose link is the relay. */
const inNode = (relay: string): Promise<Room<ReplicatedMap>> =>
  createRoom({ state: replicatedMap(), storage: memory(), transport: webSocket(), relay })

const contentsOf = (room: Room<ReplicatedMap>): Record<string, unknown> =>
  Object.fromEntries([...room.executed.get().scan()].sort())

/** So many milliseconds after. */
const after = (startMs: number, endMs: number): string => `${Math.round(endMs - startMs)} ms`

/** When a member first showed this, at this time or later. */
const momentOf = async (member: Member, what: string, fromMs: number): Promise<number> => {
  let atMs: number | undefined
  const seen = async (): Promise<boolean> => {
    const moments = await member.call('since', fromMs)
    atMs = moments.find((moment) => moment.what === what)?.atMs
    return atMs !== undefined
  }
  await expect.poll(seen, { timeout: 30_000 }).toBe(true)
  return atMs as number
}

/** All have stopped, and executed the same: each answer counted once. */
const expectSums = async (members: readonly Member[], sums: Record<string, number>): Promise<void> => {
  for (const member of members) {
    await expect.poll(() => member.call('contents'), { timeout: 20_000 }).toMatchObject(sums)
  }
}

test.beforeAll(requireRoute)
// Some browsers on two processors.
test.beforeEach(() => test.setTimeout(150_000))

test('the relay is killed and started again in mid-edit: a room of data channels does not notice, a room of the relay resumes', async ({
  elsewhere,
  server,
}) => {
  await using relay = await RelayProcess.start()
  const open = async (entry: Entry): Promise<Member> =>
    Member.enter(anyPage(await (await elsewhere()).newPage()), server, entry)
  const found = { relay: relay.url, direct: true }
  const a = await open(found)
  const join = { invite: await a.call('invite'), direct: true }
  const direct = [a, await open(join), await open(join)]
  await using node = await inNode(relay.url)
  const relayed = [
    await open({ invite: node.invite(), direct: false }),
    await open({ invite: node.invite(), direct: false }),
  ]
  for (const member of [...direct, ...relayed]) await member.until('voter', 3)
  for (const member of direct) {
    for (const { id } of direct) if (id !== member.id) await member.reaches(id, 'webrtc')
  }
  for (const [i, member] of direct.entries()) await member.work(`direct ${i}`)
  for (const [i, member] of relayed.entries()) await member.work(`relayed ${i}`)

  const killedMs = Date.now()
  await relay.kill()
  for (const member of relayed) await momentOf(member, 'reconnecting', killedMs)
  await Promise.all(direct.map((member) => member.answers(40)))
  const stalled = await Promise.all(relayed.map((member) => member.call('progress')))
  const restartedMs = Date.now()
  await relay.again()
  for (const member of relayed) await member.answers(10)

  for (const [i, member] of relayed.entries()) {
    // What had been answered before was answered while the relay was there.
    expect(stalled[i]?.lastAtMs).toBeLessThan(restartedMs)
    const openMs = await momentOf(member, 'open', restartedMs)
    const { longestMs } = await member.call('progress')
    console.log(`relay room: link open ${after(restartedMs, openMs)} after the restart; longest pause ${longestMs} ms`)
  }
  for (const member of direct) {
    const { longestMs } = await member.call('progress')
    console.log(`WebRTC room: longest pause of an edit while the relay was away ${longestMs} ms`)
    const changed = (await member.call('since', killedMs)).filter(({ what }) => /^\w+ (gone|relay)$/.test(what))
    expect(changed).toEqual([])
    await momentOf(member, 'open', restartedMs)
  }
  const directSums: Record<string, number> = {}
  for (const [i, member] of direct.entries()) directSums[`direct ${i}`] = await member.call('stop')
  const relayedSums: Record<string, number> = {}
  for (const [i, member] of relayed.entries()) relayedSums[`relayed ${i}`] = await member.call('stop')
  await expectSums(direct, directSums)
  await expectSums(relayed, relayedSums)
  await expect.poll(() => contentsOf(node)).toEqual(relayedSums)
  // The relay has forgotten everybody, and brings people together again.
  const late = await open(join)
  await expectSums([late], directSums)
})

test('a member whose data channels are blocked in mid-edit goes on over the relay, and by channels when they are let through again', async ({
  elsewhere,
  server,
}) => {
  await using node = await inNode(server.relay)
  const open = async (): Promise<Member> =>
    Member.enter(anyPage(await (await elsewhere()).newPage()), server, { invite: node.invite(), direct: true })
  const [a, b] = [await open(), await open()]
  for (const member of [a, b]) await member.until('voter', 3)
  await a.reaches(b.id, 'webrtc')
  await b.reaches(a.id, 'webrtc')
  await a.work('a')
  await b.work('b')

  const blockedMs = Date.now()
  await a.call('block')
  const fellBackMs = [await momentOf(a, `${b.id} relay`, blockedMs), await momentOf(b, `${a.id} relay`, blockedMs)]
  for (const member of [a, b]) await member.answers(20)
  const laps = [await a.call('progress'), await b.call('progress')]
  // Nobody has gone: only the way has changed.
  for (const member of [a, b]) {
    expect((await member.call('since', blockedMs)).filter(({ what }) => what.endsWith(' gone'))).toEqual([])
  }

  const unblockedMs = Date.now()
  await a.call('unblock')
  const returnedMs = [
    await momentOf(a, `${b.id} webrtc`, unblockedMs),
    await momentOf(b, `${a.id} webrtc`, unblockedMs),
  ]
  for (const member of [a, b]) await member.answers(20)
  for (const [i, name] of ['blocked end', 'other end'].entries()) {
    const { longestMs = 0 } = laps[i] ?? {}
    const fellBack = after(blockedMs, fellBackMs[i] ?? Number.NaN)
    const returned = after(unblockedMs, returnedMs[i] ?? Number.NaN)
    console.log(
      `${name}: by the relay after ${fellBack}, longest pause ${longestMs} ms; by a channel again after ${returned}`,
    )
  }
  const sums = { a: await a.call('stop'), b: await b.call('stop') }
  await expectSums([a, b], sums)
  await expect.poll(() => contentsOf(node)).toEqual(sums)
})

test('a hidden tab whose timers run once a minute goes on voting and editing, and notices a link that has gone silent', async ({
  elsewhere,
  server,
  throttled,
}) => {
  test.setTimeout(150_000 + HIDDEN_S * 1000)
  await using cable = await Cable.start(server.relay)
  await using node = await inNode(server.relay)
  const invite = node.invite()
  const { page, hide, show } = await throttled()
  const hidden = await Member.enter(page, server, { invite, direct: false, via: cable.host })
  const shown = await Member.enter(anyPage(await (await elsewhere()).newPage()), server, { invite, direct: false })
  for (const member of [hidden, shown]) await member.until('voter', 3)
  await hide()
  await expect.poll(() => hidden.call('visibility')).toBe('hidden')
  const hiddenMs = Date.now()
  await hidden.work('hidden')
  await shown.work('shown')
  await expect.poll(() => Date.now() - hiddenMs, { timeout: HIDDEN_S * 1000 + 10_000 }).toBeGreaterThan(HIDDEN_S * 1000)
  const { answered, longestMs } = await hidden.call('progress')
  console.log(`hidden for ${HIDDEN_S} s: ${answered} edits answered, the longest pause was ${longestMs} ms`)
  expect(answered).toBeGreaterThan(HIDDEN_S)
  // The others have never taken it for gone.
  expect((await shown.call('since', hiddenMs)).filter(({ what }) => what === `${hidden.id} gone`)).toEqual([])

  const silentMs = Date.now()
  cable.stall()
  const noticedMs = await momentOf(hidden, 'reconnecting', silentMs)
  await shown.answers(20)
  const mendedMs = Date.now()
  cable.mend()
  const openMs = await momentOf(hidden, 'open', mendedMs)
  await hidden.answers(10)
  console.log(
    `hidden: a silent link noticed after ${after(silentMs, noticedMs)}, open again ${after(mendedMs, openMs)} after it was mended`,
  )
  await show()
  const sums = { hidden: await hidden.call('stop'), shown: await shown.call('stop') }
  await expectSums([hidden, shown], sums)
  await expect.poll(() => contentsOf(node)).toEqual(sums)
})

test('a tab that goes offline edits on, and is back when the browser says so; a network that only falls silent is noticed', async ({
  elsewhere,
  server,
}) => {
  await using cable = await Cable.start(server.relay)
  await using node = await inNode(server.relay)
  const context = await elsewhere()
  const tab = await Member.enter(anyPage(await context.newPage()), server, {
    invite: node.invite(),
    direct: false,
    via: cable.host,
  })
  await tab.call('set', 'before', 1)

  const offlineMs = Date.now()
  await context.setOffline(true)
  cable.cut()
  await momentOf(tab, 'reconnecting', offlineMs)
  await tab.call('begin', 'tab')
  for (let i = 0; i < 50; i++) await node.mutate.set({ key: 'node', value: i })
  const { lastAtMs } = await tab.call('progress')
  const onlineMs = Date.now()
  expect(lastAtMs).toBeLessThan(onlineMs)
  cable.mend()
  await context.setOffline(false)
  const backMs = await momentOf(tab, 'open', onlineMs)
  await tab.answers(10)
  console.log(`online: link open after ${after(onlineMs, backMs)}`)

  const silentMs = Date.now()
  cable.stall()
  const noticedMs = await momentOf(tab, 'reconnecting', silentMs)
  const mendedMs = Date.now()
  cable.mend()
  const openMs = await momentOf(tab, 'open', mendedMs)
  await tab.answers(10)
  console.log(
    `silence noticed after ${after(silentMs, noticedMs)}, link open ${after(mendedMs, openMs)} after it was mended`,
  )

  const cutMs = Date.now()
  cable.cut()
  await momentOf(tab, 'reconnecting', cutMs)
  const wholeMs = Date.now()
  cable.mend()
  const wholeAgainMs = await momentOf(tab, 'open', wholeMs)
  await tab.answers(10)
  console.log(`reset connections: link open ${after(wholeMs, wholeAgainMs)} after they were accepted again`)
  const sum = await tab.call('stop')
  const contents = { before: 1, node: 49, tab: sum }
  await expectSums([tab], contents)
  await expect.poll(() => contentsOf(node)).toEqual(contents)
})

for (const direct of [true, false]) {
  const way = direct ? 'data channels' : 'the relay'
  test(`five megabytes in one value pass over ${way} where they are allowed, and small edits go on beside them`, async ({
    elsewhere,
    server,
  }) => {
    const open = async (entry: Omit<Entry, 'direct' | 'maxCommandBytes'>): Promise<Member> =>
      Member.enter(anyPage(await (await elsewhere()).newPage()), server, {
        ...entry,
        direct,
        maxCommandBytes: 6 * 2 ** 20,
      })
    const a = await open({ relay: server.relay })
    const invite = await a.call('invite')
    const [b, c] = [await open({ invite }), await open({ invite })]
    const all = [a, b, c]
    for (const member of all) {
      await member.until('voter', 3)
      for (const { id } of all) if (id !== member.id) await member.reaches(id, direct ? 'webrtc' : 'relay')
    }
    await b.work('small')
    const startMs = Date.now()
    await a.call('fill', 'large', LETTERS)
    const answeredMs = Date.now()
    for (const member of all) {
      await expect
        .poll(() => member.call('filled', 'large'), { timeout: 30_000 })
        .toEqual({ letters: LETTERS, intact: true })
    }
    const everywhereMs = Date.now()
    const { longestMs } = await b.call('lap')
    const small = await b.call('stop')
    console.log(
      `5 MB over ${way}: answered after ${after(startMs, answeredMs)}, everywhere after ${after(startMs, everywhereMs)}; longest pause of small edits ${longestMs} ms`,
    )
    await expectSums(all, { small })
    for (const member of all) {
      const changed = (await member.call('since', startMs)).map(({ what }) => what)
      // Nobody is gone for being busy. A page that is at work for seconds may well be suspected, or its channel replaced.
      expect(changed.filter((what) => what.endsWith(' gone'))).toEqual([])
      console.log(`seen at one of the three meanwhile: ${changed.length === 0 ? 'nothing' : changed.join(', ')}`)
    }
  })
}
