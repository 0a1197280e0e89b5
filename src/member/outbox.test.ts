import { describe, expect, it } from 'vitest'
import type { Command } from '../core/index.js'
import { MAX_ASKED, Outbox, type Passed } from './outbox.js'
import { note } from './stage.js'

const command = (sequence: number): Command => note('a', sequence, 'k', 'x')

/** An outbox, and the sequences that it has passed on, with the attempts before. */
const outboxThat = (answer: () => Passed): { readonly outbox: Outbox; readonly passed: [number, number][] } => {
  const passed: [number, number][] = []
  const outbox = new Outbox(({ sequence }, attempts) => {
    const what = answer()
    if (what !== 'nobody') passed.push([sequence, attempts])
    return what
  })
  return { outbox, passed }
}

describe('what a member proposes', () => {
  it('is passed on once to who keeps it', () => {
    const { outbox, passed } = outboxThat(() => 'kept')
    outbox.add(command(1))
    outbox.add(command(1))
    for (let now = 0; now < 60_000; now += 1000) outbox.tick(now)
    expect(passed).toEqual([[1, 0]])
    expect(outbox.size).toBe(1)
    outbox.executed(command(1))
    outbox.executed(command(1))
    expect(outbox.size).toBe(0)
  })

  it('is passed on again, to another one and ever more rarely, until it is executed', () => {
    const { outbox, passed } = outboxThat(() => 'asked')
    outbox.tick(0)
    outbox.add(command(1))
    for (let now = 0; now <= 14_000; now += 100) outbox.tick(now)
    expect(passed).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
    ])
    outbox.executed(command(1))
    for (let now = 14_000; now <= 60_000; now += 100) outbox.tick(now)
    expect(passed).toHaveLength(4)
  })

  it('waits in order while nobody is there', () => {
    let answer: Passed = 'nobody'
    const { outbox, passed } = outboxThat(() => answer)
    outbox.tick(0)
    for (let i = 1; i <= 3; i++) outbox.add(command(i))
    outbox.executed(command(2))
    answer = 'asked'
    outbox.tick(100)
    expect(passed).toEqual([])
    outbox.tick(300)
    expect(passed).toEqual([
      [1, 0],
      [3, 0],
    ])
  })

  it('is on its way through others in a bounded number; the rest follows as these are executed', () => {
    const { outbox, passed } = outboxThat(() => 'asked')
    for (let i = 1; i <= 1000; i++) outbox.add(command(i))
    expect(passed).toHaveLength(MAX_ASKED)
    for (let i = 1; i <= 10; i++) outbox.executed(command(i))
    expect(passed).toHaveLength(MAX_ASKED + 10)
    expect(passed.at(-1)).toEqual([MAX_ASKED + 10, 0])
  })

  it('is passed on again when who kept it has given it up', () => {
    let answer: Passed = 'kept'
    const { outbox, passed } = outboxThat(() => answer)
    outbox.add(command(1))
    outbox.add(command(2))
    outbox.executed(command(1))
    answer = 'asked'
    outbox.givenUp()
    expect(passed).toEqual([
      [1, 0],
      [2, 0],
      [2, 0],
    ])
  })

  it('is repeated to whoever can propose it by then', () => {
    let answer: Passed = 'asked'
    const { outbox, passed } = outboxThat(() => answer)
    outbox.tick(0)
    outbox.add(command(1))
    answer = 'nobody'
    outbox.tick(2000)
    answer = 'kept'
    outbox.tick(2250)
    outbox.tick(60_000)
    expect(passed).toEqual([
      [1, 0],
      [1, 1],
    ])
  })
})
