import { expect, it } from 'vitest'
import { read, readRange, type Span, write, writeRange } from '../core/index.js'
import { Order, type Ordered } from './order.js'

let made = 0
/** Each comes after those made before it. */
const one = (...spans: Span[]): Ordered => ({ spans, order: made++ })

const orderOf = (...added: Ordered[]): Order<Ordered> => {
  const order = new Order<Ordered>()
  for (const each of added) order.add(each)
  return order
}

it('of several that change a key, the last is named', () => {
  const [first, last] = [one(write('a')), one(write('a'))]
  expect([...orderOf(first, last).before(one(write('a')))]).toEqual([last])
})

it('what only looks is named by nobody, and comes after what changes what it looks at', () => {
  const [first, changes, last] = [one(read('a')), one(write('a')), one(read('a'))]
  expect([...orderOf(first, changes, last).before(changes)]).toEqual([])
  expect([...orderOf(first, changes).before(last)]).toEqual([changes])
})

it('one that touches several keys comes after the last of each, once', () => {
  const [both, other] = [one(write('a'), write('b')), one(write('c'))]
  const before = orderOf(both, other).before(one(write('a'), read('b'), write('c')))
  expect(before).toEqual(new Set([both, other]))
})

it('ranges meet keys and ranges where they overlap, and no further', () => {
  const [key, range, beside] = [one(write('b')), one(writeRange('c', 'e')), one(writeRange('x'))]
  const order = orderOf(key, range, beside)
  expect(order.before(one(readRange('a', 'c')))).toEqual(new Set([key]))
  expect(order.before(one(writeRange('b', 'd')))).toEqual(new Set([key, range]))
  expect(order.before(one(read('d')))).toEqual(new Set([range]))
  expect(order.before(one(write('e')))).toEqual(new Set())
  expect(order.before(one(readRange('z')))).toEqual(new Set([beside]))
})

it('one that is deleted is named no more, and takes nobody else along', () => {
  const [first, last, range] = [one(write('a')), one(write('a')), one(writeRange('', 'b'))]
  const order = orderOf(first, last, range)
  order.delete(first)
  expect(order.before(one(read('a')))).toEqual(new Set([last, range]))
  order.delete(range)
  order.delete(last)
  expect(order.before(one(read('a')))).toEqual(new Set())
})

it('one that was here before others comes after none of them', () => {
  const [first, middle, last] = [one(write('a')), one(write('a')), one(write('a'), writeRange('b'))]
  const order = orderOf(first, middle, last)
  expect([...order.before(middle)]).toEqual([first])
  expect([...order.before(first)]).toEqual([])
})
