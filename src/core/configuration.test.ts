import { describe, expect, it } from 'vitest'
import { configurationFault, sameConfiguration } from './configuration.js'

const legal = { number: 3, voters: ['a', 'b'], wireVersion: 1, stateVersion: 2 }

describe('a configuration', () => {
  it('has one to nine sorted voters, an epoch and versions', () => {
    expect(configurationFault(legal)).toBeUndefined()
    for (const wrong of [
      { number: -1 },
      { number: 0.5 },
      { voters: [] },
      { voters: ['b', 'a'] },
      { voters: ['a', 'a'] },
      { voters: [...'abcdefghij'] },
      { wireVersion: 0 },
      { stateVersion: 0 },
    ]) {
      expect(configurationFault({ ...legal, ...wrong })).toBeTypeOf('string')
    }
  })

  it('is the same only if all of it is', () => {
    expect(sameConfiguration(legal, { ...legal, voters: [...legal.voters] })).toBe(true)
    for (const other of [
      { number: 4 },
      { voters: ['a', 'c'] },
      { voters: ['a'] },
      { wireVersion: 2 },
      { stateVersion: 3 },
    ]) {
      expect(sameConfiguration(legal, { ...legal, ...other })).toBe(false)
    }
  })
})
