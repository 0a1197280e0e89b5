import { expect, it } from 'vitest'
import { Stage } from './stage.js'
import { command, frontierOf } from './stage-words.js'

it('a row goes on beyond 2²¹ instances, and beyond 2³² [K20]', () => {
  for (const number of [2 ** 21 + 1, 2 ** 32 + 1]) {
    const stage = new Stage(3)
    // As a voter with a long past, of which R0 has not heard yet.
    stage.tell(1, 0, frontierOf([0, 0, 0], number))
    const instance = { slot: 1, number }
    const deps = [0, number - 1, 0]
    const value = { kind: 'commands', commands: [command('a')] } as const
    stage.tell(1, 0, { kind: 'pre-accept', epoch: 0, instance, value, deps })
    expect(stage.find('pre-accept-ok', { from: 0 })[0]?.message).toMatchObject({ instance, deps })
    stage.propose(0, command('b'))
    expect(stage.cell(0, '0.1')?.deps).toEqual([0, number, 0])
  }
})
