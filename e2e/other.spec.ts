import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { expect, test } from './browsers.js'
import { Member } from './member.js'

// What a browser other than Chromium has to show by itself: its storage, its locks, and the way over the relay.

const inNode = (): {
  readonly state: ReplicatedMap
  storage: ReturnType<typeof memory>
  transport: ReturnType<typeof webSocket>
} => ({
  state: replicatedMap(),
  storage: memory(),
  transport: webSocket(),
})

const contentsOf = (room: Room<ReplicatedMap>): Record<string, unknown> =>
  Object.fromEntries([...room.executed.get().scan()].sort())

test.beforeEach(() => test.setTimeout(90_000))

test('over the relay: a tab comes into the room of a member in Node, and each executes what the other does', async ({
  other,
  server,
}) => {
  await using node = await createRoom({ ...inNode(), relay: server.relay })
  await node.mutate.set({ key: 'node', value: 1 })
  const tab = await Member.enter(await other(), server, { invite: node.invite(), direct: false })
  await expect.poll(() => tab.call('contents')).toEqual({ node: 1 })
  await tab.call('set', 'tab', 2)
  expect(await node.mutate.get({ key: 'tab' })).toBe(2)
  // Both add to one number at once: no sum may be answered twice.
  await tab.call('begin', 'sum')
  for (let i = 0; i < 100; i++) await node.mutate.add({ key: 'sum', by: 1 })
  const sum = (await tab.call('stop')) + 100
  await expect.poll(() => contentsOf(node)).toEqual({ node: 1, tab: 2, sum })
  await expect.poll(() => tab.call('contents')).toEqual({ node: 1, tab: 2, sum })
  expect((await tab.snapshot()).kinds).toEqual({ [node.id]: 'relay' })
})

test('what was answered is there when the page is loaded again, as the same member, with nobody else to ask', async ({
  other,
  server,
}) => {
  const page = await other()
  const tab = await Member.enter(page, server, { relay: server.relay, direct: false })
  expect(await tab.snapshot()).toMatchObject({ role: 'voter', tab: 'host', durable: true })
  for (let i = 0; i < 50; i++) await tab.call('set', `key ${i}`, i)
  const before = await tab.call('contents')
  expect(Object.keys(before)).toHaveLength(50)
  const invite = await tab.call('invite')
  const again = await Member.enter(page, server, { invite, direct: false })
  expect(again.id).toBe(tab.id)
  await expect.poll(() => again.call('contents')).toEqual(before)
  await again.call('set', 'after', true)
  expect(await again.call('contents')).toEqual({ ...before, after: true })
})

test('two tabs are one member: where the one that holds it is closed, the other takes over, and every edit counts once', async ({
  other,
  server,
}) => {
  const page = await other()
  const first = await Member.enter(page, server, { relay: server.relay, direct: false })
  const invite = await first.call('invite')
  const second = await Member.enter(await other(), server, { invite, direct: false })
  expect(second.id).toBe(first.id)
  expect([(await first.snapshot()).tab, (await second.snapshot()).tab]).toEqual(['host', 'guest'])
  await first.call('set', 'first', 1)
  await expect.poll(() => second.call('contents')).toEqual({ first: 1 })
  await second.call('begin', 'sum')
  await second.answers(20)
  await page.close()
  await expect.poll(async () => (await second.snapshot()).tab, { timeout: 20_000 }).toBe('host')
  await second.answers(20)
  const sum = await second.call('stop')
  expect(await second.call('contents')).toEqual({ first: 1, sum })
})

test('a tab that comes back to a room that has gone on meanwhile catches up, as the member it was', async ({
  other,
  server,
}) => {
  await using node = await createRoom({ ...inNode(), relay: server.relay })
  const page = await other()
  const tab = await Member.enter(page, server, { invite: node.invite(), direct: false })
  await tab.call('set', 'x', 1)
  await page.goto('about:blank')
  for (let i = 0; i < 20; i++) await node.mutate.set({ key: `away ${i}`, value: i })
  const again = await Member.enter(page, server, { invite: node.invite(), direct: false })
  expect(again.id).toBe(tab.id)
  await expect.poll(() => again.call('contents')).toEqual(contentsOf(node))
})
