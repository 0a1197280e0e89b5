import { openSync, writeFileSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Call, historyLines } from './history.js'
import { simulate } from './index.js'
import { Totals } from './totals.js'

/**
 * `npm run sim`: runs seeds, each with every number of voters, and stops at the first violation, with the command
 * that replays it. Exit code 1: a violation, or a case of recovery that so many runs should have reached; 2: usage.
 */
const USAGE = `usage: npm run sim -- [--runs COUNT] [--voters N[,N]] [--seed FIRST | --fresh] [--json]
       npm run sim -- --seed S --voters N [--trace FILE] [--history FILE]`

/** What `simulate` takes. */
const MAX_VOTERS = 9
const PROGRESS_EVERY_MS = 5000

const options = {
  seed: { type: 'string', default: '1' },
  fresh: { type: 'boolean', default: false },
  runs: { type: 'string', default: '1' },
  voters: { type: 'string', default: '1,2,3,5,7' },
  trace: { type: 'string' },
  history: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}\n${USAGE}\n`)
  process.exit(2)
}

const whole = (name: string, text: unknown, least: number, most: number): number => {
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  return refuse(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`)
}

const fileOf = (name: 'trace' | 'history'): string | undefined => {
  const file: unknown = values[name]
  if (file === undefined || typeof file === 'string') return file
  return refuse(`--${name} takes a file`)
}

// Not strict: of `--seed -1` it would say that it is ambiguous.
const { values, positionals } = parseArgs({ options, strict: false })
const [unknown] = [...Object.keys(values).filter((name) => !(name in options)), ...positionals]
if (unknown !== undefined) refuse(`there is no option ${JSON.stringify(unknown)}`)

const runs = whole('runs', values.runs, 1, Number.MAX_SAFE_INTEGER)
const sizes = String(values.voters)
  .split(',')
  .map((text) => whole('voters', text, 1, MAX_VOTERS))
const first = values.fresh
  ? Math.floor(Math.random() * 2 ** 40)
  : whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER)
const [traceFile, historyFile] = [fileOf('trace'), fileOf('history')]
const one = runs === 1 && sizes.length === 1
if (!one && (traceFile ?? historyFile) !== undefined)
  refuse('--trace and --history are for one run: one seed, one number of voters')

const started = performance.now()
const totals = new Totals()
let toldAt = started

const progress = (): void => {
  if (performance.now() - toldAt < PROGRESS_EVERY_MS) return
  toldAt = performance.now()
  process.stderr.write(`${totals.numbers.runs} of ${runs * sizes.length} runs\n`)
}

const trace = traceFile === undefined ? undefined : openSync(traceFile, 'w')
const files = {
  ...(trace !== undefined && { trace: (line: string) => void writeSync(trace, `${line}\n`) }),
  ...(historyFile !== undefined && {
    history: (calls: readonly Call[]) => writeFileSync(historyFile, historyLines(calls)),
  }),
}

for (let seed = first; seed < first + runs; seed++) {
  for (const n of sizes) {
    try {
      const report = simulate({ seed, n, ...files })
      totals.add(report)
      if (one) process.stdout.write(`${JSON.stringify(report)}\n`)
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exit(1)
    }
    progress()
  }
}

const seconds = (performance.now() - started) / 1000
const { unreached, recoveries, largestLagMs } = totals
if (values.json) {
  const { numbers, themes, messages, fates, mishaps, paths } = totals
  const all = {
    first,
    runs,
    voters: sizes,
    ...numbers,
    themes,
    messages,
    fates,
    mishaps,
    paths,
    recoveries,
    largestLagMs,
    seconds,
  }
  process.stdout.write(`${JSON.stringify(all)}\n`)
} else {
  // A dash: no group of this size can come to it.
  const list = (counts: Readonly<Record<string, number | null>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count ?? '–'}`)
      .join(' · ')
  const { executed = 0 } = totals.numbers
  process.stdout.write(
    `seeds ${first} to ${first + runs - 1} with ${sizes.join(', ')} voters: no violation.
${list(totals.numbers)}
commits: ${list(totals.paths)}
mishaps: ${list(totals.mishaps)}
messages: ${list(totals.fates)} · ${list(totals.messages)}
recoveries: ${list(recoveries)}
largest execution lag with a quorum connected: ${largestLagMs} virtual ms
${seconds.toFixed(1)} s, ${Math.round(executed / seconds)} commands executed per second
`,
  )
}
if (unreached.length > 0) {
  process.stderr.write(`never reached: ${unreached.join(', ')}\n`)
  process.exit(1)
}
