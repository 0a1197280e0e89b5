import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const node = async (...argv: string[]): Promise<Ended> => {
  const child = spawn(process.execPath, argv)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

/** As `npm run sim -- …` does, from the checkout. */
const sim = (...argv: string[]): Promise<Ended> => node('tools/run.mjs', 'src/sim/cli.ts', ...argv)

/** The same over a map that never finds anything. */
const FORGETFUL = `import { runnerImport } from 'vite'
const transform = (source, id) =>
  id.endsWith('/state/rows.ts') ? source.replace('return this.#rows.get(key)?.value', 'return undefined') : undefined
const plugins = [{ name: 'forgetful', enforce: 'pre', transform }]
await runnerImport('src/sim/cli.ts', { configFile: false, logLevel: 'warn', plugins })`

const forgetful = (...argv: string[]): Promise<Ended> => node('--input-type=module', '--eval', FORGETFUL, '--', ...argv)

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-sim-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

it('runs a seed, writes down what happened and what clients saw, and tells the hash', () =>
  inFolder(async (folder) => {
    const [trace, history] = [join(folder, 'trace.txt'), join(folder, 'history.jsonl')]
    const { code, out, err } = await sim('--seed', '3', '--voters', '3', '--trace', trace, '--history', history)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^\{"seed":3,"n":3,.*"trace":"[0-9a-f]{16}"\}\n/)
    expect(out).toContain('no violation')
    expect(out).toMatch(/recoveries: .*rival –/)
    expect(await readFile(trace, 'utf8')).toMatch(/^(\d+ \S+ \S.*\n)+$/)
    const lines = (await readFile(history, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('op')
  }))

it('adds up many runs, from fresh seeds that it names before it starts, for machines', async () => {
  const { code, out, err } = await sim('--runs', '2', '--voters', '1,2', '--fresh', '--json')
  expect(code).toBe(0)
  const all = JSON.parse(out)
  expect(all).toMatchObject({ runs: 4, voters: [1, 2], recoveries: { tight: null }, unreached: [] })
  // How far it is, it says only where it takes long.
  expect(err.replaceAll(/^\d of 4 runs\n/gm, '')).toBe(`first seed ${all.first}\n`)
})

it('takes a seed alone as one run of five voters, up to the largest seed there is', async () => {
  const { code, out } = await sim('--seed', '9007199254740991', '--json')
  expect(code).toBe(0)
  const report = JSON.parse(out)
  expect(report).toMatchObject({ seed: Number.MAX_SAFE_INTEGER, n: 5, undecided: false, unreached: [] })
  expect(report.answered).toBeGreaterThan(0)
  expect(report.answeredPerSecond).toBeGreaterThan(0)
})

it('tells of a violation, and how to replay it, in the one document that it prints, and still writes the history', () =>
  inFolder(async (folder) => {
    const history = join(folder, 'history.jsonl')
    const { code, out, err } = await forgetful('--seed', '1', '--voters', '3', '--json', '--history', history)
    expect(code).toBe(1)
    const replay = 'npm run sim -- --seed 1 --voters 3'
    const { violation } = JSON.parse(out)
    expect(violation).toMatchObject({ checker: 'linearizability', seed: 1, voters: 3, replay })
    expect(err).toContain(`${violation.message}\nreplay: ${replay}\n`)
    expect((await readFile(history, 'utf8')).split('\n').length).toBeGreaterThan(5)
  }))

it('tells of a violation people, too', async () => {
  const { code, out, err } = await forgetful('--seed', '1', '--voters', '3')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain('\nreplay: npm run sim -- --seed 1 --voters 3\n')
})

it('runs the churn profile: a seed alone is one run, whose trace and history are written down', () =>
  inFolder(async (folder) => {
    const [trace, history] = [join(folder, 'trace.txt'), join(folder, 'history.jsonl')]
    const files = ['--trace', trace, '--history', history]
    const { code, out, err } = await sim('--profile', 'churn', '--seed', '3', ...files)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^\{"seed":3,"policy":.*"trace":"[0-9a-f]{16}"\}\n/)
    expect(out).toMatch(/of the churn profile: no violation\.\n.*\nlife: epochs [1-9]/)
    expect(await readFile(trace, 'utf8')).toMatch(/^(\d+ \S+ \S.*\n)+$/)
    expect((await readFile(history, 'utf8')).split('\n').length).toBeGreaterThan(5)
  }))

it('adds up runs of the churn profile, for machines', async () => {
  const { code, out } = await sim('--profile', 'churn', '--runs', '2', '--fresh', '--json')
  expect(code).toBe(0)
  const all = JSON.parse(out)
  expect(all).toMatchObject({ profile: 'churn', runs: 2, unreached: [] })
  expect(Object.keys(all.life)).toEqual(expect.arrayContaining(['epochs', 'removals', 'snapshots resumed', 'voids']))
})

it('tells of a violation in the churn profile, and how to replay it', async () => {
  const { code, out } = await forgetful('--profile', 'churn', '--seed', '3', '--json')
  expect(code).toBe(1)
  const replay = 'npm run sim -- --profile churn --seed 3'
  expect(JSON.parse(out).violation).toMatchObject({ checker: 'linearizability', seed: 3, replay })
})

it('says how it is used where it is asked', async () => {
  const { code, out, err } = await sim('--help')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^usage: npm run sim/)
})

it.concurrent.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 9007199254740991, not "0"'],
  [['--voters', '3,10'], '--voters takes a whole number from 1 to 9, not "10"'],
  [['--voters', ''], '--voters takes a whole number from 1 to 9, not ""'],
  [['--seed', '-1'], '--seed takes a whole number from 0 to 9007199254740991, not "-1"'],
  [['--seed', '9007199254740991', '--runs', '2'], 'the last seed would be above 9007199254740991'],
  [['--seed', '1', '--fresh'], '--seed and --fresh exclude each other'],
  [['--fresh=0'], '--fresh takes no value'],
  [['--json=false'], '--json takes no value'],
  [['--runs'], '--runs takes a whole number from 1 to 9007199254740991, not true'],
  [['--runs', '2', '--trace', 'x'], '--trace and --history are for one run: one seed, one number of voters'],
  [['--seed', '1', '--trace'], '--trace takes a file'],
  [['--profile', 'calm'], '--profile takes "churn", not "calm"'],
  [['--profile'], '--profile takes "churn", not true'],
  [['--profile', 'churn', '--voters', '3'], '--profile churn and --voters exclude each other'],
  [['--bogus'], 'there is no option "bogus"'],
  [['7'], 'there is no option "7"'],
])('%j is refused in one line, with exit code 2, and how it is used', async (argv, reason) => {
  const { code, out, err } = await sim(...argv)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err.split('\n')[0]).toBe(reason)
  expect(err).toContain('usage: npm run sim')
})

it.concurrent.each(['trace', 'history'])(
  'a %s that cannot be written is refused in one line before it runs',
  async (name) => {
    const { code, out, err } = await sim('--seed', '1', `--${name}`, tmpdir())
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(new RegExp(`^--${name}: EISDIR.*\\n$`))
  },
)
