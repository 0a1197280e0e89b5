import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InstanceId, RecoveryRule, TraceCell } from '../../core/index.js'
import { componentOf, type Known } from './component.js'
import type { Chronicle, Happening } from './contract.js'
import { ruleInWords } from './rule-words.js'
import { deedInWords } from './sentence.js'
import { LabSession } from './session.js'

const id = (name: string): InstanceId => {
  const [slot, number] = name.split('.').map(Number)
  return { slot: slot ?? 0, number: number ?? 0 }
}

/** What is said of an instance of a run, at several moments. */
const said = (script: string, of: string, moments: readonly number[], epoch = 0): string[] => {
  const session = LabSession.parse(script)
  session.seek(Math.max(...moments))
  return moments.map((ms) => deedInWords(session.world.chronicle, epoch, id(of), ms))
}

const three = 'lab 3 seed 1 even 40ms write 2ms\nat 0ms propose R0 a k\n'

describe('an instance in words', () => {
  it('is nothing before anybody knows of it', () => {
    expect(said(three, '1.1', [50])).toEqual(['Nothing is known of it yet.'])
  })

  it('waits, is decided at once, and is executed', () => {
    expect(said(three, '0.1', [50, 85, 90])).toEqual([
      'R0 has asked what others know of that interferes: 1 of the 2 that have to agree does so far.',
      '2 of 3 agreed at once. That is written down before anybody is told.',
      '2 of 3 agreed at once. R0 executed it as no. 1.',
    ])
  })

  it('asks nobody where nobody else votes', () => {
    const one = 'lab 1 seed 1 even 40ms write 2ms\nat 0ms propose R0 a k'
    expect(said(one, '0.1', [1, 10])).toEqual([
      'There is nobody else to ask: it is decided once it is written down.',
      'It was decided at once: there is nobody else to ask. R0 executed it as no. 1.',
    ])
  })

  it('needs a second round where others know of more, and says who and of what', () => {
    expect(said(`${three}at 30ms propose R2 b k`, '2.1', [120, 300])).toEqual([
      'Nobody else agreed at once; R0 knew of 0.1, so a second round is under way: 1 of the 2 that it needs has accepted it.',
      'Nobody else agreed at once; R0 knew of 0.1, so a second round was needed: 2 of 3 accepted it. R2 executed it as no. 2.',
    ])
  })

  it('needs a second round where others stay silent, and says who', () => {
    const five =
      'lab 5 seed 1 even 40ms\nat 0ms crash R3\nat 0ms crash R4\nat 0ms propose R0 a k\nat 10ms propose R1 b k'
    expect(said(five, '0.1', [300, 499])).toEqual([
      'R0 has asked what others know of that interferes: 2 of the 3 that have to agree do so far; R1 knew of 1.1.',
      '2 of 5 agreed at once; R1 knew of 1.1, and R3 and R4 did not answer in time, so a second round was needed: 3 of 5 accepted it. R0 executed it as no. 1, in one go with 1 more, since they depend on each other: 0.1, 1.1.',
    ])
  })

  it('is executed together with what it depends on, and what depends on it', () => {
    const cycle = `${three}at 0ms propose R1 b k\nat 0ms propose R2 c k`
    expect(said(cycle, '1.1', [500])).toEqual([
      'Nobody else agreed at once; R0 knew of 0.1, so a second round was needed: 2 of 3 accepted it. R1 executed it as no. 2, in one go with 1 more, since they depend on each other: 0.1, 1.1.',
    ])
  })

  it('is taken over from who fell silent, and says by which rule', () => {
    const crash = `${three}at 60ms crash R0\nat 100ms propose R1 b k`
    const [open, recovered] = said(crash, '0.1', [3500, 6000])
    expect(open).toBe(
      'R2 waited for R0 in vain, and took it over: so many had it as it was proposed that it may have been decided at once, so they are asked whether anything speaks against that.',
    )
    expect(recovered).toBe(
      'R2 waited for R0 in vain, and took it over: nothing that they know speaks against its having been decided at once, so it stays as it was proposed. 2 of 3 accepted that. R2 executed it as no. 1.',
    )
  })

  it('ends as a no-op where nobody has heard of it, and its command is proposed again', () => {
    const lost = `${three}at 3ms drop pre-accept 0.1 R0>R1
at 3ms drop pre-accept 0.1 R0>R2
at 10ms propose R0 c j
at 95ms cut R0 R1,R2
at 100ms propose R1 d j
at 8000ms heal`
    const tooFew =
      'R1 waited for R0 in vain, and took it over: of those that answered too few had it as it was proposed for it to have been decided at once, so a no-op can take its place.'
    expect(said(lost, '0.1', [2400, 3000, 9000])).toEqual([
      `${tooFew} For that, 1 of the 2 that it needs has accepted it.`,
      `${tooFew} 2 of 3 accepted that. It is a no-op: nothing is executed for it.`,
      `${tooFew} 2 of 3 accepted that. It is a no-op: nothing is executed for it, and R0 has proposed its command again, as 0.3.`,
    ])
    expect(said(lost, '1.1', [2000])).toEqual([
      '2 of 3 agreed at once. It waits for 0.1, which R1 does not know the decision of yet.',
    ])
  })

  it('is void where its epoch ends before it', () => {
    const seal = 'lab 3 seed 1 even 40ms write 2ms\nat 1000ms seal R0 R0,R1\nat 1050ms propose R1 b k'
    expect(said(seal, '1.1', [1400])).toEqual([
      'The epoch ended before it was decided, so it is void: it is never executed.',
    ])
    expect(said(seal, '1.1', [1400], 1)).toEqual(['2 of 2 agreed at once. R1 executed it as no. 1.'])
  })

  it('says nothing of what came later than the moment', () => {
    const session = LabSession.parse(`${three}at 60ms crash R0\nat 100ms propose R1 b k`)
    const live: string[] = []
    for (let ms = 0; ms <= 6000; ms += 100) {
      session.seek(ms)
      live.push(deedInWords(session.world.chronicle, 0, id('0.1'), ms))
    }
    const { chronicle } = session.world
    expect(live.map((_, at) => deedInWords(chronicle, 0, id('0.1'), at * 100))).toEqual(live)
  })

  it.each(Object.keys(ruleInWords) as RecoveryRule[])('has a reason for a recovery by the rule "%s"', (rule) => {
    const instance = id('0.1')
    const cell: TraceCell = {
      instance,
      phase: 'pre-accepted',
      value: undefined,
      void: false,
      deps: [0, 0, 0],
      initDeps: [0, 0, 0],
      ballot: 4,
      path: undefined,
      executed: false,
      position: 0,
    }
    const happenings: Happening[] = [{ atMs: 1, replica: 1, kind: 'recovery', epoch: 0, instance, rule }]
    const chronicle: Chronicle = {
      flights: [],
      happenings,
      deeds: [],
      epochs: [{ number: 0, fromMs: 0, voters: [0, 1, 2] }],
      cuts: [],
      members: () => [],
      rows: () => [[cell], [], []],
      cell: () => cell,
      lag: () => 0,
    }
    expect(deedInWords(chronicle, 0, instance, 2)).toMatch(
      /^R1 waited for R0 in vain, and took it over: [^:.]{40,200}\.( For that, 1 of the 2 that it needs has accepted it\.)?$/,
    )
  })
})

describe('those that depend on each other', () => {
  it('are found as a search along all dependencies finds them', () => {
    const deps = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3))
    const all = fc
      .array(deps, { minLength: 9, maxLength: 9 })
      .map((vectors) =>
        vectors.map(
          (vector, at): Known => ({ instance: { slot: at % 3, number: 1 + Math.floor(at / 3) }, deps: vector }),
        ),
      )
    const reaches = (from: Known, to: Known, among: readonly Known[]): boolean => {
      const seen = new Set([from])
      for (const { deps: vector } of seen) {
        for (const each of among) if (each.instance.number <= (vector[each.instance.slot] ?? 0)) seen.add(each)
      }
      return seen.has(to)
    }
    fc.assert(
      fc.property(all, fc.nat(8), (among, at) => {
        const one = among[at] as Known
        const naive = among.filter((each) => reaches(one, each, among) && reaches(each, one, among))
        const found = componentOf(one, among)
        // The lowest number first, then the lowest row: as they are executed, and as they are listed here.
        expect(found).toEqual(naive.map(({ instance }) => instance))
      }),
    )
  })
})
