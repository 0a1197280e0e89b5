import { afterEach, expect, it, vi } from 'vitest'
import { ballotOf, write } from './index.js'
import { Rows } from './rows.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const HISTORY = 20_000

afterEach(() => void vi.restoreAllMocks())

/** Counts the instances that are gone through from now on. */
const goneThrough = (): { count: number } => {
  const { between } = Rows.prototype
  const gone = { count: 0 }
  vi.spyOn(Rows.prototype, 'between').mockImplementation(function* (this: Rows, ...range) {
    for (const instance of between.apply(this, range)) {
      gone.count++
      yield instance
    }
  })
  return gone
}

it('a command on an old key is validated without a look at the long history of other keys after it', () => {
  const stage = new Stage(3)
  const old = write('old')
  for (let number = 1; number <= HISTORY; number++) {
    const value = batch(command('b', number === 1 ? old : write(`k${number}`)))
    stage.tell(2, 1, { kind: 'commit', epoch: 0, instance: { slot: 2, number }, value, deps: [1, 0, 0] })
  }
  const validated = { epoch: 0, instance: { slot: 0, number: 1 } }
  const ballot = ballotOf(1, 2)
  stage.tell(2, 1, recoverOne(validated.instance, ballot))
  stage.mail = []
  const gone = goneThrough()
  stage.tell(2, 1, { kind: 'validate', ...validated, ballot, value: batch(command('a', old)), deps: [0, 0, 0] })
  expect(stage.mail.map(({ message }) => message)).toMatchObject([{ kind: 'validate-ok', conflicts: [] }])
  // 2.1, the one other command on that key.
  expect(gone.count).toBe(1)
})
