import { expect, it } from 'vitest'
import type { LaneFlight, LaneHappening } from './lane-content.js'
import { FLIGHT_STYLES, styleIndexOf } from './lane-styles.js'
import { cutInWords, flightInWords, happeningInWords, isCutBetween, markInWords, type RuleWords } from './lane-words.js'
import { executed, flight } from './stage.js'

const nameOf = (replica: number): string => `R${replica}`

const sent = flight(0, 10, 50, { kind: 'pre-accept', says: 'a {0,0,0}' })

const said = (positionMs: number, other: Partial<LaneFlight> = {}): string =>
  flightInWords({ ...sent, ...other }, nameOf, positionMs)

it('says what a flight asks and how far it is', () => {
  expect(said(30)).toBe('R0 asks R1 to pre-accept 0.1 a {0,0,0}: on its way, 20 of 40 ms')
  expect(said(50)).toBe('R0 asks R1 to pre-accept 0.1 a {0,0,0}: came at 50 ms, after 40 ms')
})

it('says what became of a flight only from the moment on when that was so', () => {
  expect(said(49.9, { fate: 'lost' })).toContain('on its way')
  expect(said(50, { fate: 'lost' })).toContain('lost on its way at 50 ms')
  expect(said(30, { fate: 'lost', lostMs: 25 })).toContain('lost on its way at 25 ms')
  expect(said(50, { fate: 'missed' })).toContain('came at 50 ms, when R1 was down')
})

it('tells a copy', () => {
  expect(said(30, { repeat: true })).toContain('(a copy)')
})

it('has a whole sentence and a look for every kind of message', () => {
  const kinds = FLIGHT_STYLES.flatMap((style) => style.kinds)
  expect(kinds).toHaveLength(new Set(kinds).size)
  for (const kind of kinds) {
    expect(said(30, { kind, instance: undefined, says: '' })).toMatch(/^R0.* R1.*: on its way/)
    expect(FLIGHT_STYLES[styleIndexOf(kind)]?.kinds).toContain(kind)
  }
})

it('tells kinds of message apart by dashes, head and width, without their colours', () => {
  const looks = FLIGHT_STYLES.map(({ dash, head, width }) => [...dash, head, width].join(' '))
  expect(new Set(looks).size).toBe(FLIGHT_STYLES.length)
})

const instance = { slot: 1, number: 4 }

/** Any word will do for the others. */
const ruleWords = new Proxy({ 'too-few': 'too few had it' } as RuleWords, {
  get: (words, rule) => Reflect.get(words, rule) ?? 'so',
})

it('says what has happened in whole sentences', () => {
  const say = (happening: LaneHappening): string => happeningInWords(happening, nameOf)
  const at = { atMs: 12.34, replica: 2 }
  expect(say({ ...at, kind: 'proposed', instance, name: 'a' })).toBe('R2 proposes a as 1.4, at 12.3 ms')
  expect(say({ ...at, kind: 'proposed', instance, name: 'a+b+c' })).toBe('R2 proposes a and 2 more as 1.4, at 12.3 ms')
  expect(say({ ...at, kind: 'vote', instance, from: 0, round: 'pre-accept', votes: 2, needed: 3, grown: true })).toBe(
    'R2 has 2 of 3 votes for 1.4: now that of R0, which knew of more that it depends on, at 12.3 ms',
  )
  expect(say({ ...at, kind: 'committed', instance, path: 'slow' })).toBe(
    'R2 commits 1.4 slowly, after a second round trip, at 12.3 ms',
  )
  expect(say({ ...at, kind: 'executed', instance, position: 7 })).toBe('R2 executes 1.4 as no. 7, at 12.3 ms')
  expect(say({ ...at, kind: 'recovery', instance, rule: 'too-few' })).toBe('R2 recovers 1.4 (too-few), at 12.3 ms')
  expect(say({ ...at, kind: 'crashed' })).toBe('R2 crashes, at 12.3 ms')
})

it('says why a recovery decided as it did where it has the words for its rule', () => {
  const atMs = 12.34
  const said = happeningInWords({ atMs, replica: 2, kind: 'recovery', instance, rule: 'too-few' }, nameOf, ruleWords)
  expect(said).toBe('R2 recovers 1.4 (too-few), at 12.3 ms: too few had it')
  expect(happeningInWords({ atMs, replica: 2, kind: 'crashed' }, nameOf, ruleWords)).toBe('R2 crashes, at 12.3 ms')
})

it('says from which to which several were executed at once', () => {
  const mark = { atMs: 5, replica: 0, first: executed(5, 2), last: executed(5, 4), key: '0.2', text: '2–4' }
  expect(markInWords(mark, nameOf)).toBe('R0 executes several at once, from 0.2 as no. 2 to 0.4 as no. 4, at 5 ms')
})

it('knows who is cut off from whom: who is on no side is alone', () => {
  const cut = { fromMs: 3, untilMs: undefined, sides: [[0, 1], [2]] }
  expect(isCutBetween(cut, 0, 1)).toBe(false)
  expect(isCutBetween(cut, 1, 2)).toBe(true)
  expect(isCutBetween(cut, 3, 4)).toBe(true)
  expect(cutInWords(cut, 1, 2, nameOf)).toBe('Nothing passes between R0, R1 and R2 from 3 ms on')
})
