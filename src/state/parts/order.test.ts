import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCall } from '../call.js'
import { defineState } from '../define-state.js'
import type { StateMachine } from '../machine.js'
import type { View } from '../mutator.js'
import { order, type Place } from './order.js'

const queue = order('queue')
const state = defineState({
  version: 1,
  mutators: {
    put: {
      touches: (_: { id: string; place: Place }) => [queue.touches()],
      run: (tx, { id, place }) => queue.put(tx, id, place),
    },
    remove: { touches: (_: { id: string }) => [queue.touches()], run: (tx, { id }) => queue.remove(tx, id) },
  },
})

const call = (machine: StateMachine<View>, name: 'put' | 'remove', args: { id: string; place?: Place }): unknown =>
  machine.apply({
    spans: [queue.touches()],
    payload: encodeCall({ name, args: { ...args }, circumstances: { now: 0, seed: 0, author: 'Ada' } }),
  })

const positionsOf = (view: View): readonly string[] =>
  Array.from(view.scan({ from: 'queue/by/', to: 'queue/by0' }), ([key]) => key.slice('queue/by/'.length))

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const place = fc.oneof(
  fc.constantFrom<Place>('first', 'last'),
  id.map((after) => ({ after })),
  id.map((before) => ({ before })),
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id, place }) },
  { weight: 1, arbitrary: id.map((gone) => ({ gone })) },
)

/** The same with an array. */
const putInto = (model: string[], name: string, where: Place): boolean => {
  const neighbour = typeof where === 'string' ? undefined : 'after' in where ? where.after : where.before
  if (neighbour !== undefined && !model.includes(neighbour)) return false
  // Next to itself it stays where it is.
  if (neighbour === name) return true
  if (model.includes(name)) model.splice(model.indexOf(name), 1)
  if (where === 'first') model.unshift(name)
  else if (where === 'last') model.push(name)
  else model.splice('after' in where ? model.indexOf(where.after) + 1 : model.indexOf(where.before), 0, name)
  return true
}

describe('an order', () => {
  it('is that of an array with which the same is done', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const machine = state.create()
        const model: string[] = []
        for (const next of steps) {
          if ('gone' in next) {
            const at = model.indexOf(next.gone)
            expect(call(machine, 'remove', { id: next.gone })).toBe(at >= 0)
            if (at >= 0) model.splice(at, 1)
          } else {
            expect(call(machine, 'put', next)).toBe(putInto(model, next.id, next.place))
          }
          expect(queue.ids(machine.value)).toEqual(model)
        }
        for (const name of 'abcde') expect(queue.has(machine.value, name)).toBe(model.includes(name))
        expect(machine.value.size).toBe(2 * model.length)
      }),
    )
  })

  it.each<[string, (count: number) => Place]>([
    ['behind one item', () => ({ after: 'x0' })],
    ['before one item', () => ({ before: 'x0' })],
    ['each behind the one before it', (count) => ({ after: `x${count - 1}` })],
    ['between the last two', (count) => (count % 2 === 0 ? { after: `x${count - 1}` } : { before: `x${count - 1}` })],
  ])('keeps its keys short through a thousand insertions %s', (_, where) => {
    const machine = state.create()
    const model: string[] = []
    for (let i = 0; i < 1000; i++) {
      const next = { id: `x${i}`, place: i < 2 ? ('last' as const) : where(i) }
      expect(call(machine, 'put', next)).toBe(true)
      putInto(model, next.id, next.place)
    }
    expect(queue.ids(machine.value)).toEqual(model)
    expect(Math.max(...positionsOf(machine.value).map(({ length }) => length))).toBeLessThanOrEqual(48)
  })
})
