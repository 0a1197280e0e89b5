import { expect, test } from 'vitest'
import { Held } from './held.js'

const patience = (): AbortController => new AbortController()

test('a name is held by one at a time, and free again when that one says so', async () => {
  const held = new Held()
  const free = await held.hold('a', { ifAvailable: true })
  expect(free).toBeDefined()
  expect(await held.hold('a', { ifAvailable: true })).toBeUndefined()
  expect(await held.hold('b', { ifAvailable: true })).toBeDefined()
  free?.()
  expect(await held.hold('a', { ifAvailable: true })).toBeDefined()
})

test('who waits has it when it is free, one after the other', async () => {
  const held = new Held()
  const free = await held.hold('a', { ifAvailable: true })
  const order: string[] = []
  const second = held.hold('a', { signal: patience().signal }).then((next) => {
    order.push('second')
    return next
  })
  const third = held.hold('a', { signal: patience().signal }).then(() => order.push('third'))
  free?.()
  const next = await second
  expect(order).toEqual(['second'])
  next?.()
  await third
  expect(order).toEqual(['second', 'third'])
})

test('who gives up waiting does not have it, and nobody waits for them', async () => {
  const held = new Held()
  const free = await held.hold('a', { ifAvailable: true })
  const impatient = patience()
  const waiting = held.hold('a', { signal: impatient.signal })
  impatient.abort()
  expect(await waiting).toBeUndefined()
  free?.()
  expect(await held.hold('a', { signal: impatient.signal })).toBeDefined()
  expect(await held.hold('a', { signal: impatient.signal })).toBeUndefined()
})

test('to free it twice frees it once', async () => {
  const held = new Held()
  const free = await held.hold('a', { ifAvailable: true })
  free?.()
  await held.hold('a', { ifAvailable: true })
  free?.()
  expect(await held.hold('a', { ifAvailable: true })).toBeUndefined()
})
