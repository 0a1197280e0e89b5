import { MAX_VOTERS } from '../../core/index.js'
import { formatAction, formatMs, formatShare, parseAction } from './action-lines.js'
import { MAX_COMMANDS, MAX_STEPS, MAX_WAY_MS, MAX_WRITE_MS } from './bounds.js'
import type { LabAction, LabScript, LabSetup, LabStep } from './contract.js'
import { InvalidScript, linesOf, type Words } from './words.js'

export { formatAction } from './action-lines.js'
export { InvalidScript } from './words.js'

/**
 * A script as text: what the run is made of, then a line per step, in the vocabulary of core's own scenarios. Replicas are
 * `R0`, `R1` …, instances `0.1` (row, number); what follows a `#` is a comment.
 *
 *     lab 3 seed 7 even 40ms          three voters, each 40 ms from the others; then, if so, `jitter 10%` `write 2ms` `thrifty`
 *     lab 2 seed 7 map eu-west-1 us-west-1
 *                                     two, in these cities
 *     at 0ms propose R0 a k           a command called a, which writes the key k. `k?` only reads it; `[a,c)` is a range of
 *                                     keys, `[a,)` an open one, `[a,c)?` reads it; several have spaces between
 *     at 0ms burst 40 every 20ms interference 30% R0,R1
 *     at 5ms drop accept 0.1 R0>R1    the oldest message of this kind, about this instance, on this way; without an instance
 *                                     about any. So do `deliver …`, `delay … 300ms`, `repeat … 50ms`
 *     at 5ms crash R1                 so do `restart`, `wipe`, `hide`, `show`
 *     at 5ms cut R0,R1 R2             the sides; `heal`
 *     at 5ms move R2 sa-east-1
 *     at 5ms join R3 [city]
 *     at 5ms seal R0 R0,R1,R3         who votes in the next epoch
 */

/** The whole text, or nothing. @throws InvalidScript, which names the line and what it should say; nothing else, whatever the text */
export const parseScript = (text: string): LabScript => {
  const [first, ...rest] = linesOf(text)
  const setup = parseSetup(first)
  return { setup, steps: parseSteps(rest, 0, []).map(({ step }) => step) }
}

/** Its steps' times are given to a thousandth of a millisecond, shares to a hundredth. Ends with a line break. */
export const formatScript = ({ setup, steps }: LabScript): string =>
  [formatSetup(setup), ...steps.map(formatStep)].map((line) => `${line}\n`).join('')

export const formatStep = ({ atMs, action }: LabStep): string => `at ${formatMs(atMs)} ${formatAction(action)}`

export interface NumberedStep {
  readonly line: number
  readonly step: LabStep
}

/**
 * @param fromMs none comes before
 * @param earlier the steps that these go on from
 * @throws InvalidScript
 */
export const parseSteps = (
  lines: readonly Words[],
  fromMs: number,
  earlier: readonly LabStep[],
): readonly NumberedStep[] => {
  let lastMs = fromMs
  let commands = earlier.reduce((sum, { action }) => sum + commandsOf(action), 0)
  return lines.map((words, index) => {
    words.expect('at')
    const atMs = words.milliseconds()
    if (atMs < lastMs) words.fail(`${formatMs(atMs)} comes before ${formatMs(lastMs)}: times should not go back`)
    lastMs = atMs
    const action = parseAction(words)
    if (earlier.length + index >= MAX_STEPS) words.fail(`it is one step too many: ${MAX_STEPS} are allowed`)
    commands += commandsOf(action)
    if (commands > MAX_COMMANDS)
      words.fail(`with this step ${commands} commands are proposed, and ${MAX_COMMANDS} are allowed`)
    return { line: words.line, step: { atMs, action } }
  })
}

const commandsOf = (action: LabAction): number => {
  if (action.kind === 'burst') return action.count
  return action.kind === 'propose' ? 1 : 0
}

/** @param words of the first line that says something @throws InvalidScript */
export const parseSetup = (words: Words | undefined): LabSetup => {
  if (words === undefined)
    throw new InvalidScript(1, 'it says nothing: it should begin with a line such as "lab 3 seed 7 even 40ms"')
  words.expect('lab')
  const voters = words.count(1, MAX_VOTERS)
  words.expect('seed')
  const seed = words.count(0, 2 ** 32 - 1)
  const net = parseNet(words, voters)
  const jitter = words.takes('jitter') ? words.share() : 0
  const writeMs = words.takes('write') ? words.milliseconds(MAX_WRITE_MS) : 0
  const thrifty = words.takes('thrifty')
  words.end()
  return { seed, voters, net, jitter, writeMs, thrifty }
}

const parseNet = (words: Words, voters: number): LabSetup['net'] => {
  const kind = words.oneOf(['even', 'map'], 'how far apart they are: even 40ms, or map and a city for each')
  if (kind === 'even') return { kind, delayMs: words.milliseconds(MAX_WAY_MS) }
  return { kind, cities: Array.from({ length: voters }, () => words.city()) }
}

const formatSetup = ({ seed, voters, net, jitter, writeMs, thrifty }: LabSetup): string => {
  const apart = net.kind === 'even' ? `even ${formatMs(net.delayMs)}` : `map ${net.cities.join(' ')}`
  const options = [
    jitter > 0 ? ` jitter ${formatShare(jitter)}` : '',
    writeMs > 0 ? ` write ${formatMs(writeMs)}` : '',
    thrifty ? ' thrifty' : '',
  ]
  return `lab ${voters} seed ${seed} ${apart}${options.join('')}`
}
