import type { Happening } from 'epaxos/sim'
import { expect, test } from 'vitest'
import { LaneSpans } from './lane-spans.js'

type Simple = 'crashed' | 'restarted' | 'wiped' | 'hidden' | 'shown' | 'joined' | 'installed'

const at = (atMs: number, replica: number, kind: Simple): Happening => ({ atMs, replica, kind })

test('a replica is down from its crash to its restart, and the other ones are not', () => {
  const spans = new LaneSpans({ happenings: [at(10, 1, 'crashed'), at(30, 1, 'restarted')] })
  expect(spans.of(1)).toEqual([{ fromMs: 10, untilMs: 30, state: 'down' }])
  expect(spans.of(0)).toEqual([])
})

test('what begins while something else lasts ends that', () => {
  const happenings = [at(10, 0, 'hidden'), at(20, 0, 'crashed'), at(25, 0, 'wiped')]
  expect(new LaneSpans({ happenings }).of(0)).toEqual([
    { fromMs: 10, untilMs: 20, state: 'hidden' },
    { fromMs: 20, untilMs: 25, state: 'down' },
    { fromMs: 25, untilMs: undefined, state: 'gone' },
  ])
})

test('a span ends once, and what is no matter of who is there begins and ends none', () => {
  const proposed: Happening = {
    ...at(15, 0, 'hidden'),
    kind: 'proposed',
    epoch: 1,
    instance: { slot: 0, number: 1 },
    name: 'a',
  }
  const stopped: Happening = { atMs: 70, replica: 0, kind: 'stopped', reason: 'a write has failed' }
  const happenings = [at(10, 0, 'hidden'), proposed, at(20, 0, 'shown'), at(50, 0, 'restarted'), stopped]
  expect(new LaneSpans({ happenings }).of(0)).toEqual([
    { fromMs: 10, untilMs: 20, state: 'hidden' },
    { fromMs: 70, untilMs: undefined, state: 'stopped' },
  ])
})

test('what happens later is read when it is asked for again', () => {
  const happenings = [at(10, 3, 'joined')]
  const spans = new LaneSpans({ happenings })
  expect(spans.of(3)).toEqual([{ fromMs: 10, untilMs: undefined, state: 'joining' }])
  happenings.push(at(90, 3, 'installed'))
  expect(spans.of(3)).toEqual([{ fromMs: 10, untilMs: 90, state: 'joining' }])
})
