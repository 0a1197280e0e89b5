import { describe, expect, it } from 'vitest'
import { adviceOf, type Heard } from './advice.js'
import type { RoomStatus } from './contract.js'

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string]

/** A voter of three, all of whom are here. */
const well = { role: 'voter', id: A, voters: [A, B, C], suspected: [], quorum: 'fast', members: [], diverged: [] }

const nothing: Heard = { newerWire: undefined, contradicting: undefined, refusedBy: undefined }

const advice = (about: Partial<RoomStatus>, heard: Partial<Heard> = {}): string | undefined =>
  adviceOf({ ...well, ...about } as unknown as RoomStatus, { ...nothing, ...heard })

describe('the advice', () => {
  it('is none while all is well', () => {
    expect(advice({})).toBeUndefined()
  })

  it('asks for a new invite where the others know a later secret', () => {
    expect(advice({}, { refusedBy: B })).toContain('Member bbbb speaks with a later secret')
    expect(advice({ role: 'stopped' }, { refusedBy: B })).toBeUndefined()
  })

  it('names the mutator that differs, at whom, and says what to do', () => {
    const text = advice({ diverged: [{ member: B, mutators: ['roll'] }] })
    expect(text).toContain('at member bbbb: the mutator "roll" is likely not deterministic')
    expect(text).toContain('raise the version of the state')
  })

  it('names the one found first, and some others as others', () => {
    const mutators = ['roll', 'copy', 'b', 'c', 'd']
    const text = advice({
      diverged: [
        { member: B, mutators },
        { member: C, mutators },
      ],
    })
    expect(text).toContain('at members bbbb, cccc: the mutator "roll"')
    expect(text).toContain('("copy", "b", "c")')
  })

  it('says that some mutator differs where none could be named', () => {
    expect(advice({ diverged: [{ member: B, mutators: [] }] })).toContain('some mutator is not deterministic')
  })

  it('says so also where nothing can be changed, after that', () => {
    const text = advice({ quorum: 'none', suspected: [B, C], diverged: [{ member: B, mutators: ['roll'] }] })
    expect(text).toMatch(/^Nothing can be changed: .* "roll"/)
  })
})
