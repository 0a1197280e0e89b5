import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runWith } from './stage.js'

test.each([['--help'], ['-h'], ['help']])('%s tells the commands', async (flag) => {
  const { code, out, err } = await runWith([flag])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('usage: epaxos <command>')
  expect(out).toContain('relay')
})

test.each([['--help'], ['-h']])('a command followed by %s tells its own usage', async (flag) => {
  const { code, out, err } = await runWith(['relay', '--port', '1', flag])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('usage: epaxos relay')
})

test('--version tells the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await runWith(['--version'])).toEqual({ code: 0, out: version, err: '' })
})

test.each([
  [[], 'no command'],
  [['serve'], 'unknown command "serve"'],
  [['--verbose'], 'unknown command "--verbose"'],
])('%j is refused with exit code 2 and a reason', async (argv, reason) => {
  const { code, out, err } = await runWith(argv)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(reason)
  expect(err).toContain('usage: epaxos <command>')
})
