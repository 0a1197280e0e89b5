import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRange, write, writeRange } from '../../core/index.js'
import { script } from './arbitraries.js'
import { formatScript, InvalidScript, parseScript } from './script.js'

const setup = 'lab 3 seed 7 even 40ms'

const refused = (text: string): string => {
  try {
    parseScript(text)
  } catch (error) {
    if (error instanceof InvalidScript) return error.message
    throw error
  }
  return 'nothing'
}

describe('a script of the Lab', () => {
  it('says on its first line what the run is made of', () => {
    expect(parseScript('lab 3 seed 7 even 40ms jitter 10% write 2ms thrifty').setup).toEqual({
      seed: 7,
      voters: 3,
      net: { kind: 'even', delayMs: 40 },
      jitter: 0.1,
      writeMs: 2,
      thrifty: true,
    })
    expect(parseScript('lab 2 seed 0 map eu-west-1 us-west-1').setup).toEqual({
      seed: 0,
      voters: 2,
      net: { kind: 'map', cities: ['eu-west-1', 'us-west-1'] },
      jitter: 0,
      writeMs: 0,
      thrifty: false,
    })
  })

  it('says on each line that follows when something is done, and what', () => {
    const text = `
      # A comment, and a line that says nothing:

      ${setup}
      at 0ms      propose R0 a k  # the end of a line may be a comment
      at 0.125ms  propose R1 b [a,c)? [d,)
      at 100ms    burst 40 every 20ms interference 30% R0,R1
      at 100ms    delay accept 0.12 R0>R1 300ms
      at 100ms    drop frontier R0>R1
      at 300ms    cut R0,R1 R2
      at 400ms    join R3`
    expect(parseScript(text).steps).toEqual([
      { atMs: 0, action: { kind: 'propose', replica: 0, name: 'a', spans: [write('k')] } },
      {
        atMs: 0.125,
        action: { kind: 'propose', replica: 1, name: 'b', spans: [readRange('a', 'c'), writeRange('d')] },
      },
      { atMs: 100, action: { kind: 'burst', count: 40, everyMs: 20, interference: 0.3, replicas: [0, 1] } },
      {
        atMs: 100,
        action: {
          kind: 'delay',
          mail: { kind: 'accept', of: { slot: 0, number: 12 }, from: 0, to: 1 },
          byMs: 300,
        },
      },
      { atMs: 100, action: { kind: 'drop', mail: { kind: 'frontier', from: 0, to: 1 } } },
      { atMs: 300, action: { kind: 'cut', sides: [[0, 1], [2]] } },
      { atMs: 400, action: { kind: 'join', replica: 3, city: undefined } },
    ])
  })

  it('is the same after it was written and read, whatever it asks for', () => {
    fc.assert(
      fc.property(script, (one) => {
        expect(parseScript(formatScript(one))).toEqual(one)
      }),
    )
  })

  it('is read or refused with InvalidScript, whatever the text', () => {
    const words = fc.constantFrom(
      ...'lab 3 seed 7 even map 40ms jitter 10% at 0ms propose R0 R1 a k [a,c) burst every cut > # R0>R1 0.1'.split(
        ' ',
      ),
      '\n',
      '\n',
      '\u2028',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((each) => each.join(' ')),
      fc.tuple(script, fc.nat(), fc.string({ maxLength: 3 })).map(([one, at, noise]) => {
        const text = formatScript(one)
        const cut = at % text.length
        return text.slice(0, cut) + noise + text.slice(cut + 1)
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const problem = refused(text)
        expect(problem).toMatch(/^(nothing|line \d+ of the script: .{10,400})$/)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['says nothing', '# nothing\n', 'line 1 of the script: it says nothing: it should begin with a line such as "lab'],
    ['begins with a step', 'at 0ms heal', 'line 1 of the script: "at" should be "lab"'],
    ['has too many voters', 'lab 10 seed 7 even 40ms', '"10" should be a whole number from 1 to 9'],
    ['has a seed that is none', 'lab 3 seed 4294967296 even 40ms', 'a whole number from 0 to 4294967295'],
    [
      'has too few cities',
      'lab 2 seed 7 map eu-west-1',
      'it ends too soon: what comes next should be one of the cities',
    ],
    ['has too many cities', 'lab 1 seed 7 map eu-west-1 eu-west-1', '"eu-west-1" is not expected here'],
    ['has a city that there is not', 'lab 1 seed 7 map atlantis', '"atlantis" should be one of the cities ap-'],
    ['has more than a whole of jitter', 'lab 1 seed 7 even 1ms jitter 101%', 'a whole number from 0% to 100%'],
    [
      'has further to go than anybody waits',
      'lab 3 seed 7 even 10001ms',
      '"10001ms" should be a time from 0ms to 10000ms',
    ],
    [
      'has a disk that is too slow',
      'lab 3 seed 7 even 1ms write 1001ms',
      '"1001ms" should be a time from 0ms to 1000ms',
    ],
    ['is longer than an address may be', '#'.repeat(65_537), 'it has 65537 characters, and 65536 are allowed'],
  ])('that %s is refused', (_, text, problem) => {
    expect(refused(text)).toContain(problem)
  })

  it.each([
    ['without its time', 'propose R0 a k', '"propose" should be "at"'],
    ['with a time without its unit', 'at 5 heal', '"5" should be a time from 0ms to 600000ms'],
    ['with a time too fine', 'at 0.0001ms heal', '"0.0001ms" should be a time'],
    ['with a time too late', 'at 600000.001ms heal', '"600000.001ms" should be a time'],
    ['that there is not', 'at 5ms fly R0', '"fly" should be something to do, one of propose, burst, crash,'],
    ['with a replica that is none', 'at 5ms crash 0', '"0" should be a replica, R0 to R15'],
    ['with a replica beyond all', 'at 5ms crash R16', '"R16" should be a replica'],
    ['with a name too long', 'at 5ms propose R0 eightlet k', '"eightlet" should be a name of one to seven letters'],
    ['with a key too long', `at 5ms propose R0 a ${'k'.repeat(65)}`, 'should be a key'],
    ['with a range that is open in front', 'at 5ms propose R0 a (a,b)', '"(a,b)" should be a key'],
    ['with an empty range', 'at 5ms propose R0 a [c,c)', 'the range [c,c) is empty'],
    ['with too many keys', 'at 5ms propose R0 a 1 2 3 4 5 6 7 8 9', 'at most 8 keys or ranges'],
    ['with no key', 'at 5ms propose R0 a', 'it ends too soon: what comes next should be a key'],
    [
      'with a burst of none',
      'at 5ms burst 0 every 1ms interference 0% R0',
      '"0" should be a whole number from 1 to 5000',
    ],
    ['with a replica twice', 'at 5ms seal R0 R0,R1,R0', '"R0,R1,R0" should be 1 to 9 different replicas'],
    ['with a replica on both sides', 'at 5ms cut R0,R1 R1', 'a replica is on two sides of the cut'],
    ['with mail of no kind', 'at 5ms drop acept R0>R1', '"acept" should be a kind of message, one of pre-accept,'],
    ['with a way that is none', 'at 5ms drop accept R0-R1', '"R0-R1" should be a way'],
    ['with a way of three', 'at 5ms drop accept R0>R1>R2', '"R0>R1>R2" should be a way'],
    ['with an instance that is none', 'at 5ms drop accept 0.0 R0>R1', '"0.0" should be an instance'],
    ['with a word too many', 'at 5ms crash R0 now', '"now" is not expected here'],
    ['with a word of a thousand letters', `at 5ms ${'x'.repeat(1000)}`, `"${'x'.repeat(40)}…" should be something`],
    ['from before the last', 'at 4ms heal', '4ms comes before 5ms: times should not go back'],
  ])('with a step %s is refused, and the line is named', (_, line, problem) => {
    const message = refused(`${setup}\n\nat 5ms heal\n${line}\n`)
    expect(message).toContain('line 4 of the script: ')
    expect(message).toContain(problem)
  })

  it('has at most so many steps, and proposes at most so many commands', () => {
    expect(refused(`${setup}\n${'at 0ms heal\n'.repeat(2001)}`)).toContain(
      'line 2002 of the script: it is one step too many',
    )
    const burst = 'at 0ms burst 2500 every 1ms interference 0% R0\n'
    expect(refused(`${setup}\n${burst.repeat(2)}`)).toBe('nothing')
    expect(refused(`${setup}\n${burst.repeat(2)}at 1ms propose R0 a k`)).toContain(
      'line 4 of the script: with this step 5001 commands are proposed, and 5000 are allowed',
    )
  })
})
