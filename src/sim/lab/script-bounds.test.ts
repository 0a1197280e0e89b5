import { describe, expect, it } from 'vitest'
import { MAX_STEPS, MAX_TEXT_CHARACTERS } from './bounds.js'
import { parseScript } from './script.js'

const first = 'lab 3 seed 7 even 40ms\n'

describe('a script as large as one may be', () => {
  it('has its last character read', () => {
    const text = first + '#'.repeat(MAX_TEXT_CHARACTERS - first.length)
    expect(parseScript(text).steps).toEqual([])
    expect(() => parseScript(`${text}#`)).toThrow(`${MAX_TEXT_CHARACTERS} are allowed`)
  })

  it('has its last step read', () => {
    expect(parseScript(first + 'at 0ms heal\n'.repeat(MAX_STEPS)).steps).toHaveLength(MAX_STEPS)
  })
})
