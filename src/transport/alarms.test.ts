import { beforeEach, describe, expect, test } from 'vitest'
import { Alarms } from './alarms.js'
import type { Clock } from './clock.js'
import { ManualClock } from './manual-clock.js'

describe('alarms', () => {
  let clock: ManualClock
  let alarms: Alarms
  let ran: string[]
  beforeEach(() => {
    clock = new ManualClock()
    alarms = new Alarms(clock)
    ran = []
  })
  const note = (what: string) => (): void => void ran.push(what)

  test('run by themselves, once, unless cancelled', () => {
    alarms.after(10, note('a'))
    const cancel = alarms.after(20, note('b'))
    alarms.after(30, note('c'))
    clock.advance(10)
    cancel()
    clock.advance(100)
    alarms.runDue()
    expect([ran, clock.armed]).toEqual([['a', 'c'], 0])
  })

  test('every second is in step however late each task comes, and what was slept through never was', () => {
    const at: number[] = []
    const late = new LateClock()
    const stop = new Alarms(late).every(1000, () => at.push(late.now))
    for (const now of [1020, 2030, 3990, 60_000, 61_050]) late.jump(now)
    expect(at).toEqual([1020, 2030, 3990, 60_000, 61_050])
    // In step with the first again, not a second after the last.
    late.jump(62_000)
    expect(at.at(-1)).toBe(62_000)
    stop()
    late.jump(70_000)
    expect(at.length).toBe(6)
  })
})

describe('alarms whose own timers sleep', () => {
  test('are run by who is awake, in the order in which they became due, and never again', () => {
    const clock = new LateClock()
    const alarms = new Alarms(clock)
    const ran: string[] = []
    alarms.after(30, () => ran.push('later'))
    alarms.after(10, () => {
      ran.push('first')
      alarms.after(15, () => ran.push('new'))
    })
    alarms.runDue()
    clock.now = 20
    alarms.runDue()
    expect(ran).toEqual(['first'])
    clock.now = 40
    alarms.runDue()
    expect(ran).toEqual(['first', 'later', 'new'])
    clock.wake()
    alarms.runDue()
    expect(ran).toEqual(['first', 'later', 'new'])
  })

  test('one that cancels another that is due keeps it from running', () => {
    const clock = new LateClock()
    const alarms = new Alarms(clock)
    const ran: string[] = []
    alarms.after(10, () => {
      ran.push('first')
      cancel()
    })
    const cancel = alarms.after(20, () => ran.push('second'))
    clock.now = 30
    alarms.runDue()
    clock.wake()
    expect(ran).toEqual(['first'])
  })
})

/** Its timers run only when it is woken, as those of a hidden page. */
class LateClock implements Clock {
  now = 0
  readonly #timers = new Set<{ readonly dueMs: number; readonly task: () => void }>()

  nowMs(): number {
    return this.now
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.now + delayMs, task }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  wake(): void {
    for (const timer of [...this.#timers]) {
      if (timer.dueMs <= this.now && this.#timers.delete(timer)) timer.task()
    }
  }

  jump(toMs: number): void {
    this.now = toMs
    this.wake()
  }
}
