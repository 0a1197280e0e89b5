import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RecoveryRule } from './index.js'
import { play } from './script.js'

/** `UPDATE_SCENARIOS=1 npx vitest run src/core/scenarios.test.ts` writes anew what the commands bring about. */
const UPDATE = process.env.UPDATE_SCENARIOS === '1'

const folder = new URL('./scenarios/', import.meta.url)
const files = readdirSync(folder).sort()
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

/** Every rule there is: the compiler sees to that. */
const rules: Readonly<Record<RecoveryRule, true>> = {
  committed: true,
  accepted: true,
  coordinator: true,
  'too-few': true,
  validate: true,
  unopposed: true,
  opposed: true,
  tight: true,
  waiting: true,
  overtaken: true,
  covered: true,
  rival: true,
  'late-committed': true,
  'late-accepted': true,
  'late-coordinator': true,
}

describe('scenario', () => {
  it.each(files.map((file) => [read(file).slice(2).split('\n', 1)[0], file]))('%s', (_, file = '') => {
    const script = read(file)
    const played = play(script, file)
    if (UPDATE) writeFileSync(new URL(file, folder), played)
    else expect(played).toBe(script)
  })

  it.each(Object.keys(rules))('one or another shows a recovery decided by the rule "%s"', (rule) => {
    expect(files.filter((file) => new RegExp(`recovers .*: ${rule}$`, 'm').test(read(file)))).not.toEqual([])
  })
})
