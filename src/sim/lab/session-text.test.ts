import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { script } from './arbitraries.js'
import type { LabAction } from './contract.js'
import { formatScript } from './script.js'
import { LabSession } from './session.js'
import { names, picture, propose, refusal, setup } from './stage.js'

describe('the text of a session', () => {
  it('says what was done in each future, until when each was run, and what is looked at', () => {
    const session = LabSession.begin(setup)
    session.act(propose(0, 'a'))
    session.seek(900)
    session.seek(320)
    session.act({ kind: 'crash', replica: 0 })
    session.seek(1200)
    session.seek(450)
    expect(session.text()).toBe(
      [
        'lab 3 seed 7 even 40ms jitter 10% write 2ms',
        'at 0ms propose R0 a k',
        'until 900ms',
        'branch 2 of 1 at 320ms',
        'at 320ms crash R0',
        'until 1200ms',
        'look 2 at 450ms',
        '',
      ].join('\n'),
    )
    expect(picture(LabSession.parse(session.text()))).toEqual(picture(session))
  })

  it('may be a script by itself: it is run to its last step, and looked at as it begins', () => {
    const session = LabSession.parse('lab 3 seed 7 even 40ms\nat 0ms propose R0 a k\nat 200ms propose R1 b k')
    expect([session.positionMs, session.world.nowMs, session.current.endMs]).toEqual([0, 200, 200])
    expect(names(session)).toEqual(['a', 'b'])
  })

  it('that looks beyond an end runs that future until there, and no other', () => {
    const two = 'lab 3 seed 7 even 40ms\nuntil 90ms\nbranch 2 of 1 at 50ms\nuntil 60ms\nlook 2 at 500ms'
    const session = LabSession.parse(two)
    expect([session.positionMs, session.world.nowMs]).toEqual([500, 500])
    expect(session.branches.map(({ endMs }) => endMs)).toEqual([90, 500])
  })

  it('brings the same picture back, whatever was done', () => {
    type Move = (session: LabSession) => void
    const act = (action: LabAction): Move => {
      return (session) => {
        refusal(() => session.act(action))
      }
    }
    const replica = fc.nat(3)
    const ms = fc.integer({ min: 0, max: 3_000_000 }).map((micro) => micro / 1000)
    const moves: fc.Arbitrary<Move> = fc.oneof(
      ms.map((by) => (session: LabSession) => session.advance(by / 10)),
      ms.map((to) => (session: LabSession) => session.seek(to / 5)),
      fc.constantFrom<Move>(
        (session) => session.step('event'),
        (session) => session.step('message'),
      ),
      fc.nat(4).map((branch) => (session: LabSession) => session.select(branch)),
      fc.tuple(replica, fc.constantFrom('k', 'j')).map(([at, key]) => act(propose(at, 'a', key))),
      fc
        .tuple(replica, fc.constantFrom('crash', 'restart', 'hide', 'show'))
        .map(([at, kind]) => act({ kind, replica: at })),
      fc.constant(act({ kind: 'cut', sides: [[0, 1], [2]] })),
      fc.constant(act({ kind: 'heal' })),
      fc.constant(act({ kind: 'join', replica: 3, city: undefined })),
      replica.map((at) => act({ kind: 'seal', replica: at, voters: [0, 1] })),
      fc.constant(act({ kind: 'burst', replicas: [0, 1], count: 5, everyMs: 7, interference: 0.5 })),
    )
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1, maxLength: 15 }), fc.boolean(), (all, jitter) => {
        const session = LabSession.begin({ ...setup, jitter: jitter ? 0.3 : 0 })
        for (const move of all) move(session)
        const again = LabSession.parse(session.text())
        expect(again.text()).toBe(session.text())
        expect(again.branches).toEqual(session.branches)
        expect(picture(again)).toEqual(picture(session))
      }),
      { numRuns: 40 },
    )
  })

  it('is run or refused with InvalidScript, whatever it is', () => {
    const base = [
      'lab 2 seed 7 even 4ms',
      'at 0ms propose R0 a k',
      'until 90ms',
      'branch 2 of 1 at 50ms',
      'look 2 at 60ms',
    ]
    const lines = fc.constantFrom(
      ...base,
      'at 60ms crash R1',
      'until 70ms',
      'branch 3 of 2 at 55ms',
      'look 1 at 5ms',
      'at 1ms heal',
    )
    const texts = fc.oneof(
      fc.array(lines).map((each) => [base[0], ...each].join('\n')),
      fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, noise]) => {
        const text = base.join('\n')
        const cut = at % text.length
        return text.slice(0, cut) + noise + text.slice(cut + 1)
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(refusal(() => LabSession.parse(text))).toMatch(/^(nothing|line \d+ of the script: .{10,400})$/)
      }),
    )
  })

  it('is as strict as a script, which it holds', () => {
    fc.assert(
      fc.property(script, (one) => {
        const problem = refusal(() => LabSession.parse(`${formatScript(one)}look 1 at 0ms now`))
        expect(problem).toContain('"now" is not expected here')
      }),
      { numRuns: 10 },
    )
  })

  it.each([
    ['a step that can not be done', 'at 5ms crash R7', "line 3 of the script: it can't be done: there is no R7"],
    ['a future that was not made', 'look 2 at 5ms', '"2" should be a whole number from 1 to 1'],
    ['an end before its steps', 'at 50ms heal\nuntil 5ms', 'line 4 of the script: 5ms is before what is done in it'],
    ['steps after an end', 'until 5ms\nat 6ms heal', 'line 4 of the script: after "until" there should be'],
    ['lines after the look', 'look 1 at 5ms\nuntil 6ms', 'line 4 of the script: nothing should come after'],
    ['futures out of order', 'until 9ms\nbranch 3 of 1 at 5ms', '"3" should be "2"'],
    ['a future of a later one', 'until 9ms\nbranch 2 of 2 at 5ms', '"2" should be a whole number from 1 to 1'],
    [
      'a future of what has ended',
      'until 9ms\nbranch 2 of 1 at 9ms',
      'it should leave future 1 before that ends, at 9ms',
    ],
    [
      'a step that can not be done, in what a future has from another',
      'at 5ms crash R7\nuntil 9ms\nbranch 2 of 1 at 6ms\nlook 2 at 6ms',
      "line 3 of the script: it can't be done: there is no R7",
    ],
    [
      'more commands in a future than a run may have',
      'at 0ms burst 4999 every 1ms interference 0% R0\nuntil 9ms\nbranch 2 of 1 at 6ms\nat 6ms propose R0 b k',
      'line 6 of the script: with this step 5001 commands are proposed',
    ],
    [
      'more futures than there may be',
      `until 9ms\n${Array.from({ length: 32 }, (_, at) => `branch ${at + 2} of 1 at 5ms\n`).join('')}`,
      'it is one future too many: 32 are allowed',
    ],
    ['a step before its future', 'until 9ms\nbranch 2 of 1 at 5ms\nat 4ms heal', '4ms comes before 5ms'],
  ])('is refused with %s', (_, lines, problem) => {
    expect(refusal(() => LabSession.parse(`lab 3 seed 7 even 40ms\nat 0ms propose R0 a k\n${lines}`))).toContain(
      problem,
    )
  })
})
