import { describe, expect, test } from 'vitest'
import { open, PAIR, seal, streamHeader } from './frames.js'
import { KeySchedule } from './key-schedule.js'
import { addressOf, bytesOf, FIRST_KEY, GROUP } from './stage.js'

const { subtle } = crypto
const [A, B, A2] = [addressOf('a1'), addressOf('b1'), addressOf('a2')]
const [N, M] = ['1'.repeat(32), '2'.repeat(32)]

const fits = async (sealing: CryptoKey, opening: CryptoKey): Promise<boolean> => {
  const frame = await seal(subtle, sealing, streamHeader(PAIR, 0, 1, 0), bytesOf('content'))
  return (await open(subtle, opening, frame)) !== undefined
}

describe('the keys', () => {
  const schedule = new KeySchedule(subtle, GROUP, FIRST_KEY)

  test('of two ends fit each other, each way with its own', async () => {
    const [a, b] = [await schedule.session(A, N, B, M), await schedule.session(B, M, A, N)]
    expect(await fits(a.toPeer.key, b.fromPeer.key)).toBe(true)
    expect(await fits(b.toPeer.key, a.fromPeer.key)).toBe(true)
    expect(await fits(a.toPeer.key, a.fromPeer.key)).toBe(false)
    expect([a.toPeer.tag, a.fromPeer.tag]).toEqual([b.fromPeer.tag, b.toPeer.tag])
    const [c, d] = [await schedule.greeting(A, B), await schedule.greeting(B, A)]
    expect(await fits(c.toPeer, d.fromPeer)).toBe(true)
    expect(await fits(c.toPeer, c.fromPeer)).toBe(false)
  })

  test('of whatever differs in one thing fit nowhere else', async () => {
    const secret = new Uint8Array(16).fill(1)
    const [otherGroup, otherNumber, otherSecret] = [
      new KeySchedule(subtle, 'e'.repeat(32), FIRST_KEY),
      new KeySchedule(subtle, GROUP, { number: 1, secret }),
      new KeySchedule(subtle, GROUP, { number: 0, secret: new Uint8Array(16).fill(3) }),
    ]
    const keys = [
      (await schedule.session(A, N, B, M)).toPeer.key,
      (await schedule.session(A, M, B, N)).toPeer.key,
      (await schedule.session(A, N, B, N)).toPeer.key,
      (await schedule.session(A2, N, B, M)).toPeer.key,
      (await schedule.session(B, N, A, M)).toPeer.key,
      (await schedule.greeting(A, B)).toPeer,
      (await schedule.greeting(A2, B)).toPeer,
      (await schedule.cast(A, N)).key,
      (await schedule.cast(A, M)).key,
      (await schedule.cast(A2, N)).key,
      (await otherGroup.session(A, N, B, M)).toPeer.key,
      (await otherNumber.session(A, N, B, M)).toPeer.key,
      (await otherSecret.session(A, N, B, M)).toPeer.key,
    ]
    for (const [at, key] of keys.entries()) {
      const fitting = await Promise.all(keys.map((other) => fits(key, other)))
      expect(fitting).toEqual(keys.map((_, other) => other === at))
    }
  })
})
