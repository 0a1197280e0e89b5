import { describe, expect, it } from 'vitest'
import { autopilot } from './autopilot.js'
import { type Actor, idOf, Stage } from './stage.js'

/** As a host has it: it says goodbye as soon as it may go, and nothing tells the others that its link is gone. */
const goOnceLeft = (stage: Stage, actor: Actor): void => {
  if (!actor.up || !actor.status.left) return
  actor.member.goodbye()
  stage.run(0)
  actor.up = false
}

/** Lets time pass, and members go that may. */
const pass = (stage: Stage, ms: number): void => {
  for (const end = stage.now + ms; stage.now < end; ) {
    stage.run(10)
    for (const actor of stage.actors.values()) goOnceLeft(stage, actor)
  }
}

/** The room goes on: who is still there has a quorum, and agrees on a note. */
const goesOn = (stage: Stage): void => {
  const [someone] = [...stage.actors.values()].filter(({ up }) => up)
  if (someone === undefined) throw new Error('nobody is there any more')
  stage.note(someone, 'k', 'still here')
  stage.until(() => someone.status.pending === 0, `${someone.name} goes on`)
}

/** A room of one voter, and one observer that has caught up. */
const pair = (): { readonly stage: Stage; readonly voter: Actor; readonly observer: Actor } => {
  const stage = new Stage(autopilot())
  stage.found('a')
  const observer = stage.join('b')
  stage.until(() => observer.status.role === 'observer', 'b observes')
  stage.run(2000)
  return { stage, voter: stage.actor('a'), observer }
}

describe('one that goes for good', () => {
  it('is made a voter by nobody, though its last words are lost [H29]', () => {
    const stage = new Stage(autopilot())
    stage.found('abc')
    const [a, b, c] = [...stage.actors.values()]
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to be there')
    stage.run(2000)
    c.member.leave()
    for (let waited = 0; a.status.configuration?.number !== 1 && waited < 60_000; waited += 10) pass(stage, 10)
    expect(a.status.configuration?.voters).toEqual([idOf('a')])
    const lostUntilMs = stage.now + 300
    stage.loses = (from) => from === 'b' && stage.now < lostUntilMs
    b.member.leave()
    pass(stage, 10)
    a.member.leave()
    pass(stage, 20_000)
    expect([a.up, b.up, c.up]).toEqual([true, false, false])
    expect(a.status.configuration?.voters).toEqual([idOf('a')])
    goesOn(stage)
  })
})

void pair
