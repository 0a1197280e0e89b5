import { openSync, writeFileSync } from 'node:fs'
import { inspect, parseArgs } from 'node:util'
import { type Call, type ChurnReport, historyLines, type Report, SimulationFailed, Violation } from './index.js'
import { churn, fixed } from './profiles.js'

/**
 * `npm run sim`: runs seeds, each with every number of voters, and stops at the first violation, with the command
 * that replays it. Exit code 1: a violation, or something that so many runs should have come to, and did not; 2: usage,
 * or a file that can't be written.
 */
const USAGE = `usage: npm run sim -- [--seed FIRST | --fresh] [--runs COUNT] [--voters N[,N]] [--json]
       npm run sim -- --seed S [--voters N] [--trace FILE] [--history FILE] [--json]
       npm run sim -- --profile churn [--seed FIRST | --fresh] [--runs COUNT] [--trace FILE] [--history FILE] [--json]
--seed alone is one run, of 5 voters; otherwise every seed runs with 1, 2, 3, 5 and 7 unless --voters says so
--profile churn: members join, leave, and are lost; whoever votes changes all the time
`

/** What `simulate` takes. */
const MAX_VOTERS = 9
const PROGRESS_EVERY_MS = 5000

const options = {
  seed: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  runs: { type: 'string' },
  profile: { type: 'string' },
  voters: { type: 'string' },
  trace: { type: 'string' },
  history: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}\n${USAGE}`)
  process.exit(2)
}

const whole = (name: string, text: unknown, least: number, most: number): number => {
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  return refuse(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`)
}

const flag = (name: 'fresh' | 'json' | 'help'): boolean => {
  const value: unknown = values[name]
  return typeof value === 'boolean' ? value : refuse(`--${name} takes no value`)
}

/** A file that can't be written says nothing about the run: after a violation the exit code stays 1. */
const writing = <T>(name: string, write: () => T): T => {
  try {
    return write()
  } catch (error) {
    process.stderr.write(`--${name}: ${error instanceof Error ? error.message : error}\n`)
    return process.exit(process.exitCode ?? 2)
  }
}

const opened = (name: 'trace' | 'history'): number | undefined => {
  const file: unknown = values[name]
  if (file === undefined) return undefined
  return typeof file === 'string' ? writing(name, () => openSync(file, 'w')) : refuse(`--${name} takes a file`)
}

// Not strict: of `--seed -1` it would say that it is ambiguous.
const { values, positionals } = parseArgs({ options, strict: false })
const [unknown] = [...Object.keys(values).filter((name) => !(name in options)), ...positionals]
if (unknown !== undefined) refuse(`there is no option ${JSON.stringify(unknown)}`)
const [fresh, json, help] = [flag('fresh'), flag('json'), flag('help')]
if (help) {
  process.stdout.write(USAGE)
  process.exit(0)
}

if (fresh && values.seed !== undefined) refuse('--seed and --fresh exclude each other')
const first = fresh
  ? Math.floor(Math.random() * 2 ** 40)
  : whole('seed', values.seed ?? '1', 0, Number.MAX_SAFE_INTEGER)
const runs = whole('runs', values.runs ?? '1', 1, Number.MAX_SAFE_INTEGER)
const last = first + (runs - 1)
if (last > Number.MAX_SAFE_INTEGER) refuse(`the last seed would be above ${Number.MAX_SAFE_INTEGER}`)
const churning = values.profile === 'churn'
if (values.profile !== undefined && !churning) refuse(`--profile takes "churn", not ${JSON.stringify(values.profile)}`)
if (churning && values.voters !== undefined) refuse('--profile churn and --voters exclude each other')
const seedAlone = values.seed !== undefined && values.runs === undefined
const sizes = String(values.voters ?? (seedAlone ? '5' : '1,2,3,5,7'))
  .split(',')
  .map((text) => whole('voters', text, 1, MAX_VOTERS))
const profile = churning ? churn() : fixed(sizes)
const one = runs === 1 && profile.sizes.length === 1
if (!one && (values.trace ?? values.history) !== undefined)
  refuse('--trace and --history are for one run: one seed, one number of voters')
const [trace, history] = [opened('trace'), opened('history')]

if (fresh) process.stderr.write(`first seed ${first}\n`)
const started = performance.now()
const { totals } = profile
let toldAt = started
let report: Report | ChurnReport | undefined
let calls: readonly Call[] = []

const progress = (): void => {
  if (performance.now() - toldAt < PROGRESS_EVERY_MS) return
  toldAt = performance.now()
  process.stderr.write(`${totals.numbers.runs} of ${runs * profile.sizes.length} runs\n`)
}

const watchers = {
  ...(trace !== undefined && {
    trace: (line: string) => writing('trace', () => writeFileSync(trace, `${line}\n`)),
  }),
  ...(history !== undefined && {
    history: (made: readonly Call[]) => {
      calls = made
    },
  }),
}

interface Failure {
  readonly seed: number
  readonly n: number | undefined
  readonly error: SimulationFailed
}

/** Up to the first that fails. */
const runAll = (): Failure | undefined => {
  for (let seed = first; seed <= last; seed++) {
    for (const n of profile.sizes) {
      try {
        report = profile.run(seed, n, watchers)
      } catch (error) {
        if (error instanceof SimulationFailed) return { seed, n, error }
        throw error
      }
      progress()
    }
  }
  return undefined
}

const print = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`)

const tellFailure = ({ seed, n, error }: Failure): void => {
  process.exitCode = 1
  process.stderr.write(`${inspect(error)}\n`)
  if (!json) return
  const { cause, replay } = error
  const checker = cause instanceof Violation ? cause.checker : cause instanceof Error ? cause.name : 'unknown'
  const message = cause instanceof Error ? cause.message : String(cause)
  print({ violation: { checker, message, seed, voters: n, replay } })
}

const tellTotals = (): void => {
  const seconds = (performance.now() - started) / 1000
  const { unreached } = totals
  const { answered = 0, executed = 0 } = totals.numbers
  const answeredPerSecond = Math.round(answered / seconds)
  const executedPerSecond = Math.round(executed / seconds)
  const all = one ? report : { first, ...profile.all() }
  if (json) print({ ...all, unreached, seconds, answeredPerSecond, executedPerSecond })
  else {
    if (one && report !== undefined) print(report)
    process.stdout.write(
      `seeds ${first} to ${last} ${profile.lines()}
${seconds.toFixed(1)} s: ${answeredPerSecond} commands of clients answered per second; executed, counted at every replica: ${executedPerSecond} per second
`,
    )
  }
  if (unreached.length === 0) return
  process.exitCode = 1
  process.stderr.write(`never reached: ${unreached.join(', ')}\n`)
}

const failure = runAll()
if (failure !== undefined) tellFailure(failure)
else tellTotals()
if (history !== undefined) writing('history', () => writeFileSync(history, historyLines(calls)))
