import { type Chronicle, type Happening, LabWorld } from 'epaxos/sim'
import { describe, expect, it } from 'vitest'
import { glossary } from '../run/glossary.js'
import { piecesOf } from '../run/prose.js'
import type { Chapter } from './chapter.js'
import { apart } from './chapters/apart.js'
import { cycle } from './chapters/cycle.js'
import { death } from './chapters/death.js'
import { group } from './chapters/group.js'
import { oneCommand } from './chapters/one-command.js'
import { together } from './chapters/together.js'
import { chapters } from './chapters.js'
import { rehearse } from './rehearsal.js'

/** A chapter as it was played: what happened between two stops. */
class Played {
  readonly world: LabWorld
  readonly #marks: ReturnType<typeof rehearse>

  constructor(readonly chapter: Chapter) {
    this.#marks = rehearse(chapter)
    this.world = new LabWorld(chapter.setup)
    for (const [index, { hand }] of chapter.beats.entries()) {
      for (const action of hand?.actions ?? []) this.world.act(action)
      this.world.runUntil(this.#marks[index]?.untilMs ?? 0)
    }
  }

  get run(): Chronicle {
    return this.world.chronicle
  }

  /** `R0 committed 0.1 fast`, in the beat with this title. */
  during(title: string): readonly string[] {
    const mark = this.#marks[this.chapter.beats.findIndex((beat) => beat.title === title)]
    if (mark === undefined) throw new RangeError(`no beat is called ${title}`)
    return this.run.happenings.filter(({ atMs }) => atMs > mark.fromMs && atMs <= mark.untilMs).map(inWords)
  }

  /** The order in which a replica has executed, as instances. */
  order(replica: number): string {
    return this.run.happenings
      .flatMap((each) => (each.kind === 'executed' && each.replica === replica ? [nameOf(each)] : []))
      .join(' ')
  }

  /** What was answered to the pre-accepts of an instance: `R1 {0,1,0}`. */
  answers(key: string): readonly string[] {
    return this.run.flights
      .filter((flight) => flight.kind === 'pre-accept-ok' && nameOf(flight) === key)
      .map(({ from, says }) => `R${from} ${says}`)
  }
}

const nameOf = (of: object): string => {
  const instance = 'instance' in of ? (of.instance as { slot: number; number: number } | undefined) : undefined
  return instance === undefined ? '' : `${instance.slot}.${instance.number}`
}

const inWords = (each: Happening): string => {
  const more =
    each.kind === 'committed'
      ? each.path
      : each.kind === 'recovery'
        ? each.rule
        : each.kind === 'executed'
          ? `no. ${each.position}`
          : each.kind === 'proposed'
            ? each.name
            : each.kind === 'entered'
              ? each.epoch
              : ''
  return `R${each.replica} ${each.kind} ${nameOf(each)} ${more}`.trim().replaceAll('  ', ' ')
}

describe.each(chapters)('$title', (chapter) => {
  it('comes to its end, with a moment for each step', () => {
    for (const { fromMs, untilMs } of rehearse(chapter)) expect(untilMs).toBeGreaterThan(fromMs)
  })

  it('breaks no rule', () => {
    expect(new Played(chapter).world.findings).toEqual([])
  })

  it('explains its words, and asks what has an answer', () => {
    for (const { text, after, question } of chapter.beats) {
      expect(piecesOf(text + (after ?? '')).length).toBeGreaterThan(0)
      if (question !== undefined) expect(question.choices[question.right]).toBeDefined()
    }
  })
})

it('has no word in the glossary that no chapter uses', () => {
  const text = chapters.flatMap(({ beats }) => beats.map(({ text, after }) => text + (after ?? ''))).join(' ')
  expect(Object.keys(glossary).filter((word) => !text.includes(`{${word}`))).toEqual([])
})

describe('what the chapters say happened', () => {
  it('one command: two of three agree, and the third replica is as good as the first', () => {
    const played = new Played(oneCommand)
    expect(played.during('Their answers count')).toContain('R0 committed 0.1 fast')
    expect(played.run.happenings.find(({ kind }) => kind === 'vote')).toMatchObject({ votes: 2, needed: 2 })
    expect(played.during('Everybody learns of it')).toEqual(
      expect.arrayContaining(['R1 executed 0.1 no. 1', 'R2 executed 0.1 no. 1']),
    )
    expect(played.during('Any replica will do')).toContain('R2 committed 2.1 fast')
    expect([0, 1, 2].map((replica) => played.order(replica))).toEqual(Array(3).fill('0.1 2.1'))
  })

  it('two apart: both fast, in two orders; the third names both and is fast, too', () => {
    const played = new Played(apart)
    expect(played.during('Nobody objects')).toEqual(
      expect.arrayContaining(['R0 committed 0.1 fast', 'R2 committed 2.1 fast']),
    )
    expect(played.order(0)).toBe('0.1 2.1 1.1')
    expect(played.order(2)).toBe('2.1 0.1 1.1')
    expect(played.during('One that needs both')).toContain('R1 committed 1.1 fast')
    expect(played.answers('1.1')).toEqual(['R0 {1,0,1}', 'R2 {1,0,1}'])
  })

  it('two together: R2 adds 2.1 to what R0 proposed, R1 nothing; nobody agrees with R2', () => {
    const played = new Played(together)
    expect(played.answers('0.1')).toEqual(['R1 {0,0,0}', 'R2 {0,0,1}'])
    expect(played.answers('2.1')).toEqual(['R0 {1,0,0}', 'R1 {1,0,0}'])
    expect(played.during('Equal to what was proposed')).toContain('R0 committed 0.1 fast')
    expect(played.during('A second round')).toContain('R2 committed 2.1 slow')
    expect([0, 1, 2].map((replica) => played.order(replica))).toEqual(Array(3).fill('0.1 2.1'))
  })

  it('a cycle: all slow, one order, and what has waited goes as one', () => {
    const played = new Played(cycle)
    expect(played.during('More of the same').filter((each) => each.includes('committed'))).toEqual([
      'R2 committed 2.1 slow',
      'R1 committed 1.1 slow',
      'R0 committed 0.1 slow',
    ])
    const deps = ['0.1', '1.1', '2.1'].map((key) => {
      const [slot = 0, number = 0] = key.split('.').map(Number)
      return played.run.cell('all', 0, { slot, number }, played.world.nowMs)?.deps
    })
    expect(deps).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [1, 0, 0],
    ])
    expect(played.during('The cycle runs as one')).toContain('R0 proposed 0.2 d+e')
    expect(played.during('What has waited goes together')).toContain('R0 committed 0.2 fast')
    expect([0, 1, 2].map((replica) => played.order(replica))).toEqual(Array(3).fill('0.1 1.1 2.1 0.2'))
  })

