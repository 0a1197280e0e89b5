import { expect, it } from 'vitest'
import { NOOP, read, readRange, type TraceCell, write } from '../core/index.js'
import { cell } from './arbitraries.js'
import { lookOf } from './look.js'
import { sentenceOf } from './sentence.js'

const said = (of: TraceCell) => sentenceOf(of, 3)

it('tells what an instance does, how it was committed, what it depends on, and when it was executed', () => {
  expect(said(cell(0, 7, [0, 3, 4], { path: 'fast', position: 12 }))).toBe(
    '0.7 writes title — committed fast: 2 of 3 agreed at once; depends on 1.3, 2.4; executed as no. 12',
  )
})

it('tells which command has ended the epoch, and what came too late for it', () => {
  const next = { number: 4, voters: ['a', 'b', 'c'], wireVersion: 1, stateVersion: 1 }
  expect(said(cell(0, 1, [0, 0, 0], { value: { kind: 'seal', next }, position: 9 }))).toMatch(
    /^0.1 ends the epoch: number 4 has 3 voters — .* executed as no. 9$/,
  )
  expect(said(cell(0, 2, [1, 0, 0], { void: true }))).toMatch(/; void: it comes after what has ended the epoch$/)
})

it('tells each way to commit from the others, with the quorum it took', () => {
  const committed = (path: TraceCell['path']) => sentenceOf(cell(1, 1, [0, 0], { path, position: 1 }), 7)
  expect(committed('fast')).toContain('committed fast: 5 of 7 agreed at once')
  expect(committed('slow')).toContain('committed slow: 4 of 7 accepted it in a second round')
  expect(committed('recovered')).toContain('committed by recovery: 4 of 7')
  expect(committed('told')).toContain('committed, as another voter told')
  expect(committed(undefined)).toContain('committed before this replica was started again')
})

it('tells what an instance on its way is waiting for', () => {
  expect(said(cell(0, 1, [0, 1, 0], { phase: 'pre-accepted' }))).toBe(
    '0.1 writes title — pre-accepted; voters say what they know to interfere; depends on 1.1',
  )
  expect(said(cell(0, 1, [0, 0, 0], { phase: 'accepted' }))).toContain('accepted; a second round is under way')
  expect(said(cell(0, 1, [0, 0, 0], { phase: 'accepted', ballot: 17 }))).toContain('a recovery is under way')
  expect(said(cell(0, 1, undefined, { phase: 'none', value: undefined, ballot: 17 }))).toBe(
    '0.1 — only a promise is known; a recovery is under way',
  )
  expect(said(cell(0, 1, [0, 1, 0]))).toContain('waits for what it depends on')
  expect(said(cell(0, 1, [0, 1, 0], { executed: true }))).toContain('executed before this replica was started again')
})

it('says so where an instance came to depend on more than was proposed', () => {
  const grown = { initDeps: [0, 1, 0], path: 'slow' } as const
  expect(said(cell(0, 1, [0, 2, 0], grown))).toContain('depends on 1.2, more than was proposed')
  expect(said(cell(0, 1, [0, 1, 0], grown))).not.toContain('more than')
})

it('tells of batches, reads, ranges and no-ops', () => {
  const commands = (...spans: ReturnType<typeof read | typeof readRange>[][]) => ({
    kind: 'commands' as const,
    commands: spans.map((each, i) => ({
      spans: each,
      payload: new Uint8Array(),
      session: '0'.repeat(32),
      sequence: i + 1,
      acknowledged: i,
      after: [],
    })),
  })
  const doing = (...spans: Parameters<typeof commands>) => said(cell(2, 1, [0, 0, 0], { value: commands(...spans) }))
  expect(doing([write('a')], [write('b')], [read('c')])).toContain('2.1 writes a and 2 more —')
  expect(doing([read('a'), write('b')])).toContain('2.1 reads a, writes b —')
  expect(doing([readRange('a', 'f')])).toContain('reads from a to f')
  expect(doing([readRange('a')])).toContain('reads from a on')
  expect(doing([])).toContain('2.1 — committed')
  const sweep = { kind: 'sweep', payload: new Uint8Array() } as const
  expect(said(cell(2, 1, [0, 0, 0], { value: sweep }))).toContain('2.1 forgets answers that their clients have —')
  expect(said(cell(2, 1, [0, 0, 0], { value: NOOP, position: 3 }))).toContain('2.1 no-op — committed')
})

it('gives a look of its own to each stage of an instance', () => {
  expect(lookOf(cell(0, 1, undefined, { phase: 'none' }))).toBe('none')
  expect(lookOf(cell(0, 1, [0], { phase: 'pre-accepted' }))).toBe('pre-accepted')
  expect(lookOf(cell(0, 1, [0], { phase: 'accepted', value: NOOP }))).toBe('accepted')
  expect(lookOf(cell(0, 1, [0]))).toBe('committed')
  expect(lookOf(cell(0, 1, [0], { position: 1 }))).toBe('executed')
  expect(lookOf(cell(0, 1, [0], { position: 1, value: NOOP }))).toBe('no-op')
  expect(lookOf(cell(0, 1, [0], { void: true }))).toBe('void')
  expect(lookOf(cell(0, 1, [0], { void: true, value: NOOP }))).toBe('void')
})
