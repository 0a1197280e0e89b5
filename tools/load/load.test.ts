import { expect, test } from 'vitest'
import { runLoad } from './load.js'
import { checkOpenFiles } from './open-files.js'

test('a relay under load loses nothing, in a short form', async () => {
  const options = { seconds: 3, sockets: 40, rooms: 8, messagesPerSecond: 5 }
  const { sent, arrived, failures, reading, stalled, readers } = await runLoad(options, () => {})
  expect(failures).toEqual([])
  expect(arrived).toBe(sent)
  // 40 sockets, five times a second, for three seconds; some of it to several.
  expect(sent).toBeGreaterThanOrEqual(600)
  expect(Math.min(reading.latencies.count, stalled.latencies.count)).toBeGreaterThan(0)
  expect(readers).toBe(1)
  expect(stalled.relay.counters).toMatchObject({ sockets: 41, rooms: 8, framesUndeliverable: 0 })
})

test('who may not open enough files is told what to do', () => {
  expect(() => checkOpenFiles(1)).not.toThrow()
  expect(() => checkOpenFiles(2 ** 40)).toThrow(/ulimit -n \d+.*--sockets \d+/)
})
