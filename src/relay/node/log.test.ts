import { expect, test } from 'vitest'
import { bounded, type RelayLogger } from './log.js'

test('a flood of lines becomes a few, and how many were left out', () => {
  const lines: unknown[][] = []
  const line =
    (level: string) =>
    (...said: unknown[]): void =>
      void lines.push([level, ...said])
  const logger: RelayLogger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  let nowMs = 0
  const log = bounded(logger, () => nowMs)
  for (let at = 0; at < 1000; at++) log.info('closed', { at })
  expect(lines).toHaveLength(200)
  nowMs += 1000
  for (let at = 0; at < 1000; at++) log.error('failed', { at })
  expect(lines.slice(200, 202)).toEqual([
    ['warn', 'log lines left out', { count: 800 }],
    ['error', 'failed', { at: 0 }],
  ])
  expect(lines).toHaveLength(200 + 1 + 20)
})
