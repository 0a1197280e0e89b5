import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { playScenario } from './scenario.js'
import { LabSession } from './session.js'

/** `UPDATE_SCENARIOS=1 npx vitest run src/sim/lab/scenarios.test.ts` writes anew what comes of them. */
const UPDATE = process.env.UPDATE_SCENARIOS === '1'

const folder = new URL('./scenarios/', import.meta.url)
const files = readdirSync(folder).sort()
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

describe('scenario of the Lab', () => {
  it.each(files.map((file) => [read(file).slice(2).split('\n', 1)[0], file]))('%s', (_, file = '') => {
    const script = read(file)
    const played = playScenario(script)
    if (UPDATE) writeFileSync(new URL(file, folder), played)
    else expect(played).toBe(script)
  })
})

describe('a future that was copied as a scenario', () => {
  it('plays to what came of it', () => {
    const session = LabSession.parse(
      'lab 3 seed 3 map eu-west-1 us-west-1 sa-east-1 jitter 20%\nat 0ms burst 6 every 10ms interference 50% R0,R1,R2',
    )
    session.seek(200)
    session.act({ kind: 'crash', replica: 1 })
    session.seek(4000)
    session.seek(100)
    session.act({ kind: 'cut', sides: [[0, 1], [2]] })
    session.seek(3000)
    const copied = session.test()
    expect(copied).toContain('# Future 2 of a run in the Lab\n\nlab 3 seed 3 map')
    expect(copied).toContain('at 100ms cut R0,R1 R2\nthen at 3000ms\n  0.1 b1 {')
    expect(copied).not.toContain('crash R1')
    expect(playScenario(copied)).toBe(copied)
  })

  it('says something else where something else comes of it', () => {
    const session = LabSession.parse('lab 3 seed 3 even 40ms\nat 0ms propose R0 a k')
    session.seek(500)
    const changed = session.test().replace('even 40ms', 'even 300ms')
    expect(playScenario(changed)).not.toBe(changed)
  })
})

describe('a scenario', () => {
  const script = 'lab 2 seed 1 even 40ms\n\nat 0ms propose R0 a k\n'

  it('gets what came of it below each question, whatever stood there before', () => {
    const played = playScenario(`# Two agree\n\n${script}then at 10ms\n  nonsense\nthen at 100ms # later\n`)
    expect(played).toBe(
      [
        '# Two agree',
        '',
        'lab 2 seed 1 even 40ms',
        '',
        'at 0ms propose R0 a k',
        'then at 10ms',
        '  0.1 a {0,0} pre-accepted',
        '  R0 R1 executed nothing',
        '  nothing found',
        'then at 100ms # later',
        '  0.1 a {0,0} fast',
        '  R0 executed a',
        '  R1 executed nothing',
        '  nothing found',
        '',
      ].join('\n'),
    )
    expect(playScenario(played)).toBe(played)
  })

  it.each([
    ['then 5ms', '"5ms" should be "at"'],
    ['then at 5', '"5" should be a time'],
    ['then at 5ms now', '"now" is not expected here'],
    ['at 5ms fly R0', '"fly" should be something to do'],
    ['at 5ms crash R4', "it can't be done: there is no R4"],
  ])('with the line "%s" is refused, and the line is named', (line, problem) => {
    const text = `# A story\n\n${script}then at 1ms\n  0.1 a\n${line}\n`
    expect(() => playScenario(text)).toThrow(`line 8 of the script: `)
    expect(() => playScenario(text)).toThrow(problem)
  })
})
