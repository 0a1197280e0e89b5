import { parseArgs } from 'node:util'
import { type Report, simulate } from './index.js'

/**
 * `npm run sim -- [--seed FIRST] [--runs COUNT] [--n VOTERS]`: runs seeds and stops at the first violation, with
 * the command that replays it. Without `--n` every seed runs with 1, 2, 3, 5 and 7 voters.
 */
/** What `simulate` takes. */
const MAX_N = 9

const options = {
  seed: { type: 'string', default: '1' },
  runs: { type: 'string', default: '1' },
  n: { type: 'string' },
} as const

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}; usage: npm run sim -- [--seed FIRST] [--runs COUNT] [--n VOTERS]\n`)
  process.exit(2)
}

const whole = (name: string, text: string | boolean | undefined, least: number, most: number): number => {
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  return refuse(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`)
}

// Not strict: of `--seed -1` it would say that it is ambiguous.
const { values, positionals } = parseArgs({ options, strict: false })
const [unknown] = [...Object.keys(values).filter((name) => !(name in options)), ...positionals]
if (unknown !== undefined) refuse(`there is no option ${JSON.stringify(unknown)}`)

const first = whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER)
const runs = whole('runs', values.runs, 1, Number.MAX_SAFE_INTEGER)
const sizes = values.n === undefined ? [1, 2, 3, 5, 7] : [whole('n', values.n, 1, MAX_N)]
const sums: { paths: Record<string, number>; messages: Record<string, number> } = { paths: {}, messages: {} }
const total = { runs: 0, proposed: 0, answered: 0, crashes: 0, noops: 0, ...sums }

const count = (sums: Record<string, number>, counts: Readonly<Record<string, number>>): void => {
  for (const [name, number] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + number
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ')

const add = (report: Report): void => {
  total.runs++
  total.proposed += report.proposed
  total.answered += report.answered
  total.crashes += report.crashes
  total.noops += report.noops
  count(total.paths, report.paths)
  count(total.messages, report.messages)
}

const started = Date.now()
for (let run = 0; run < runs; run++) {
  for (const n of sizes) {
    try {
      const report = simulate({ seed: first + run, n })
      add(report)
      if (runs === 1) process.stdout.write(`${JSON.stringify(report)}\n`)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }
}
process.stdout.write(
  `${total.runs} runs in ${Date.now() - started} ms: ${total.answered} of ${total.proposed} commands answered, ` +
    `${total.crashes} crashes; commits: ${list(total.paths)}; ${total.noops} no-ops; ` +
    `messages: ${list(total.messages)}. No violation.\n`,
)
