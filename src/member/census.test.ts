import { describe, expect, it } from 'vitest'
import { type Configuration, Replica } from '../core/index.js'
import { Census } from './census.js'
import type { Standing } from './message.js'
import { GROUP, idOf } from './stage.js'

const configuration: Configuration = { number: 2, voters: ['a', 'b', 'c'].map(idOf), wireVersion: 4, stateVersion: 1 }
const later: Configuration = { ...configuration, number: 3 }

const standing: Standing = {
  durable: false,
  place: idOf('9'),
  ageMs: 7,
  stateVersions: [1, 3],
  wireVersions: [4, 5],
}

const replica = (): Replica => new Replica({ id: idOf('a'), group: GROUP, configuration, random: () => 0.5 })

describe('who is known', () => {
  it('has a state as it said when it introduced itself: the latest epoch comes first, and its voters', () => {
    const census = new Census()
    census.met(idOf('d'), standing, configuration)
    census.met(idOf('b'), standing, configuration)
    census.met(idOf('e'), standing, undefined)
    census.met(idOf('f'), standing, later)
    expect(census.holders).toEqual(['f', 'b', 'd'].map(idOf))
    census.went(idOf('f'))
    expect(census.holders).toEqual(['b', 'd'].map(idOf))
    expect(census.ahead(2)).toEqual([])
    census.heard(idOf('f'))
    expect(census.ahead(2)).toEqual([idOf('f')])
    expect(census.ahead(3)).toEqual([])
  })

  it('is told goodbye while it is there', () => {
    const census = new Census()
    census.met(idOf('b'), standing, configuration)
    census.met(idOf('d'), standing, configuration)
    census.went(idOf('d'))
    expect(census.present).toEqual([idOf('b')])
    expect(census.isAway(idOf('d'))).toBe(true)
    expect(census.isAway(idOf('e'))).toBe(false)
  })

  it('is a candidate: every voter, and who else was heard lately', () => {
    const census = new Census()
    const one = replica()
    const tick = (nowMs: number): void => {
      census.tick(nowMs)
      one.tick(nowMs)
    }
    tick(1000)
    census.met(idOf('b'), standing, configuration)
    census.met(idOf('d'), standing, configuration)
    tick(1500)
    expect(census.candidates(configuration, one)).toEqual([
      { ...standing, ageMs: 507, id: idOf('b'), self: false, silentMs: 500, close: false, leaving: false },
      expect.objectContaining({ id: idOf('c'), durable: true, place: idOf('c'), silentMs: 500, stateVersions: [1, 1] }),
      { ...standing, ageMs: 507, id: idOf('d'), self: false, silentMs: 500, close: false, leaving: false },
    ])
    census.saidGoodbye(idOf('b'))
    // A page that is loaded again is back in a moment.
    tick(4000)
    expect(census.candidates(configuration, one)[0]).toMatchObject({ silentMs: 3000 })
    tick(4600)
    expect(census.candidates(configuration, one)[0]).toMatchObject({ silentMs: Number.POSITIVE_INFINITY })
    census.heard(idOf('b'))
    expect(census.candidates(configuration, one)[0]).toMatchObject({ silentMs: 0 })
    census.went(idOf('d'))
    for (let nowMs = 5000; nowMs <= 65_000; nowMs += 500) tick(nowMs)
    expect(census.candidates(configuration, one).map(({ id }) => id)).toEqual(['b', 'c'].map(idOf))
    census.forget(configuration.voters)
    census.heard(idOf('d'))
    expect(census.present).toEqual([idOf('b')])
  })

  it('is gone at once when it says goodbye and had given notice, and neither where it is met anew', () => {
    const census = new Census()
    const one = replica()
    one.tick(0)
    census.met(idOf('b'), standing, configuration)
    const seen = (): unknown => census.candidates(configuration, one)[0]
    census.gaveNotice(idOf('b'))
    expect(seen()).toMatchObject({ silentMs: 0, leaving: true })
    census.saidGoodbye(idOf('b'))
    expect(seen()).toMatchObject({ silentMs: Number.POSITIVE_INFINITY, leaving: true })
    census.met(idOf('b'), standing, configuration)
    expect(seen()).toMatchObject({ silentMs: 0, leaving: false })
  })

  it('is not back because of what it had said before its goodbye, and comes after it', () => {
    const census = new Census()
    census.met(idOf('b'), standing, configuration)
    census.saidGoodbye(idOf('b'))
    census.tick(3000)
    census.heard(idOf('b'))
    expect(census.isAway(idOf('b'))).toBe(true)
    census.tick(3001)
    census.heard(idOf('b'))
    expect(census.isAway(idOf('b'))).toBe(false)
  })

  it('is close only while it is there', () => {
    const census = new Census()
    const one = replica()
    one.tick(0)
    one.step(idOf('d'), { kind: 'follow', epoch: 2, feed: true, executed: [0, 0, 0] })
    census.met(idOf('d'), standing, configuration)
    const close = (): boolean | undefined =>
      census.candidates(configuration, one).find(({ id }) => id === idOf('d'))?.close
    expect(close()).toBe(true)
    census.went(idOf('d'))
    expect(close()).toBe(false)
  })
})
