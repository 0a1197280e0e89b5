import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** As `npm run sim -- …` does, from the checkout. */
const sim = async (...argv: string[]): Promise<{ code: number | null; out: string; err: string }> => {
  const child = spawn(process.execPath, ['tools/run.mjs', 'src/sim/cli.ts', ...argv])
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

it('runs a seed, and tells what happened', async () => {
  const { code, out, err } = await sim('--seed', '3', '--n', '1')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^\{"seed":3,"n":1,/)
  expect(out).toContain('1 runs in')
  expect(out).toContain('No violation.')
})

it.concurrent.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 9007199254740991, not "0"'],
  [['--n', '0'], '--n takes a whole number from 1 to 9, not "0"'],
  [['--n', '10'], '--n takes a whole number from 1 to 9, not "10"'],
  [['--n', ''], '--n takes a whole number from 1 to 9, not ""'],
  [['--seed', '-1'], '--seed takes a whole number from 0 to 9007199254740991, not "-1"'],
  [['--runs'], '--runs takes a whole number from 1 to 9007199254740991, not true'],
  [['--bogus'], 'there is no option "bogus"'],
  [['7'], 'there is no option "7"'],
])('%j is refused in one line, with exit code 2', async (argv, reason) => {
  expect(await sim(...argv)).toEqual({
    code: 2,
    out: '',
    err: `${reason}; usage: npm run sim -- [--seed FIRST] [--runs COUNT] [--n VOTERS]\n`,
  })
})
