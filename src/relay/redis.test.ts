import { createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ElsewhereEvents } from './elsewhere.js'
import { redisElsewhere } from './redis.js'

// What needs no Redis; tools/relays has the rest.

const nobody: ElsewhereEvents = { cameElsewhere: () => {}, wentElsewhere: () => {}, arrived: () => {} }

afterEach(() => {
  vi.doUnmock('ioredis')
  vi.resetModules()
})

describe('several relays over Redis', () => {
  test.each([
    ['http://127.0.0.1:6379', 'begins with http://'],
    ['127.0.0.1', 'is no URL'],
    ['redis://', 'names no host'],
  ])('the url %s can’t be', async (url, problem) => {
    const opening = redisElsewhere({ url })
    await expect(opening).rejects.toThrow(TypeError)
    await expect(opening).rejects.toThrow(problem)
  })

  test('no error shows a password', async () => {
    const error = await redisElsewhere({ url: 'rediss//user:secret@host' }).catch(String)
    expect(error).toContain('is no URL')
    expect(error).not.toContain('secret')
  })

  test.each(['', 'a:b', 'a'.repeat(65), 'ä'])('the namespace %j can’t be', async (namespace) => {
    await expect(redisElsewhere({ url: 'redis://127.0.0.1', namespace })).rejects.toThrow(TypeError)
  })

  test('without ioredis it is said what to install', async () => {
    vi.resetModules()
    vi.doMock('ioredis', () => {
      throw new Error('cannot find package')
    })
    const { redisElsewhere: withoutIt } = await import('./redis.js')
    await expect(withoutIt({ url: 'redis://127.0.0.1' })).rejects.toThrow('npm install ioredis')
  })

  test('a Redis that is not there is told of once, and is no hindrance to anything', async () => {
    const states: [boolean, string | undefined][] = []
    let attempts = 0
    let thrice = (): void => {}
    const tried = new Promise<void>((resolve) => {
      thrice = resolve
    })
    const server = createServer((socket) => {
      socket.destroy()
      if (++attempts === 6) thrice()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const port = typeof at === 'object' ? at?.port : undefined
    const open = await redisElsewhere({
      url: `redis://127.0.0.1:${port}`,
      onState: (up, problem) => states.push([up, problem?.message]),
    })
    const elsewhere = open(nobody)
    elsewhere.joined('room', { replica: 'a'.repeat(32), incarnation: 1 })
    expect([...elsewhere.peers('room')]).toEqual([])
    await tried
    expect(elsewhere.counters()).toMatchObject({ up: false, published: 0, dropped: 1 })
    await Promise.all([elsewhere.close(), elsewhere.close()])
    await new Promise((resolve) => server.close(resolve))
    expect(states).toHaveLength(1)
    expect(states[0]?.[0]).toBe(false)
  })
})
