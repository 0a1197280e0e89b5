import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newTally } from '../counters.js'
import { Histogram } from './metrics.js'
import { relayMetrics } from './relay-metrics.js'

test('the page about relays names each metric, and no other', () => {
  const metrics = relayMetrics({
    counters: { ...newTally(), sockets: 0, rooms: 0 },
    isDraining: false,
    upgradesRefused: 0,
    lag: new Histogram([]),
    elsewhere: { up: true, relays: 0, published: 0, received: 0, dropped: 0, malformed: 0, unplaced: 0 },
  })
  const page = readFileSync('docs/relay.md', 'utf8')
  const named = new Set([...page.matchAll(/`((?:epaxos_relay|process)_\w+)`/g)].map((match) => match[1]))
  expect([...named].sort()).toEqual(metrics.map(({ name }) => name).sort())
})
