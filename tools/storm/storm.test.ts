import { expect, it } from 'vitest'
import { storm } from './storm.js'

it('three replicas, killed one at a time under load, answer as one map, lose nothing and end the same', async () => {
  const { failures, kills, answered } = await storm({ seconds: 9, clients: 6, killEvery: 1.5, say: () => {} })
  expect(failures).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(2)
  expect(answered).toBeGreaterThan(30)
}, 120_000)
