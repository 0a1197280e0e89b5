import { parseArgs } from 'node:util'
import { type Report, simulate } from './index.js'

/**
 * `npm run sim -- [--seed FIRST] [--runs COUNT] [--n VOTERS]`: runs seeds and stops at the first violation, with
 * the command that replays it. Without `--n` every seed runs with 1, 2, 3, 5 and 7 voters.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    n: { type: 'string' },
  },
})

const whole = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) {
    process.stderr.write(`--${name} takes a whole number, not "${text}"\n`)
    process.exit(2)
  }
  return number
}

const first = whole('seed', values.seed)
const runs = whole('runs', values.runs)
const sizes = values.n === undefined ? [1, 2, 3, 5, 7] : [whole('n', values.n)]
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
for (let seed = first; seed < first + runs; seed++) {
  for (const n of sizes) {
    try {
      const report = simulate({ seed, n })
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
