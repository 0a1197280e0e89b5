import { describe, expect, it } from 'vitest'
import { type Actor, idOf, Stage, towards } from './stage.js'

const sealedBy = (actor: Actor): boolean =>
  actor.journal.some(({ messages, messagesAfterWrite }) =>
    [...messages, ...messagesAfterWrite].some(
      ({ message }) => message.kind === 'pre-accept' && message.value.kind === 'seal',
    ),
  )

describe('of the voters that see what is to be done', () => {
  const grown = (silent: string): { readonly stage: Stage; readonly all: readonly Actor[] } => {
    let wanted = 'abc'
    const stage = new Stage(towards(() => wanted))
    stage.found('abc')
    const all = [...stage.actors.values()]
    stage.join('d')
    stage.until(() => stage.actor('d').status.role === 'observer', 'd observes')
    for (const name of silent) stage.crash(stage.actor(name))
    stage.run(5000)
    wanted = 'abcd'
    stage.until(
      () => all.some(({ up, status }) => up && status.configuration?.number === 1),
      'the next epoch has begun',
    )
    return { stage, all }
  }

  it('the first one acts, and no other', () => {
    const { all } = grown('')
    expect(all.map(sealedBy)).toEqual([true, false, false])
  })

  it('the next one acts where the first is gone', () => {
    const { all } = grown('a')
    expect(all.map(sealedBy)).toEqual([false, true, false])
  })
})

it('the next voter acts where the first does nothing, though it is there', () => {
  let wanted = 'abc'
  const policy = towards(() => wanted)
  // The first one is of another opinion.
  const stage = new Stage((view) => {
    const decision = policy(view)
    return view.candidates[0]?.id === idOf('a') ? { ...decision, voters: undefined } : decision
  })
  stage.found('abc')
  stage.join('d')
  stage.until(() => stage.actor('d').status.role === 'observer', 'd observes')
  stage.run(2000)
  wanted = 'abcd'
  const since = stage.now
  stage.until(() => stage.actor('a').status.configuration?.number === 1, 'the next epoch has begun')
  expect(stage.now - since).toBeGreaterThan(3000)
  expect(sealedBy(stage.actor('b'))).toBe(true)
  expect(sealedBy(stage.actor('a'))).toBe(false)
})
