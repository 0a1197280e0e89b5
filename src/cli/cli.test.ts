import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startRelay } from '../relay/node.js'
import { type CliIo, run } from './cli.js'

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line that is asked to stop as soon as `whenListening` is through. */
const runWith = async (
  argv: string[],
  whenListening: (line: string) => Promise<void> = async () => {},
): Promise<Outcome> => {
  const [out, err]: [string[], string[]] = [[], []]
  let stop = (): void => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  let used = Promise.resolve()
  const io: CliIo = {
    out: (line) => {
      out.push(line)
      used = whenListening(line).finally(stop)
    },
    err: (line) => void err.push(line),
    stop: () => stopped,
  }
  const code = await run(argv, io)
  await used
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('epaxos relay', () => {
  test('runs a relay until it is asked to stop, telling its URL', async () => {
    let closeCode: Promise<number> | undefined
    const { code, out, err } = await runWith(['relay', '--port', '0'], async (line) => {
      const ws = new WebSocket(/ws:\S+/.exec(line)?.[0] ?? '')
      closeCode = new Promise((resolve) => ws.once('close', resolve))
      await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
    })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^relay listening on ws:\/\/127\.0\.0\.1:\d+$/)
    expect(await closeCode).toBe(1001)
  })

  test('says that a port is in use, and what to do', async () => {
    const relay = await startRelay()
    const { port } = new URL(relay.url)
    const { code, out, err } = await runWith(['relay', '--port', port])
    await relay.close()
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`port ${port} on 127.0.0.1 is in use: choose another with --port`)
  })
})

test.each([['--help'], ['-h'], ['help'], ['relay', '--help']])('%s %s tells the usage', async (...argv) => {
  const { code, out, err } = await runWith(argv)
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
  [['relay', 'now'], 'unexpected argument "now"'],
  [['relay', '--verbose'], "Unknown option '--verbose'"],
  [['relay', '--port'], "Option '--port <value>' argument missing"],
  [['relay', '--port', 'http'], '--port "http" is not a number from 0 to 65535'],
  [['relay', '--port', '65536'], '--port "65536" is not a number from 0 to 65535'],
  [['relay', '--host', ''], '--host is empty: name an address, 0.0.0.0 for all of them'],
  // An address kept for documentation: no machine has it.
  [['relay', '--host', '192.0.2.1'], "can't listen on 192.0.2.1 port 8787"],
])('%j is refused with exit code 2 and a reason', async (argv, reason) => {
  const { code, out, err } = await runWith(argv)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(reason)
  expect(err).toContain('usage: epaxos relay')
})
