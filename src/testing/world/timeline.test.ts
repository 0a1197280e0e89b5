import { expect, it } from 'vitest'
import { Timeline } from './timeline.js'

it('lets everything happen in the order in which it is due, and what is due at once in the order in which it was planned', async () => {
  const timeline = new Timeline()
  const happened: string[] = []
  const plan = (ms: number, what: string): void => {
    timeline.after(ms, () => happened.push(`${timeline.nowMs} ${what}`))
  }
  plan(20, 'late')
  plan(10, 'first')
  plan(10, 'second')
  timeline.after(5, () => plan(5, 'third'))
  await timeline.run(10)
  expect(happened).toEqual(['10 first', '10 second', '10 third'])
  await timeline.run(5)
  expect([timeline.nowMs, happened.length]).toEqual([15, 3])
  await timeline.run(5)
  expect(happened.at(-1)).toBe('20 late')
})

it('carries out all that an event has set off before the next one', async () => {
  const timeline = new Timeline()
  const happened: string[] = []
  timeline.after(1, async () => {
    for (let i = 0; i < 1000; i++) await Promise.resolve()
    happened.push('what the first has set off')
  })
  timeline.after(2, () => happened.push('the second'))
  await timeline.run(2)
  expect(happened).toEqual(['what the first has set off', 'the second'])
})

it('forgets what was called off', async () => {
  const timeline = new Timeline()
  let happened = 0
  const callOff = timeline.after(1, () => happened++)
  timeline.after(1, () => happened++)
  callOff()
  await timeline.run(1)
  callOff()
  expect(happened).toBe(1)
})

it('stops as soon as it is enough', async () => {
  const timeline = new Timeline()
  let happened = 0
  for (let ms = 1; ms <= 5; ms++) timeline.after(ms, () => happened++)
  await timeline.run(100, () => happened === 3)
  expect([timeline.nowMs, happened]).toEqual([3, 3])
  await timeline.run(100, () => true)
  expect([timeline.nowMs, happened]).toEqual([3, 3])
  await timeline.run(100)
  expect([timeline.nowMs, happened]).toEqual([103, 5])
})

it('passes on what an event throws, and can go on', async () => {
  const timeline = new Timeline()
  timeline.after(1, () => {
    throw new RangeError('broken')
  })
  await expect(timeline.run(5)).rejects.toThrow('broken')
  await timeline.run(5)
  expect(timeline.nowMs).toBe(6)
})
