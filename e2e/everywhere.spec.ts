import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { lmdb } from 'epaxos/storage/lmdb'
import { webSocket } from 'epaxos/transport/websocket'
import { startWorkerd, type Workerd } from '../tools/workerd.js'
import { anyPage } from './any-page.js'
import { expect, requireRoute, test } from './browsers.js'
import { Member } from './member.js'
import type { Entry } from './member-page.js'

/** So often each of them adds to one number. */
const ROUNDS = 25

/** A replica at the edge, as its operator sees it. */
interface Placed {
  /** As the relay calls it. */
  readonly room: string
  readonly id: string
  readonly role: string
  readonly voters: readonly string[]
}

/** Puts a replica into the room of an invite, or is told again how it is there. */
const placeAtEdge = async ({ url, operator }: Workerd, invite: string): Promise<Placed> => {
  const headers = { authorization: `Bearer ${operator}` }
  const answer = await fetch(`${url}/replica`, { method: 'PUT', headers, body: invite })
  if (!answer.ok) throw new Error(`the edge took no replica: ${await answer.text()}`)
  return (await answer.json()) as Placed
}

/** Has the application of tools/edge/room-worker.ts do something with the room of a replica at the edge. */
const applyAtEdge = async (
  { url, operator }: Workerd,
  { room }: Placed,
  what: string,
  body?: unknown,
): Promise<string> => {
  const answer = await fetch(`${url}/app/${what}?room=${room}`, {
    headers: { authorization: `Bearer ${operator}` },
    // A body that nobody reads costs the connection.
    ...(body !== undefined && { method: 'PUT', body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`the edge answered with ${answer.status}: ${text}`)
  return text
}

const contentsOf = (room: Room<ReplicatedMap>): Record<string, unknown> =>
  Object.fromEntries([...room.executed.get().scan()].sort())

test.beforeAll(requireRoute)

test('a Firefox tab and a Chromium tab reach each other by a data channel, and each executes what the other does', async ({
  elsewhere,
  firefox,
  server,
}) => {
  test.setTimeout(120_000)
  const founder = anyPage(await (await elsewhere()).newPage())
  const a = await Member.enter(founder, server, { relay: server.relay, direct: true })
  const fox = await Member.enter(await firefox(), server, { invite: await a.call('invite'), direct: true })
  // One of two votes, and the other one follows it: there is nobody else to reach.
  await a.reaches(fox.id, 'webrtc')
  await fox.reaches(a.id, 'webrtc')
  await Promise.all([a, fox].map((tab) => tab.call('add', 'sum', ROUNDS)))
  for (const tab of [a, fox]) await expect.poll(() => tab.call('contents')).toEqual({ sum: 2 * ROUNDS })
})

test('one room of two Chromium tabs, a Firefox tab, a Node replica and an edge replica: what one edits all have, and what all have left the edge keeps', async ({
  elsewhere,
  firefox,
  server,
}) => {
  test.setTimeout(240_000)
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-everywhere-'))
  const workerd = await startWorkerd()
  try {
    const chromium = async (how: Partial<Entry>): Promise<Member> =>
      Member.enter(anyPage(await (await elsewhere()).newPage()), server, { direct: true, ...how })
    const a = await chromium({ relay: workerd.relay })
    const invite = await a.call('invite')
    const b = await chromium({ invite })
    const edge = await placeAtEdge(workerd, invite)
    // Those who vote stay so while they are well: the two tabs, and the edge. Who comes then observes.
    for (const tab of [a, b]) await tab.until('voter', 3)
    await a.reaches(b.id, 'webrtc')
    await b.reaches(a.id, 'webrtc')
    expect((await a.snapshot()).kinds[edge.id]).toBe('relay')
    const fox = await Member.enter(await firefox(), server, { invite, direct: true })
    const node = await openRoom(invite, {
      state: replicatedMap(),
      storage: lmdb({ path: folder }),
      transport: webSocket(),
      tabs: 'separate',
    })
    const tabs = [a, b, fox]
    const here = [node.id, edge.id, ...tabs.map(({ id }) => id)].sort()
    for (const tab of tabs) {
      const others = here.filter((id) => id !== tab.id)
      await expect.poll(async () => Object.keys((await tab.snapshot()).kinds), { timeout: 30_000 }).toEqual(others)
    }

    // Each its own key, and all of them one number: no sum may be answered twice.
    const before = new Map<string, unknown>()
    for (const [i, tab] of tabs.entries()) {
      await tab.call('set', `tab ${i}`, tab.id)
      before.set(`tab ${i}`, tab.id)
    }
    await node.mutate.set({ key: 'node', value: node.id })
    before.set('node', node.id)
    await applyAtEdge(workerd, edge, 'set', { key: 'edge', value: edge.id })
    before.set('edge', edge.id)
    const adding = async (add: () => Promise<unknown>): Promise<void> => {
      for (let i = 0; i < ROUNDS; i++) await add()
    }
    await Promise.all([
      adding(() => node.mutate.add({ key: 'sum', by: 1 })),
      adding(() => applyAtEdge(workerd, edge, 'add')),
      ...tabs.map((tab) => tab.call('add', 'sum', ROUNDS)),
    ])
    const sum = ROUNDS * here.length
    const contents = Object.fromEntries([...before, ['sum', sum]])
    for (const tab of tabs) await expect.poll(() => tab.call('contents'), { timeout: 20_000 }).toEqual(contents)
    await expect.poll(() => contentsOf(node)).toEqual(contents)
    expect(await applyAtEdge(workerd, edge, 'sum')).toBe(`${sum}`)
    const names: readonly (readonly [string, { readonly id: string }])[] = [
      ['Chromium a', a],
      ['Chromium b', b],
      ['Firefox', fox],
      ['Node', node],
      ['the edge', edge],
    ]
    // Voters reach each other directly where they can; an observer reaches the one voter that it follows.
    for (const [name, tab] of [
      ['Chromium a', a],
      ['Chromium b', b],
      ['Firefox', fox],
    ] as const) {
      const { kinds } = await tab.snapshot()
      const reached = names.filter(([other]) => other !== name).map(([other, { id }]) => `${other} by ${kinds[id]}`)
      console.log(`${name} reaches ${reached.join(', ')}`)
    }

    // All go for good, and the edge is left: who comes then has nobody else to ask.
    await node.leave()
    for (const tab of [fox, b, a]) await tab.call('leave')
    await expect.poll(async () => (await placeAtEdge(workerd, invite)).voters).toEqual([edge.id])
    const late = await chromium({ invite })
    await expect.poll(() => late.call('contents'), { timeout: 30_000 }).toEqual(contents)
    await late.call('set', 'late', true)
    expect(await late.call('contents')).toEqual({ ...contents, late: true })
  } finally {
    await workerd.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
