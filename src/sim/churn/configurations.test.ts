import { describe, expect, it } from 'vitest'
import { Violation } from '../checkers/violation.js'
import { Configurations } from './configurations.js'

const of = (number: number, ...voters: string[]) => ({ number, voters, wireVersion: 1, stateVersion: 1 })

const group = (): Configurations => {
  const configurations = new Configurations(of(0, 'a'))
  configurations.started('a', 0)
  return configurations
}

describe('configurations', () => {
  it('convict two epochs of one number', () => {
    const configurations = group()
    configurations.learned(of(1, 'a', 'b', 'c'))
    configurations.learned(of(1, 'a', 'b', 'c'))
    expect(() => configurations.learned(of(1, 'a', 'b', 'd'))).toThrow(Violation)
    expect(() => configurations.learned({ ...of(1, 'a', 'b', 'c'), stateVersion: 2 })).toThrow(Violation)
  })

  it('an epoch is over once a slow quorum of the next one has begun that: until then its own voters are needed', () => {
    const configurations = group()
    configurations.learned(of(1, 'b', 'c', 'd'))
    configurations.started('b', 1)
    expect(configurations.established.number).toBe(0)
    expect(configurations.livesWithout((id) => id === 'a')).toBe(false)
    configurations.started('c', 1)
    expect(configurations.established.number).toBe(1)
    expect(configurations.livesWithout((id) => id === 'a')).toBe(true)
    expect(configurations.livesWithout((id) => id === 'b')).toBe(true)
    expect(configurations.livesWithout((id) => id === 'b' || id === 'c')).toBe(false)
  })

  it('what somebody has decided on may be the next epoch, until another one is', () => {
    const configurations = group()
    configurations.decided(of(1, 'a', 'b'))
    expect(configurations.livesWithout((id) => id === 'b')).toBe(false)
    configurations.learned(of(1, 'a', 'c', 'd'))
    configurations.started('a', 1)
    configurations.started('c', 1)
    expect(configurations.livesWithout((id) => id === 'b')).toBe(true)
  })
})
