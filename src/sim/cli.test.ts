import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** As `npm run sim -- …` does, from the checkout. */
const sim = async (...argv: string[]): Promise<{ code: number | null; out: string; err: string }> => {
  const child = spawn(process.execPath, ['tools/run.mjs', 'src/sim/cli.ts', ...argv])
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

it('runs a seed, writes down what happened and what clients saw, and tells the hash', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-sim-'))
  try {
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
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('adds up many runs, from fresh seeds that it names, for machines', async () => {
  const { code, out } = await sim('--runs', '2', '--voters', '1,2', '--fresh', '--json')
  expect(code).toBe(0)
  const all = JSON.parse(out)
  expect(all).toMatchObject({ runs: 4, voters: [1, 2], recoveries: { tight: null } })
  expect(all.first).toBeGreaterThan(0)
})

it.concurrent.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 9007199254740991, not "0"'],
  [['--voters', '3,10'], '--voters takes a whole number from 1 to 9, not "10"'],
  [['--voters', ''], '--voters takes a whole number from 1 to 9, not ""'],
  [['--seed', '-1'], '--seed takes a whole number from 0 to 9007199254740991, not "-1"'],
  [['--runs'], '--runs takes a whole number from 1 to 9007199254740991, not true'],
  [['--runs', '2', '--trace', 'x'], '--trace and --history are for one run: one seed, one number of voters'],
  [['--bogus'], 'there is no option "bogus"'],
  [['7'], 'there is no option "7"'],
])('%j is refused in one line, with exit code 2', async (argv, reason) => {
  const { code, out, err } = await sim(...argv)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err.split('\n')[0]).toBe(reason)
  expect(err).toContain('usage: npm run sim')
})
