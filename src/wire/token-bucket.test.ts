import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.js'

test('a bucket gives its burst at once, then its rate', () => {
  const bucket = new TokenBucket(10, 5, 0)
  const takenAt = (nowMs: number): number => {
    let taken = 0
    for (; bucket.isOpen(nowMs); taken++) bucket.spend(1)
    return taken
  }
  expect(takenAt(0)).toBe(5)
  expect(takenAt(0)).toBe(0)
  expect(takenAt(200)).toBe(2)
  expect(takenAt(60_000)).toBe(5)
})

test('what is overspent has to be filled first', () => {
  const bucket = new TokenBucket(10, 5, 0)
  bucket.spend(15)
  expect(bucket.isOpen(1000)).toBe(false)
  expect(bucket.isOpen(1100)).toBe(true)
})
