import { describe, expect, it } from 'vitest'
import { play } from './script.js'

describe('a script', () => {
  it('gets the output of each command below it, whatever stood there before', () => {
    const script = '# Two agree\n\ngroup 2\npropose R0 a k\n  nonsense\ndeliver pre-accept\n'
    const played = play(script, 'x.txt')
    expect(played).toBe(
      [
        '# Two agree',
        '',
        'group 2',
        'propose R0 a k',
        '  R0>R1 pre-accept 0.1 a {0,0}',
        'deliver pre-accept',
        '  R1>R0 pre-accept-ok 0.1 {0,0}',
        '',
      ].join('\n'),
    )
    expect(play(played, 'x.txt')).toBe(played)
  })

  it.each([
    ['a command that there is not', 'fly R0', 'there is no command "fly"'],
    ['a second group', 'group 3', 'one group'],
    ['no mail of this kind', 'deliver accept', 'no accept {} is on its way'],
    ['no mail on this way', 'drop pre-accept 0.1 R1>R0', 'no pre-accept {"of":"0.1","from":1,"to":0} is on its way'],
    ['nothing kept aside', 'arrive accept', 'no such accept was kept aside'],
    ['a kind that there is not', 'deliver acept', 'there is no kind of message "acept"'],
    ['a way that is none', 'deliver pre-accept R0-R1', '"R0-R1" is not a way'],
    ['an instance that is none', 'show 0.0', '"0.0" is not an instance'],
    ['a replica that is none', 'crash 0', '"0" is not a replica'],
    ['a replica that there is not', 'crash R7', 'there is no R7'],
    ['a word too many', 'crash R0 now', '"now" is too much'],
    ['a word too few', 'propose R0 a', 'a key is missing'],
    ['a span that is none', 'propose R0 a [a,b', '"[a,b" is not a span'],
    ['a time without its unit', 'tick R0 400', '"400" is not a time'],
    ['two spaces', 'propose R0  a k', 'a name is missing'],
    ['a recovery of what nobody knows', 'recover R1 2.7', '1 does not recover 2.7'],
  ])('that has %s fails with its file and line', (_, line, reason) => {
    const script = `# A story\n\ngroup 3\npropose R0 z k\n  R0>R1,R2 pre-accept 0.1 z {0,0,0}\n${line}\n`
    let thrown: unknown
    try {
      play(script, 'x.txt')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ message: expect.stringContaining(`x.txt:6: ${line}: `) })
    expect(thrown).toMatchObject({ message: expect.stringContaining(reason) })
  })

  it.each([
    ['propose R0 a k', 'begins with one group'],
    ['group 10', '1 to 9 voters'],
    ['group many', '"many" is not a number'],
    ['group 3 fast', 'there is no option "fast"'],
  ])('can not begin with "%s"', (line, reason) => {
    expect(() => play(line, 'x.txt')).toThrow(`x.txt:1: ${line}: `)
    expect(() => play(line, 'x.txt')).toThrow(reason)
  })
})