  it('a death: R2 recovers what may have been fast; what was overtaken ends as a no-op', () => {
    const played = new Played(death)
    const recovers = played.run.flights.find(({ kind }) => kind === 'recover')
    expect(recovers?.from).toBe(2)
    expect(played.during('Three answers')).toContain('R2 recovery 0.1 validate')
    expect(played.during('Nothing speaks against it')).toEqual(
      expect.arrayContaining(['R2 recovery 0.1 unopposed', 'R2 committed 0.1 recovered']),
    )
    expect(played.during('Another one, behind a cut')).toContain('R0 executed 0.1 no. 1')
    expect(played.run.flights.filter((each) => nameOf(each) === '4.1' && each.fate === 'arrived')[0]?.to).toBe(3)
    expect(played.during('Life goes on elsewhere')).toContain('R0 committed 0.2 fast')
    expect(played.run.cell('all', 0, { slot: 0, number: 2 }, played.world.nowMs)?.deps).toEqual([1, 0, 0, 0, 0])
    expect(played.during('Something speaks against it')).toEqual(
      expect.arrayContaining(['R3 recovery 4.1 validate', 'R3 recovery 4.1 opposed', 'R3 committed 4.1 recovered']),
    )
    expect(played.run.cell('all', 0, { slot: 4, number: 1 }, played.world.nowMs)?.value?.kind).toBe('noop')
  })

  it('a group: the seal ends epoch 0 for all, and three of four agree in the next', () => {
    const played = new Played(group)
    expect(played.during('Somebody comes')).toContain('R3 installed')
    expect(played.during('The epoch is sealed')).toContain('R0 committed 0.2 fast')
    expect(played.run.epochs.map(({ voters }) => voters)).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3],
    ])
    expect(played.during('The newcomer proposes')).toContain('R3 committed 3.1 fast')
    expect(played.run.happenings.findLast(({ kind }) => kind === 'vote')).toMatchObject({ votes: 3, needed: 3 })
  })
})
