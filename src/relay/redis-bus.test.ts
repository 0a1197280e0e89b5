import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { RedisBus, type RedisClass } from './redis-bus.js'

/** A connection to a Redis that takes commands and answers none until it is told to. */
class StalledRedis extends EventEmitter {
  static readonly answers: (() => void)[] = []
  readonly status = 'ready'

  publish(): Promise<number> {
    return new Promise((resolve) => StalledRedis.answers.push(() => resolve(1)))
  }
}

test('what waits for a Redis that stands still is bounded, also where it is very many small messages', async () => {
  const bus = new RedisBus(StalledRedis as unknown as RedisClass, 'redis://nowhere', () => {})
  const publish = (): number => {
    let taken = 0
    while (taken < 100_000 && bus.publish('room', Uint8Array.of(1))) taken++
    return taken
  }
  const taken = publish()
  expect(taken).toBeGreaterThan(10_000)
  expect(taken).toBeLessThan(40_000)
  for (const answer of StalledRedis.answers.splice(0, 1000)) answer()
  await new Promise((resolve) => setImmediate(resolve))
  expect(publish()).toBe(1000)
})
