import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from '../house/imports.js'
import { mutants } from './list.js'
import { type Mutant, mutated, pathOf } from './plugin.js'
import { type Runs, runAt, trialOf } from './trial.js'

/** Rules of the protocol page, and further known faults: H1 … H31, K1 … K20. */
const LAST_ID: Readonly<Record<string, number>> = { H: 31, K: 20 }

const sourceOf = (mutant: Mutant): string => readFileSync(pathOf(mutant), 'utf8')

describe('the list of mutants', () => {
  it.each(mutants)('$name replaces one place of its file, and what comes out can be parsed', (mutant) => {
    const source = sourceOf(mutant)
    const faulty = mutated(mutant, source)
    expect(faulty).not.toBe(source)
    expect(() => parse(mutant.file, faulty)).not.toThrow()
  })

  it('gives each a name of its own, and no two the same fault', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    expect(new Set(mutants.map((mutant) => mutant.file + mutated(mutant, sourceOf(mutant)))).size).toBe(mutants.length)
  })

  it('names hazards that there are', () => {
    const unknown = mutants.filter(({ hazard }) => {
      const number = Number(hazard.slice(1))
      return !(Number.isInteger(number) && number >= 1 && number <= (LAST_ID[hazard.charAt(0)] ?? 0))
    })
    expect(unknown).toEqual([])
  })
})

describe('a mutant whose place is not there exactly once', () => {
  const mutant: Mutant = { name: 'm', hazard: 'H1', file: 'core/deps.ts', find: 'here', replace: 'there', says: '' }

  it.each(['it has gone', 'here and here'])('is refused: %s', (source) => {
    expect(() => mutated(mutant, source)).toThrow(/mutant m: src\/core\/deps\.ts holds "here" [02] times, not once/)
  })
})

describe('the simulator', () => {
  const firstFailure = async (
    mutant: Mutant | undefined,
    count: number,
    runs: Runs = mutant ?? {},
  ): Promise<string | undefined> => {
    const trial = await trialOf(mutant)
    for (let index = 0; index < count; index++) {
      const by = trial(runAt(index, runs))
      if (by !== undefined) return by
    }
    return undefined
  }

  it.each([
    ['fixed', 6],
    ['churn', 2],
  ] as const)('finds nothing in the %s profile where there is no fault', async (profile, runs) => {
    expect(await firstFailure(undefined, runs, { profile })).toBeUndefined()
  })

  it.each([
    ['own-row-left-out', /^(equal order|visibility)$/],
    ['commit-told-before-its-write', /^durable first$/],
    ['pre-accept-below-the-promise', /^promises$/],
    ['votes-before-the-cut-is-written', /^durable first$/],
  ])('finds %s within 60 runs', async (name, checker) => {
    const mutant = mutants.find((each) => each.name === name)
    expect(mutant).toBeDefined()
    expect(await firstFailure(mutant, 60)).toMatch(checker)
  })
})
