import { parseArgs } from 'node:util'
import { judge } from '../soak/flat.js'
import { campaign, MOST_MS, type Outcome } from './campaign.js'
import { keep } from './corpus.js'
import { targets } from './list.js'

/**
 * `npm run fuzz -- [--inputs COUNT] [--seed NUMBER] [--target NAME]`: gives whatever takes bytes from outside hostile ones,
 * ten million in total unless told, each target its share. Each is to be taken, or refused with the one error of its
 * boundary, within 50 ms, and none of them kept. Exits with 1 where one is not, with the input in the corpus, which is
 * tried again with every test run.
 */

const INPUTS = 10_000_000
const MIB = 2 ** 20
/** What is compiled, and cached, while a target is fed. */
const HEAP_TOOTH_BYTES: number = 6 * MIB

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}; usage: npm run fuzz -- [--inputs COUNT] [--seed NUMBER] [--target NAME]\n`)
  process.exit(2)
}

const options = { inputs: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } } as const

const parsed = (): { readonly inputs?: string; readonly seed?: string; readonly target?: string } => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const wholeNumber = (text: string, name: string): number =>
  /^\d{1,10}$/.test(text) ? Number(text) : refuse(`--${name} takes a whole number, not ${JSON.stringify(text)}`)

const given = parsed()
const inputs = wholeNumber(given.inputs ?? `${INPUTS}`, 'inputs')
const seed = given.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber(given.seed, 'seed')
const names = targets.map(({ name }) => name)
const chosen = targets.filter(({ name }) => given.target === undefined || name === given.target)
if (chosen.length === 0) refuse(`there is no target ${JSON.stringify(given.target)}, only ${names.join(', ')}`)
if (globalThis.gc === undefined) refuse('the heap can only be measured with node --expose-gc')

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`
const count = (number: number): string => number.toLocaleString('en')

/** How much more there was at the end; the first quarter is for what has to be compiled and filled. */
const growth = ({ heapBytes }: Outcome): ReturnType<typeof judge> | undefined => {
  const points = heapBytes.slice(Math.ceil(heapBytes.length / 4)).map((y, x) => ({ x, y }))
  return points.length < 4 ? undefined : judge({ name: 'heap', show: inMib, tooth: HEAP_TOOTH_BYTES, points })
}

const faults: string[] = []
const outcomes: Outcome[] = []
const shares = chosen.reduce((sum, { share }) => sum + share, 0)
const width = Math.max(...names.map(({ length }) => length))
say(`${count(inputs)} hostile inputs, seed ${seed}`)
for (const target of chosen) {
  const outcome = await campaign(target, Math.ceil((inputs * target.share) / shares), seed, globalThis.gc)
  outcomes.push(outcome)
  const { find, seconds, slowestMs, heapBytes } = outcome
  const grown = growth(outcome)
  const heap = grown === undefined ? '' : `, heap ${inMib(heapBytes.at(-1) ?? 0)}, ${inMib(grown.rise)} more`
  say(
    `${target.name.padEnd(width)} ${count(outcome.inputs).padStart(11)} in ${seconds.toFixed(1)} s, ` +
      `the slowest ${slowestMs.toFixed(1)} ms${heap}`,
  )
  if (grown !== undefined && !grown.flat) faults.push(`${target.name}: the heap has grown by ${inMib(grown.rise)}`)
  if (find === undefined) continue
  const path = keep(target.name, find.input, find.what.split('\n', 1)[0] ?? '')
  say(`${find.what}\n  kept as ${path}`)
  faults.push(`${target.name}: ${find.what.split('\n', 1)[0]}`)
}
const done = outcomes.reduce((sum, outcome) => sum + outcome.inputs, 0)
const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0)
const slowestMs = Math.max(...outcomes.map((outcome) => outcome.slowestMs))
const verdict = faults.length === 0 ? 'nothing found' : `FAILED: ${faults.join('; ')}`
say(
  `fuzz: ${count(done)} inputs in ${seconds.toFixed(0)} s, seed ${seed}, ` +
    `the slowest ${slowestMs.toFixed(1)} of ${MOST_MS} ms: ${verdict}`,
)
if (faults.length > 0) process.exitCode = 1
