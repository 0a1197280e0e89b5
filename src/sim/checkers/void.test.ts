import { describe, expect, it } from 'vitest'
import { type Deps, NOOP, type Seal, type Value } from '../../core/index.js'
import { batch, command } from './stage.js'
import { show, Violation } from './violation.js'
import { checkVoid } from './void.js'

const seal: Seal = { kind: 'seal', next: { number: 1, voters: ['a'], wireVersion: 1, stateVersion: 1 } }
const one = (slot: number, number: number, value: Value, deps: Deps) => ({ id: { slot, number }, value, deps })

/** 0.1 and 1.2 come before the seal 1.3, 1.1 is a no-op; 0.2 depends on the seal; 0.3 nobody waits for. */
const commits = [
  one(0, 1, batch(command(1)), [0, 0]),
  one(0, 2, batch(command(2)), [1, 3]),
  one(0, 3, batch(command(3)), [2, 3]),
  one(1, 1, NOOP, [0, 0]),
  one(1, 2, batch(command(4)), [1, 1]),
  one(1, 3, seal, [1, 2]),
]
const judge = (...executed: string[]) => checkVoid(0, commits, new Set(executed)).map(({ id }) => show(id))

describe('void', () => {
  it('is what does not come before the seal', () => {
    expect(judge('0.1', '1.2', '1.3')).toEqual(['0.2', '0.3'])
  })

  it('convicts what was executed nevertheless, and what was not though it comes before the seal', () => {
    expect(() => judge('0.1', '0.2', '1.2', '1.3')).toThrow('0.2 was executed, and is void')
    expect(() => judge('0.1', '1.3')).toThrow('1.2 comes before the seal, and was not executed')
  })

  it('convicts a seal that overtakes another, and one that nobody has committed', () => {
    const other = one(0, 2, seal, [1, 2])
    const both = [
      ...commits.filter(({ id }) => show(id) !== '0.2' && show(id) !== '1.3'),
      other,
      one(1, 3, seal, [2, 2]),
    ]
    expect(() => checkVoid(0, both, new Set(['0.1', '1.2', '1.3']))).toThrow('the seal 0.2 comes before')
    expect(() => judge('0.1')).toThrow(Violation)
  })

  it('convicts a seal that was executed before all that it depends on was committed', () => {
    const gap = commits.filter(({ id }) => show(id) !== '1.1')
    expect(() => checkVoid(0, gap, new Set(['0.1', '1.2', '1.3']))).toThrow('1.1 comes before the seal')
  })

  it('goes by number and slot among those that depend on each other', () => {
    // 0.1, 0.2 and the seal 1.1 are one component; so 0.1 comes before the seal, and 0.2 after it.
    const circle = [one(0, 1, batch(command(1)), [0, 1]), one(0, 2, batch(command(2)), [1, 1]), one(1, 1, seal, [2, 0])]
    expect(checkVoid(0, circle, new Set(['0.1', '1.1'])).map(({ id }) => show(id))).toEqual(['0.2'])
    expect(() => checkVoid(0, circle, new Set(['0.1', '0.2', '1.1']))).toThrow(Violation)
  })
})
