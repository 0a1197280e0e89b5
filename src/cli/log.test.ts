import { expect, test } from 'vitest'
import { type LogFormat, logTo } from './log.js'

const written = (format: LogFormat, room: string): string => {
  const lines: string[] = []
  logTo((line) => lines.push(line), format).info('join refused', { room })
  return lines.join('|')
}

/** A line break, an escape sequence in one character and in two, the line separator, and what turns text around. */
const HOSTILE = 'a\n\u009b2J\u001b[2J\u2028\u202eb'

test('what others chose can neither begin a line nor steer a terminal', () => {
  expect(written('text', HOSTILE)).toBe('join refused room="a\\n\\u009b2J\\u001b[2J\\u2028\\u202eb"')
  expect(written('json', HOSTILE)).toMatch(/^[\x20-\x7e]+$/)
  expect(JSON.parse(written('json', HOSTILE))).toMatchObject({ level: 'info', message: 'join refused', room: HOSTILE })
})

test('names of rooms in other scripts stay readable', () => {
  expect(written('text', 'Öl Лес')).toBe('join refused room="Öl Лес"')
})
