import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { examine, examineSound } from './examine.js'
import { mutants } from './list.js'
import { type Mutant, mutated, type Profile, pathOf } from './plugin.js'
import { type Run, type Runs, runAt, shown } from './trial.js'

/**
 * `npm run mutants -- [--only NAME[,NAME]] [--runs COUNT] [--json]`: puts one fault at a time into the sources and
 * runs the simulator until it finds it. Whoever changes the protocol, or the simulator, sees here whether the faults
 * that matter are still found. Exits with 1 when one survives.
 */

/** One for each core of a small machine: a trial keeps one busy. */
const LANES = 2

/** So many runs must pass first without a fault: otherwise nothing that is killed proves anything. */
const SOUND_RUNS = { fixed: 200, churn: 50 } as const

/** Whoever lives longer than this has survived: some faults of validation take thousands of short runs. */
const MOST_RUNS = { fixed: 20_000, churn: 200 } as const

/** How often a long trial says that it goes on. */
const PROGRESS_MS = 30_000

interface Outcome extends Pick<Mutant, 'name' | 'hazard' | 'says'> {
  /** The run that has killed it, and the checker, or the error, that has ended that run; absent where it survived. */
  readonly killer?: Run & { readonly by: string }
  readonly runs: number
  readonly seconds: number
}

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}; usage: npm run mutants -- [--only NAME[,NAME]] [--runs COUNT] [--json]\n`)
  process.exit(2)
}

const options = {
  only: { type: 'string' },
  runs: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const parsed = (): { readonly only?: string; readonly runs?: string; readonly json: boolean } => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const { only, runs: count, json } = parsed()
if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) {
  refuse(`--runs takes a whole number from 1, not ${JSON.stringify(count)}`)
}
const named = (name: string): Mutant =>
  mutants.find((each) => each.name === name) ?? refuse(`there is no mutant ${JSON.stringify(name)}`)
const chosen = only?.split(',').map(named) ?? mutants
// A fault that the sources have outgrown is told of now, not in an hour.
for (const mutant of chosen) mutated(mutant, readFileSync(pathOf(mutant), 'utf8'))

const say = (line: string): void => {
  const stream = json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}

const width = Math.max(...chosen.map(({ name }) => name.length))

const lineOf = ({ name, hazard, killer, runs, seconds }: Outcome): string => {
  const verdict = killer === undefined ? 'SURVIVED' : `killed by ${shown(killer)} (${killer.by})`
  return `${hazard.padEnd(4)} ${name.padEnd(width)} ${verdict} after ${runs} runs in ${seconds.toFixed(1)} s`
}

const profileOf = ({ profile = 'fixed' }: Runs): Profile => profile

const profiles = [...new Set(chosen.map(profileOf))]
say(`${chosen.length} mutants, ${LANES} at a time; before them runs without a fault, which must pass`)
const checkSound = async (profile: Profile): Promise<void> => {
  const ending = await examineSound(profile, SOUND_RUNS[profile])
  if (ending.kind === 'survived') return
  const run = shown(runAt(ending.index, { profile }))
  say(`${run} fails without any fault (${ending.by}): what is killed now proves nothing`)
  process.exit(1)
}
await Promise.all(profiles.map(checkSound))

/** The run that each trial under way has reached. */
const reached = new Map<Mutant, number>()

const tried = async (mutant: Mutant): Promise<Outcome> => {
  const start = performance.now()
  const profile = profileOf(mutant)
  const most = count === undefined ? MOST_RUNS[profile] : Number(count)
  // Groups of other sizes have not been run without a fault.
  const known = mutant.sizes === undefined ? SOUND_RUNS[profile] : 0
  const ending = await examine(mutant, most, known, (index) => reached.set(mutant, index))
  reached.delete(mutant)
  const { name, hazard, says } = mutant
  const about = { name, hazard, says, seconds: (performance.now() - start) / 1000 }
  if (ending.kind === 'survived') return { ...about, runs: most }
  const { index, by } = ending
  return { ...about, runs: index + 1, killer: { ...runAt(index, mutant), by } }
}

const progress = setInterval(() => {
  for (const [{ hazard, name }, index] of reached) {
    say(`${hazard.padEnd(4)} ${name.padEnd(width)} … alive after ${index} runs`)
  }
}, PROGRESS_MS)
const outcomes: Outcome[] = []
const queue = [...chosen]
const lane = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const outcome = await tried(next)
    outcomes.push(outcome)
    say(lineOf(outcome))
  }
}
await Promise.all(Array.from({ length: LANES }, lane))
clearInterval(progress)

const survivors = outcomes.filter(({ killer }) => killer === undefined)
if (json) process.stdout.write(`${JSON.stringify(outcomes, undefined, 2)}\n`)
else {
  const table = outcomes.toSorted((a, b) => b.runs - a.runs).map(lineOf)
  say(`\nThe longest-lived first:\n${table.join('\n')}\n`)
}
for (const { name, hazard, says } of survivors) say(`${hazard} ${name} survived. ${says}`)
say(`${outcomes.length - survivors.length} of ${outcomes.length} mutants killed`)
if (survivors.length > 0) process.exitCode = 1
