import { expect, it } from 'vitest'
import { NOOP, valuesInterfere, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command } from './stage-words.js'

const a = command('a', write('a'))
const b = command('b', write('b'))
const c = command('c', write('c'))

it('batches interfere by any of their commands, the first or the last', () => {
  expect(valuesInterfere(batch(a, b), batch(c, b))).toBe(true)
  expect(valuesInterfere(batch(b, a), batch(b, c))).toBe(true)
  expect(valuesInterfere(batch(a, b), batch(c))).toBe(false)
  expect(valuesInterfere(batch(a), NOOP)).toBe(true)
  expect(valuesInterfere({ kind: 'sweep', payload: new Uint8Array() }, batch(a))).toBe(true)
})

it('a command first heard of by Validate counts among those that interfere with a later one', () => {
  const stage = new Stage(5)
  const instance = { slot: 0, number: 1 }
  const ballot = 16 + 4
  stage.tell(4, 1, { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 1, ballot })
  stage.tell(4, 1, { kind: 'validate', epoch: 0, instance, ballot, value: batch(a), deps: [0, 0, 0, 0, 0] })
  stage.propose(2, command('later', write('a')))
  stage.deliver('pre-accept', { from: 2, to: 1 })
  expect(stage.find('pre-accept-ok', { from: 1 })[0]?.message).toMatchObject({ deps: [1, 0, 0, 0, 0] })
})
