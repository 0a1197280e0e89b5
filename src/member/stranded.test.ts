import { describe, expect, it } from 'vitest'
import { idOf, Stage, towards } from './stage.js'

/** Nobody hangs for ever because somebody else, of whom there are others, does not answer. */
describe('a member', () => {
  it.each(['a', 'ab', 'abe'])('gets its first state from who answers, though %s do not', (mute) => {
    const stage = new Stage(undefined)
    stage.found('abecf')
    stage.run(1000)
    stage.loses = (from, to) => [from, to].includes('d') && mute.includes(from === 'd' ? to : from)
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd has a state', 120_000)
  })

  it.each(['nobody', 'd', 'b'])(
    'that comes back two epochs later finds its way, though %s does not answer it',
    (mute) => {
      let wanted = 'abc'
      const stage = new Stage(towards(() => wanted))
      stage.found('abc')
      for (const name of 'def') stage.join(name)
      const [a, e] = [stage.actor('a'), stage.actor('e')]
      stage.run(5000)
      stage.crash(a)
      for (wanted of ['bcd', 'def']) {
        const ids = [...wanted].map(idOf).join()
        const voted = (): boolean => ['d', 'e'].some((name) => stage.actor(name).status.replica?.voting)
        stage.until(() => e.status.configuration?.voters.join() === ids && voted(), `${wanted} vote`)
        stage.run(2000)
      }
      for (const name of 'bc') stage.crash(stage.actor(name))
      stage.loses = (from, to) => (from === 'a' && to === mute) || (from === mute && to === 'a')
      stage.start(a)
      stage.note(a, 'k', 'one')
      stage.until(() => a.status.role === 'observer' && a.status.pending === 0, 'a is there', 120_000)
    },
  )
})

it('a seal that had to wait is not proposed towards members that are gone by then [H29]', () => {
  let wanted = 'a'
  const stage = new Stage(towards(() => wanted))
  stage.found('a')
  const a = stage.actor('a')
  const newcomers = [...'bc'].map((name) => stage.join(name))
  stage.until(() => newcomers.every(({ status }) => status.role === 'observer'), 'both have a state')
  stage.run(3000)
  // A disk that stands still: the seal waits behind a command that waits for it.
  a.withheld = true
  stage.note(a, 'k', 'one')
  wanted = 'abc'
  stage.run(2500)
  expect(a.status.replica?.waiting).toBe(1)
  for (const each of newcomers) stage.crash(each, { wiped: true })
  stage.run(30_000)
  a.withheld = false
  stage.run(30_000)
  expect(a.status).toMatchObject({ configuration: { voters: [idOf('a')] }, pending: 0 })
  stage.note(a, 'k', 'two')
  stage.until(() => a.status.pending === 0, 'it goes on alone')
})
