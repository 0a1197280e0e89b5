import { beforeEach, expect, test, vi } from 'vitest'
import { EdgeRelay, type ObjectState } from '../relay/edge.js'
import { replicatedMap } from '../state/index.js'
import { encodeInvite } from '../wire/index.js'
import { administer } from './administer.js'
import { EdgeReplica } from './edge-replica.js'
import type { ReplicaObjectState } from './platform.js'

/** An object's storage whose database is out of order. */
class BrokenStorage {
  readonly kept = new Map<string, unknown>()
  readonly sql: ReplicaObjectState['storage']['sql'] = {
    exec: () => {
      throw new Error('the disk is away')
    },
  }
  transactionSync<T>(callback: () => T): T {
    return callback()
  }
  async sync(): Promise<void> {}
  async setAlarm(): Promise<void> {}
  async get(key: string): Promise<unknown> {
    return this.kept.get(key)
  }
  async put(key: string, value: unknown): Promise<void> {
    this.kept.set(key, value)
  }
  async delete(key: string): Promise<boolean> {
    return this.kept.delete(key)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocketRequestResponsePair', class {})
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

const INVITE: string = encodeInvite({
  ...{ group: '0'.repeat(32), key: 0, secret: '1'.repeat(32), relay: 'wss://rooms.example' },
})

test('a replica that can not be opened is not forgotten, but by force', async () => {
  const storage = new BrokenStorage()
  storage.kept.set('epaxos-invite', INVITE)
  const state: ObjectState = {
    storage,
    acceptWebSocket: () => {},
    getWebSockets: () => [],
    setWebSocketAutoResponse: () => {},
    getWebSocketAutoResponseTimestamp: () => null,
  }
  const replica = new EdgeReplica(replicatedMap(), {}, storage, new EdgeRelay(state, {}))
  await replica.resume()
  const leave = (query: string): Promise<Response> =>
    administer(replica, new Request(`https://rooms.example/replica?room=room${query}`, { method: 'DELETE' }))
  const refused = await leave('')
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('the disk is away')])
  expect([...storage.kept]).toEqual([['epaxos-invite', INVITE]])
  expect((await leave('&force')).status).toBe(204)
  expect([...storage.kept]).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
