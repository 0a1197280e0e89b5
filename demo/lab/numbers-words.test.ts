import type { Figures, Spread } from 'epaxos/sim'
import { expect, it } from 'vitest'
import { comparisonInWords, fastShare, rateInWords } from './numbers-words.js'

const figures = (proposed: number, committed: number, fast: number): Figures => {
  return { proposed, committed, fast, replicas: [] }
}

const took = (p50Ms: number, p99Ms: number = p50Ms): Spread => ({ count: 1, p50Ms, p99Ms })

it('the fast path has a share once something is committed, and is whole only where every command took it', () => {
  expect(fastShare(figures(3, 0, 0))).toBe('')
  expect(fastShare(figures(3, 3, 3))).toBe('100 %')
  expect(fastShare(figures(1000, 1000, 999))).toBe('99 %')
})

it.each([
  [figures(0, 0, 0), 'Nothing was proposed yet.'],
  [figures(2, 0, 0), 'Nothing is committed yet. 2 are under way.'],
  [figures(1, 1, 1), 'fast: one round trip was enough for the 1 command.'],
  [figures(4, 3, 3), 'fast: one round trip was enough for all 3 commands. 1 is under way.'],
])('the rate in words (%#)', (given, words) => expect(rateInWords(given)).toBe(words))

it('what was not fast is counted, and why it may be', () => {
  expect(rateInWords(figures(5, 5, 3))).toContain('for 3 of 5 commands; 2 took longer')
})

it('where a leader wins is said first, then where it loses, and where it makes no difference', () => {
  const words = comparisonInWords({
    here: [took(100, 900), took(80), took(90), took(70, 71), undefined],
    led: [took(200), took(60), took(78), took(70.2), took(1)],
    leader: 1,
    toLeaderMs: [140, 0, 0.1, 50, 50],
  })
  expect(words).toBe(
    [
      'With R1 as a leader, half of the commands are done sooner at',
      'R1, which leads, by 20.0 ms and R2, which sits beside R1, by 12.0 ms.',
      'Later at R0 by 100.0 ms. No difference at R3.',
      'Of a hundred the slowest is done sooner with it at R0, R1, R2, and R3.',
    ].join(' '),
  )
})

it('where a leader wins nowhere, or nothing differs, that is said', () => {
  const compared = { here: [took(10)], led: [took(30)], leader: 1, toLeaderMs: [20, 0] }
  expect(comparisonInWords(compared)).toBe(
    'With R1 as a leader, half of the commands are done later at R0 by 20.0 ms. Of a hundred the slowest is done later with it at R0.',
  )
  expect(comparisonInWords({ ...compared, led: [took(10)] })).toBe(
    'With R1 as a leader, half of the commands are done as soon at R0.',
  )
  expect(comparisonInWords({ ...compared, led: [undefined] })).toContain('Propose something')
})
