import { expect, test } from 'vitest'
import { Late, NotLoaded } from './late.js'

test('a part is not there until it is loaded, and is loaded once however often it is asked for', async () => {
  let fetched = 0
  const late = new Late('drawing', async () => ++fetched)
  expect(late.now).toBeUndefined()
  expect(await Promise.all([late.load(), late.load()])).toEqual([1, 1])
  expect(late.now).toBe(1)
  expect(await late.load()).toBe(1)
})

test('a part that can’t be had is named to all who wait, and tried again by whoever asks next', async () => {
  let fetched = 0
  const late = new Late('drawing', async () => {
    if (++fetched === 1) throw new TypeError('offline')
    return 'the part'
  })
  const [first, second] = await Promise.allSettled([late.load(), late.load()])
  expect(first).toMatchObject({ status: 'rejected', reason: expect.any(NotLoaded) })
  expect(first).toMatchObject({
    reason: { part: 'drawing', message: expect.stringMatching(/drawing.*offline.*again/) },
  })
  expect(second).toEqual(first)
  expect(late.now).toBeUndefined()
  expect(await late.load()).toBe('the part')
  expect(fetched).toBe(2)
})

test('a part that was brought is there at once, and never fetched', async () => {
  const late = new Late<string>('drawing', () => Promise.reject(new Error('never to be called')))
  late.bring('the part')
  expect(late.now).toBe('the part')
  expect(await late.load()).toBe('the part')
})
