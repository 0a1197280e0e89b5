import { afterEach, expect, test, vi } from 'vitest'
import { startRelay } from '../../relay/node.js'
import { replicatedMap } from '../../state/index.js'
import { memory } from '../../storage/memory.js'
import { directLinks, type Late, NotLoaded, relayedLinks, sealing } from '../../transport/index.js'
import { webSocket } from '../../transport/websocket.js'
import { createRoom, openRoom } from '../index.js'
import { closeAll, mapOf, toBeClosed, until } from '../stage.js'
import { connecting, exchanging, following, loadAll, reporting, sharedTabs } from './parts.js'

// The order matters: a part that was loaded stays loaded.

const ALL: readonly Late<unknown>[] = [
  ...[following, reporting, sharedTabs, sealing, exchanging, connecting],
  ...[relayedLinks, directLinks],
]

/** As without a network: nothing can be had until the spies are gone. */
const withoutNetwork = (): void => {
  for (const part of ALL) {
    vi.spyOn(part, 'load').mockImplementation(() => Promise.reject(new NotLoaded('this', new TypeError('offline'))))
  }
}

const options = { state: replicatedMap(), tabs: 'separate', transport: webSocket() } as const

afterEach(async () => {
  await closeAll()
  vi.restoreAllMocks()
})

test('a room opens and carries out what is called before anything that comes later can be had, and others come once it can', async () => {
  withoutNetwork()
  const relay = await startRelay()
  try {
    const first = toBeClosed(await createRoom({ ...options, storage: memory(), relay: relay.url }))
    await mapOf(first).set('x', 1)
    expect(first.state.get().get('x')).toBe(1)
    expect(first.status.get()).toMatchObject({
      role: 'voter',
      advice: undefined,
      link: { state: 'reconnecting', reason: 'not-loaded', peers: [] },
    })
    await expect(first.diagnose()).rejects.toThrow(NotLoaded)
    await expect(first.remove('a'.repeat(32))).rejects.toThrow(NotLoaded)
    vi.restoreAllMocks()
    const second = toBeClosed(await openRoom(first.invite(), { ...options, storage: memory() }))
    await until(second, ({ role }) => role === 'observer')
    expect(await mapOf(second).get('x')).toBe(1)
    expect((await first.diagnose()).peers).toMatchObject([{ id: second.id, introduced: true }])
    await expect(first.remove('nobody')).rejects.toThrow(TypeError)
  } finally {
    await closeAll()
    await relay.close()
  }
})

test('a room that is to be logged does not open before it can be', async () => {
  withoutNetwork()
  const storage = memory()
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const founding = { ...options, storage, logger, relay: 'ws://127.0.0.1:1' }
  await expect(createRoom(founding)).rejects.toThrow(NotLoaded)
  vi.restoreAllMocks()
  toBeClosed(await createRoom(founding))
  expect(logger.info).toHaveBeenCalledWith('the replica was started', expect.anything())
})

test('a relay that can’t be is refused when the room is opened, not later', async () => {
  await expect(createRoom({ ...options, storage: memory() })).rejects.toThrow(/no relay/)
})

test('what comes later is all there for who has asked for it', async () => {
  await loadAll()
  expect(ALL.filter(({ now }) => now === undefined)).toEqual([])
})
