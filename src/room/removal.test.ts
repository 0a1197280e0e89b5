import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Relay, startRelay } from '../relay/node.js'
import { createRoom, LastVoter, openRoom, parseInvite, rebuildRoom } from './index.js'
import { closeAll, mapOf, overRelay, threeOverRelay, toBeClosed, until } from './stage.js'

let relay: Relay
beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  relay = await startRelay()
})
afterEach(async () => {
  await closeAll()
  await relay.close()
  vi.unstubAllGlobals()
})

it('has a member vote no more, and the others go on with a new secret', async () => {
  const [first, second, third] = await threeOverRelay(relay.url)
  const before = first.invite()
  await mapOf(third).set('x', 1)
  await first.remove(third.id)
  expect(parseInvite(first.invite()).key).toBe(1)
  await until(third, ({ role }) => role === 'stopped')
  expect(third.status.get().reason).toContain('removed')
  expect(first.status.get().voters).not.toContain(third.id)
  await until(second, () => parseInvite(second.invite()).key === 1)
  expect(parseInvite(second.invite())).toEqual(parseInvite(first.invite()))
  expect(parseInvite(first.invite()).secret).not.toBe(parseInvite(before).secret)
  expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
  expect(await mapOf(first).add('x', 1)).toEqual({ ok: true, value: 3 })
  await expect(mapOf(third).add('x', 1)).rejects.toThrow('removed')
}, 30_000)

it('lets nobody in by an invite from before, and everybody by a new one', async () => {
  const [first, , third] = await threeOverRelay(relay.url)
  const before = first.invite()
  await first.remove(third.id)
  const stranger = toBeClosed(await openRoom(before, overRelay()))
  const invited = toBeClosed(await openRoom(first.invite(), overRelay()))
  await until(invited, ({ role }) => role !== 'joining')
  expect(await mapOf(invited).set('x', 7)).toBeUndefined()
  await until(stranger, ({ advice }) => advice?.includes('a new invite') ?? false)
  expect(stranger.status.get().role).toBe('joining')
  const { findings } = await stranger.diagnose()
  expect(findings.join(' ')).toContain('ask for a new invite')
}, 30_000)

it('is refused where nobody would be left to decide, and for oneself', async () => {
  const first = toBeClosed(await createRoom({ ...overRelay(), relay: relay.url, autopilot: false }))
  const second = toBeClosed(await openRoom(first.invite(), { ...overRelay(), autopilot: false }))
  await until(second, ({ role }) => role === 'observer')
  await expect(second.remove(first.id)).rejects.toThrow(LastVoter)
  await expect(second.remove(second.id)).rejects.toThrow(TypeError)
  await first.remove(second.id)
  await until(second, ({ role }) => role === 'stopped')
}, 30_000)

it('is not carried over to the room that is rebuilt on its state', async () => {
  const [first, , third] = await threeOverRelay(relay.url)
  await mapOf(first).set('x', 1)
  await first.remove(third.id)
  const rebuilt = toBeClosed(await rebuildRoom(first, { ...overRelay(), relay: relay.url }))
  expect(parseInvite(rebuilt.invite()).key).toBe(0)
  expect(await mapOf(rebuilt).add('x', 1)).toEqual({ ok: true, value: 2 })
  const joined = toBeClosed(await openRoom(rebuilt.invite(), overRelay()))
  expect(await mapOf(joined).get('x')).toBe(2)
}, 30_000)
