import { expect, test } from 'vitest'
import { runSuites, type Suite } from './suite.js'

const passing: Suite = { name: 'passing', command: 'true' }
const failing: Suite = { name: 'failing', command: 'false' }
const missing: Suite = {
  name: 'missing',
  command: 'false',
  prepare: () => {
    throw new Error('no program: run this')
  },
}

const outcomesOf = (suites: readonly Suite[], strict = false): readonly string[] =>
  runSuites(suites, { strict }).lines.map((line) => line.replace(/ +/g, ' ').replace(/[\d.]+ s$/, '… s'))

test('suites run up to the first that fails', () => {
  expect(outcomesOf([passing, failing, passing])).toEqual([
    'passing passed in … s',
    'failing failed in … s',
    'passing not run: failing failed',
  ])
  expect(runSuites([passing, failing, passing], { strict: false }).failure).toBe('stopped at failing: false')
})

test('one whose program can’t be had is listed with the way to get it, and the others run', () => {
  expect(outcomesOf([missing, passing])).toEqual(['missing not run: no program: run this', 'passing passed in … s'])
  expect(runSuites([missing, passing], { strict: false }).failure).toBeUndefined()
})

test('where nobody reads the list, that is a failure, which stops nothing', () => {
  expect(outcomesOf([missing, passing], true)[1]).toBe('passing passed in … s')
  expect(runSuites([missing, passing], { strict: true }).failure).toBe('could not be run: missing')
  expect(runSuites([passing], { strict: true }).failure).toBeUndefined()
})
