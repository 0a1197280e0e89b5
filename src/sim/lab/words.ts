import { EpaxosError, type InstanceId } from '../../core/index.js'
import { type AwsRegion, awsRegions } from '../aws.js'
import { MAX_MEMBERS, MAX_MS, MAX_TEXT_CHARACTERS } from './bounds.js'

/** A text is no script of the Lab. Nothing was run of it: put the line right that it names. */
export class InvalidScript extends EpaxosError {
  override readonly name = 'InvalidScript'
  /** @param line counted from 1 */
  constructor(
    readonly line: number,
    readonly problem: string,
  ) {
    super(`line ${line} of the script: ${problem}`)
  }
}

/** Enough of a word to find it again. */
const MAX_QUOTED = 40

const quoted = (word: string): string => `"${word.length > MAX_QUOTED ? `${word.slice(0, MAX_QUOTED)}…` : word}"`

/** The lines that say something. A `#` and what follows it on its line is a comment. @throws InvalidScript */
export const linesOf = (text: string): readonly Words[] => {
  if (text.length > MAX_TEXT_CHARACTERS) {
    throw new InvalidScript(1, `all in all it has ${text.length} characters, and ${MAX_TEXT_CHARACTERS} are allowed`)
  }
  return text.split('\n').flatMap((line, index) => {
    const said = line.replace(/#.*/s, '').trim()
    return said === '' ? [] : [new Words(index + 1, said.split(/\s+/))]
  })
}

/** The words of one line, taken from left to right. Everything throws InvalidScript, which says what was expected. */
export class Words {
  #taken = 0

  constructor(
    readonly line: number,
    readonly words: readonly string[],
  ) {}

  get more(): boolean {
    return this.#taken < this.words.length
  }

  /** Takes the next word if it is this one. */
  takes(word: string): boolean {
    const found = this.words[this.#taken] === word
    if (found) this.#taken++
    return found
  }

  /** The next word is this one. */
  expect(word: string): void {
    this.oneOf([word], quoted(word))
  }

  oneOf<T extends string>(words: readonly T[], expected: string): T {
    const word = this.#next(expected)
    return words.find((each) => each === word) ?? this.#wrong(word, expected)
  }

  match(pattern: RegExp, expected: string): RegExpExecArray {
    const word = this.#next(expected)
    return pattern.exec(word) ?? this.#wrong(word, expected)
  }

  /** A whole number from `least` to `most`, with its unit after it. */
  count(least: number, most: number, unit = ''): number {
    const expected = `a whole number from ${least}${unit} to ${most}${unit}`
    const word = this.#next(expected)
    const digits = word.endsWith(unit) ? word.slice(0, word.length - unit.length) : ''
    const number = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN
    return number >= least && number <= most ? number : this.#wrong(word, expected)
  }

  share(): number {
    return this.count(0, 100, '%') / 100
  }

  milliseconds(most: number = MAX_MS): number {
    const expected = `a time from 0ms to ${most}ms with at most three decimals, such as 120.5ms`
    const word = this.#next(expected)
    const ms = Number(/^(\d{1,6}(?:\.\d{1,3})?)ms$/.exec(word)?.[1] ?? Number.NaN)
    return ms <= most ? ms : this.#wrong(word, expected)
  }

  replica(): number {
    const expected = `a replica, R0 to R${MAX_MEMBERS - 1}`
    const word = this.#next(expected)
    return replicaOf(word) ?? this.#wrong(word, expected)
  }

  /** Different ones, with commas between them. */
  replicas(most: number = MAX_MEMBERS): readonly number[] {
    const expected = `1 to ${most} different replicas with commas between them, such as R0,R1`
    const word = this.#next(expected)
    const replicas = word.split(',', most + 1).flatMap((each) => replicaOf(each) ?? [])
    const right = replicas.length <= most && replicas.length === word.split(',').length
    return right && new Set(replicas).size === replicas.length ? replicas : this.#wrong(word, expected)
  }

  /** From one replica to another. */
  way(): { readonly from: number; readonly to: number } {
    const expected = 'a way from one replica to another, such as R0>R1'
    const word = this.#next(expected)
    const [from, to, more] = word.split('>', 3).map(replicaOf)
    return from !== undefined && to !== undefined && more === undefined && word.split('>').length === 2
      ? { from, to }
      : this.#wrong(word, expected)
  }

  /** An instance, if the next word begins as one does. */
  instance(): InstanceId | undefined {
    if (!/^\d/.test(this.words[this.#taken] ?? '')) return undefined
    const [, slot, number] = this.match(/^([0-8])\.([1-9]\d{0,6})$/, 'an instance, its row and number, such as 0.1')
    return { slot: Number(slot), number: Number(number) }
  }

  city(): AwsRegion {
    return this.oneOf(awsRegions, `one of the cities ${awsRegions.join(', ')}`)
  }

  end(): void {
    if (this.more)
      this.fail(`${quoted(this.words[this.#taken] ?? '')} is not expected here: the line should end before it`)
  }

  fail(problem: string): never {
    throw new InvalidScript(this.line, problem)
  }

  #next(expected: string): string {
    const word = this.words[this.#taken++]
    return word ?? this.fail(`it ends too soon: what comes next should be ${expected}`)
  }

  #wrong(word: string, expected: string): never {
    return this.fail(`${quoted(word)} should be ${expected}`)
  }
}

const replicaOf = (word: string): number | undefined => {
  const digits = /^R(0|[1-9]\d?)$/.exec(word)?.[1]
  return digits !== undefined && Number(digits) < MAX_MEMBERS ? Number(digits) : undefined
}
