import { describe, expect, it } from 'vitest'
import { write } from '../core/index.js'
import { command, sweep } from './arbitraries.js'
import {
  acknowledged,
  ada,
  add,
  added,
  bob,
  done,
  early,
  execute,
  expired,
  following,
  get,
  replica,
  sweepTimes,
} from './stage.js'

describe('a command that comes after others of its session', () => {
  it('is executed once those have been', () => {
    const { state } = replica()
    expect(execute(state, add('a', 1), add('b', 2), following(add('a', 3), 1, 2))).toEqual([1, 1, 2].map(added))
  })

  it('is early before one of them was executed: it changes nothing, and is executed when it comes again', () => {
    const { state, table } = replica()
    const third = following(add('a', 3), 1, 2)
    expect(execute(state, add('a', 1), third)).toEqual([added(1), early])
    expect(table.value.get('a')).toBe(1)
    expect(execute(state, add('a', 2), third, third)).toEqual([2, 3, 3].map(added))
  })

  it('is early also where it only reads', () => {
    const { state } = replica()
    const look = following(get('a', 2), 1)
    expect(execute(state, look, add('a', 1), look)).toEqual([early, added(1), done(1)])
  })

  it('is early where its session is new here, and the session may begin with it', () => {
    const { state } = replica()
    expect(execute(state, following(add('a', 2), 1), add('a', 1), following(add('a', 2), 1))).toEqual([
      early,
      added(1),
      added(2),
    ])
  })

  it('is early behind one that was early itself', () => {
    const { state } = replica()
    const [second, third] = [following(add('a', 2), 1), following(add('a', 3), 2)]
    expect(execute(state, second, third, add('a', 1), third, second, third)).toEqual([
      early,
      early,
      added(1),
      early,
      added(2),
      added(3),
    ])
  })

  it('is executed behind one that has thrown: that was its turn', () => {
    const { state } = replica()
    const fails = command(ada, 1, [write('a')], ['fail', 'a'])
    expect(execute(state, fails, following(add('a', 2), 1))).toMatchObject([{ kind: 'threw' }, added(1)])
  })

  it('is early whatever another session has executed under that number', () => {
    const { state } = replica()
    expect(execute(state, add('a', 1, bob), following(add('a', 2), 1))).toEqual([added(1), early])
  })

  it('is executed once a sweep has dropped the entries of those before it: they were answered', () => {
    const { state } = replica()
    execute(state, add('a', 1), add('a', 2), add('a', 3, ada, 2))
    state.execute(sweep(0, [ada, 2]))
    expect(execute(state, following(add('a', 4), 1, 2, 3), following(get('a', 6), 2, 5))).toEqual([added(4), early])
  })

  it('is answered as before once it was executed, or its client has said that it has the answer', () => {
    const { state } = replica()
    const second = following(add('a', 2), 1)
    execute(state, add('a', 1), second, add('a', 3, ada, 2))
    expect(execute(state, second)).toEqual([added(2)])
    state.execute(sweep(0, [ada, 2]))
    expect(execute(state, second)).toEqual([acknowledged])
  })

  it('is expired where its session has ended, also where it only reads: nobody knows what it comes after', () => {
    const { state } = replica()
    execute(state, add('a', 1))
    sweepTimes(state, 9)
    state.execute(sweep(9, [ada, null]))
    expect(execute(state, following(add('a', 2), 1), following(get('a', 3), 1), get('a', 4))).toEqual([
      expired,
      expired,
      done(1),
    ])
  })

  it('keeps its session alive, and says what its client has the answers of, be it early', () => {
    const { state } = replica()
    execute(state, add('a', 1), add('b', 2))
    sweepTimes(state, 9)
    expect(execute(state, following(add('a', 4, ada, 1), 3))).toEqual([early])
    state.execute(sweep(9, [ada, null]))
    state.execute(sweep(10, [ada, 1]))
    expect(execute(state, add('b', 2), add('a', 1))).toEqual([added(1), acknowledged])
  })

  it('comes to the same table at a sweep on replicas that came across it, and what does not interfere, in other orders', () => {
    const second = following(add('a', 2, ada, 0), 1)
    const others = [add('b', 3, ada, 1), add('c', 1, bob), following(add('d', 3, bob, 1), 2)]
    const one = replica(1)
    const other = replica(1)
    // The second is early at both: of those that interfere the order is the same.
    expect(execute(one.state, second, add('a', 1), ...others)).toEqual([early, added(1), added(1), added(1), early])
    expect(execute(other.state, ...others.toReversed(), second, add('a', 1))).toEqual([
      early,
      added(1),
      added(1),
      early,
      added(1),
    ])
    const payload = one.state.sweepDue() as Uint8Array
    for (const { state } of [one, other]) state.execute({ kind: 'sweep', payload })
    expect([...other.state.snapshot()]).toEqual([...one.state.snapshot()])
    for (const { state } of [one, other]) expect(execute(state, second)).toEqual([added(2)])
  })

  it('makes a session born early grow the table as any other does, and leaves no entry', () => {
    const { state } = replica(3)
    execute(state, ...Array.from({ length: 9 }, (_, i) => following(add('a', i + 2), 1)))
    expect(state.sweepDue()).toBeUndefined()
    execute(state, add('a', 1), following(add('a', 2), 1))
    expect(state.sweepDue()).toBeDefined()
  })
})
