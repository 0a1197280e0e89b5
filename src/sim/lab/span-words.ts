import { read, readRange, type Span, write, writeRange } from '../../core/index.js'
import { MAX_KEY_CHARACTERS, MAX_SPANS } from './bounds.js'
import { InvalidScript, type Words } from './words.js'

/** What a command is called and what it touches, as a line says it. All of it throws InvalidScript. */

const NAME = /^[A-Za-z0-9]{1,7}$/
const NAME_EXPECTED = 'a name of one to seven letters or digits'

// No brackets, comma, question mark or number sign, which mean something here; no spaces; nothing that can't be seen.
const LETTER = '[^\\s[\\](),?#\\p{Cc}\\p{Cf}\\p{Cs}]'
const KEY = new RegExp(`^${LETTER}{1,${MAX_KEY_CHARACTERS}}$`, 'u')
const END = `(${LETTER}{0,${MAX_KEY_CHARACTERS}})`
const SPAN = new RegExp(`^(?:(${LETTER}{1,${MAX_KEY_CHARACTERS}})|\\[${END},${END}\\))(\\?)?$`, 'u')
const KEY_EXPECTED = `a key of at most ${MAX_KEY_CHARACTERS} characters without brackets, commas, ? and #`
const SPAN_EXPECTED = `a key (k writes it, k? reads it) or a range ([a,c), [a,c)?, [a,) up to the last key); ${KEY_EXPECTED.replace('a key of', 'keys have')}`

export const nameFrom = (words: Words): string => words.match(NAME, NAME_EXPECTED)[0]

/** @throws InvalidScript for a name that no script can say */
export const formatName = (name: string): string => checked(name, NAME, NAME_EXPECTED)

/** All that is left of the line. */
export const spansFrom = (words: Words): readonly Span[] => {
  const spans = [spanFrom(words)]
  while (words.more) {
    if (spans.length === MAX_SPANS) words.fail(`a command has at most ${MAX_SPANS} keys or ranges`)
    spans.push(spanFrom(words))
  }
  return spans
}

const spanFrom = (words: Words): Span => {
  const [, key, from = '', last, reads] = words.match(SPAN, SPAN_EXPECTED)
  if (key !== undefined) return reads === undefined ? write(key) : read(key)
  const to = last || undefined
  if (to !== undefined && to <= from) {
    words.fail(`the range [${from},${to}) is empty: its end should come after its beginning`)
  }
  return reads === undefined ? writeRange(from, to) : readRange(from, to)
}

/** @throws InvalidScript for a key that no script can say */
export const formatSpan = (span: Span): string => {
  const end = (key: string | undefined): string => (key ? checked(key, KEY, KEY_EXPECTED) : '')
  const keys = span.kind === 'key' ? checked(span.key, KEY, KEY_EXPECTED) : `[${end(span.from)},${end(span.to)})`
  return `${keys}${span.write ? '' : '?'}`
}

const checked = (word: string, pattern: RegExp, expected: string): string => {
  if (pattern.test(word)) return word
  throw new InvalidScript(1, `"${word}" should be ${expected}`)
}
