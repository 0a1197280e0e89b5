import { expect, onTestFinished, test } from 'vitest'
import { Listeners } from './listeners.js'

test('listeners are called in order until they unsubscribe, each on its own', () => {
  const heard: string[] = []
  const listeners = new Listeners<[what: string]>()
  const listen = (what: string): void => void heard.push(what)
  const unsubscribe = listeners.add(listen)
  listeners.add(listen)
  listeners.tell('a')
  unsubscribe()
  unsubscribe()
  listeners.tell('b')
  listeners.clear()
  listeners.tell('c')
  expect(heard).toEqual(['a', 'a', 'b'])
})

test('what a listener throws is uncaught, like in any event handler, and the others are called', async () => {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  onTestFinished(() => {
    for (const other of others) process.on('uncaughtException', other)
  })
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
  const listeners = new Listeners<[]>()
  let called = false
  listeners.add(() => {
    throw new Error('of the application')
  })
  listeners.add(() => {
    called = true
  })
  listeners.tell()
  expect(called).toBe(true)
  expect(await uncaught).toEqual(new Error('of the application'))
})
