import { formatMs } from './action-lines.js'
import { MAX_BRANCHES } from './bounds.js'
import type { LabSetup, LabStep } from './contract.js'
import { formatScript, formatStep, type NumberedStep, parseSetup, parseSteps } from './script.js'
import { linesOf, type Words } from './words.js'

/**
 * A session as text, for an address: the script of its first future and until when that was run; for each other future
 * where it leaves which one, its own steps, and until when it was run; at last which one is looked at, and when.
 *
 *     lab 3 seed 7 even 40ms
 *     at 0ms propose R0 a k
 *     until 900ms
 *     branch 2 of 1 at 320ms
 *     at 320ms crash R0
 *     until 1200ms
 *     look 2 at 450ms
 */

/** One future of several that begin alike. */
export interface WrittenBranch {
  /** Where in the list the one is that it was taken from, with all that was done there up to `forkMs`. */
  readonly parent: number | undefined
  readonly forkMs: number
  /** From the beginning of the run. */
  readonly steps: readonly LabStep[]
  readonly endMs: number
}

export interface WrittenSession {
  readonly setup: LabSetup
  readonly branches: readonly WrittenBranch[]
  readonly current: number
  readonly positionMs: number
}

export interface ParsedBranch extends WrittenBranch {
  /** Of each step: where the text says it. */
  readonly lines: readonly number[]
}

/** What was done in another future up to a moment, that moment included. */
export const stepsUntil = (steps: readonly LabStep[], ms: number): readonly LabStep[] =>
  steps.filter(({ atMs }) => atMs <= ms)

export const formatSession = ({ setup, branches, current, positionMs }: WrittenSession): string => {
  const futures = branches.map(({ parent, forkMs, steps, endMs }, index) => {
    const before = branches[parent ?? index]?.steps ?? []
    const inherited = parent === undefined ? 0 : stepsUntil(before, forkMs).length
    const begin = parent === undefined ? [] : [`branch ${index + 1} of ${parent + 1} at ${formatMs(forkMs)}`]
    const own = steps.slice(inherited).map(formatStep)
    return [...begin, ...own, `until ${formatMs(endMs)}`, ''].join('\n')
  })
  return `${formatScript({ setup, steps: [] })}${futures.join('')}look ${current + 1} at ${formatMs(positionMs)}\n`
}

/**
 * A script by itself is a session, too: without a `look` it is looked at as it begins; without an `until` it was run up
 * to its last step.
 * @throws InvalidScript
 */
export const parseSession = (text: string): WrittenSession & { readonly branches: readonly ParsedBranch[] } => {
  const [first, ...rest] = linesOf(text)
  const setup = parseSetup(first)
  const { futures, look } = sectionsOf(rest)
  const current = (look?.count(1, futures.length) ?? 1) - 1
  look?.expect('at')
  const positionMs = look?.milliseconds() ?? 0
  look?.end()
  const branches: ParsedBranch[] = []
  for (const future of futures)
    branches.push(branchFrom(future, branches, branches.length === current ? positionMs : 0))
  return { setup, branches, current, positionMs }
}

interface Section {
  /** Undefined of the first. */
  readonly begin: Words | undefined
  readonly steps: Words[]
  until: Words | undefined
}

const sectionsOf = (
  lines: readonly Words[],
): { readonly futures: readonly Section[]; readonly look: Words | undefined } => {
  let section: Section = { begin: undefined, steps: [], until: undefined }
  const futures = [section]
  let look: Words | undefined
  for (const words of lines) {
    if (look !== undefined) words.fail('nothing should come after the line that begins with "look"')
    if (words.takes('look')) look = words
    else if (words.takes('branch')) {
      if (futures.length === MAX_BRANCHES) words.fail(`it is one future too many: ${MAX_BRANCHES} are allowed`)
      section = { begin: words, steps: [], until: undefined }
      futures.push(section)
    } else if (section.until !== undefined) {
      words.fail('after "until" there should be a line that begins with "branch" or "look"')
    } else if (words.takes('until')) section.until = words
    else section.steps.push(words)
  }
  return { futures, look }
}

const branchFrom = (
  { begin, steps, until }: Section,
  earlier: readonly ParsedBranch[],
  lookedAtMs: number,
): ParsedBranch => {
  const { parent, forkMs, inherited } = begin === undefined ? BEGINNING : forkFrom(begin, earlier)
  const own = parseSteps(
    steps,
    forkMs,
    inherited.map(({ step }) => step),
  )
  const all = [...inherited, ...own]
  const lastMs = all[all.length - 1]?.step.atMs ?? 0
  const untilMs = until?.milliseconds() ?? lastMs
  until?.end()
  if (untilMs < Math.max(lastMs, forkMs)) until?.fail(`${formatMs(untilMs)} is before what is done in it`)
  const endMs = Math.max(untilMs, lastMs, forkMs, lookedAtMs)
  return { parent, forkMs, steps: all.map(({ step }) => step), lines: all.map(({ line }) => line), endMs }
}

interface Fork {
  readonly parent: number | undefined
  readonly forkMs: number
  readonly inherited: readonly NumberedStep[]
}

const BEGINNING: Fork = { parent: undefined, forkMs: 0, inherited: [] }

const forkFrom = (words: Words, earlier: readonly ParsedBranch[]): Fork => {
  words.expect(String(earlier.length + 1))
  words.expect('of')
  const parent = words.count(1, earlier.length) - 1
  words.expect('at')
  const forkMs = words.milliseconds()
  words.end()
  const { steps, lines, endMs } = earlier[parent] as ParsedBranch
  // What goes on where another ends is no other future: what is done there next would be done in both.
  if (forkMs >= endMs) words.fail(`it should leave future ${parent + 1} before that ends, at ${formatMs(endMs)}`)
  const inherited = stepsUntil(steps, forkMs).map((step, index) => ({ step, line: lines[index] as number }))
  return { parent, forkMs, inherited }
}
