import { expect, it } from 'vitest'
import { OnBehalf } from './on-behalf.js'
import { idOf, note } from './stage.js'

it('a voter takes each command once, from whichever member it comes, until it is executed', () => {
  const onBehalf = new OnBehalf()
  const command = note('c', 1, 'k', 'x')
  expect(onBehalf.isNew(idOf('c'), command)).toBe(true)
  onBehalf.proposed(idOf('c'), command)
  expect(onBehalf.isNew(idOf('c'), command)).toBe(false)
  expect(onBehalf.isNew(idOf('d'), command)).toBe(false)
  onBehalf.executed(note('c', 2, 'k', 'x'))
  onBehalf.executed(command)
  expect(onBehalf.isNew(idOf('c'), command)).toBe(true)
})

it('a voter takes a bounded number of one member, and of others none the less', () => {
  const onBehalf = new OnBehalf()
  let taken = 0
  for (let i = 1; onBehalf.isNew(idOf('c'), note('c', i, 'k', 'x')); i++, taken++) {
    onBehalf.proposed(idOf('c'), note('c', i, 'k', 'x'))
  }
  expect(taken).toBe(512)
  expect(onBehalf.isNew(idOf('d'), note('d', 1, 'k', 'x'))).toBe(true)
  onBehalf.executed(note('c', 7, 'k', 'x'))
  expect(onBehalf.isNew(idOf('c'), note('c', 1000, 'k', 'x'))).toBe(true)
  onBehalf.forget()
  expect(onBehalf.isNew(idOf('c'), note('c', 8, 'k', 'x'))).toBe(true)
})
