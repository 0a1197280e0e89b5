import { EpaxosError } from 'epaxos'
import { expect, it } from 'vitest'
import { entries } from '../entries.js'
import { pageNamed } from './blocks.js'

type ErrorClass = abstract new (...args: never[]) => Error

const isErrorClass = (value: unknown): value is ErrorClass =>
  typeof value === 'function' && (value === Error || value.prototype instanceof Error)

const doors = await Promise.all(entries.map(({ specifier }) => import(specifier) as Promise<object>))
const classes = [...new Set(doors.flatMap((door) => Object.values(door)).filter(isErrorClass))]

it('all errors that the package exports are of one family', () => {
  const strangers = classes.filter((one) => one !== EpaxosError && !(one.prototype instanceof EpaxosError))
  expect(strangers.map(({ name }) => name)).toEqual([])
})

it('the page of errors has a section for each of them, and for nothing else', () => {
  const sections = [...pageNamed('docs/errors.md').text.matchAll(/^### (\w+)$/gm)].map((match) => match[1])
  expect([...sections].sort()).toEqual(
    classes
      .map(({ name }) => name)
      .filter((name) => name !== 'EpaxosError')
      .sort(),
  )
})
