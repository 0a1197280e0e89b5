import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cleanUp, Visitor } from '../relay/node/stage.js'
import { startRelay } from '../relay/node.js'
import { A, B, joined } from '../relay/stage.js'
import { runWith } from './stage.js'

const SECRET = '0123456789abcdef0123456789abcdef'
let folder = ''
let secretFile = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epaxos-cli-'))
  secretFile = join(folder, 'secret')
  await writeFile(secretFile, `${SECRET}\n`)
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(cleanUp)

/** Runs a relay on a free port, until the visit is over. */
const relayWith = (argv: readonly string[], visit: (url: string) => Promise<void>, env = {}) =>
  runWith(['relay', '--port', '0', ...argv], (line) => visit(/ws:\S+/.exec(line)?.[0] ?? ''), env)

test('runs a relay until it is asked to stop, telling its URL, and then lets its sockets turn to another', async () => {
  const visitors: Visitor[] = []
  const { code, out, err } = await relayWith(['--log', 'none'], async (url) => {
    visitors.push(await Visitor.join(url, A))
  })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^relay listening on ws:\/\/127\.0\.0\.1:\d+$/)
  expect(await visitors[0]?.closed).toBe(4012)
})

test('logs to standard error, a line for people or an object for programs', async () => {
  const visit = async (url: string): Promise<void> => {
    const visitor = new Visitor(url, { origin: 'https://example.com' })
    expect(await visitor.closed).toBe(4011)
  }
  const argv = ['--origin', 'https://example.org', '--origin', 'https://example.net', '--drain-seconds', '0']
  const forPeople = await relayWith(argv, visit)
  expect(forPeople.err.split('\n')).toEqual([
    'socket closed reason=origin-refused address=127.0.0.1',
    'relay draining sockets=0 rooms=0 graceMs=0',
  ])
  const forPrograms = await relayWith([...argv, '--log', 'json'], visit)
  expect(JSON.parse(forPrograms.err.split('\n')[0] ?? '')).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'info',
    message: 'socket closed',
    reason: 'origin-refused',
    address: '127.0.0.1',
  })
})

test('asks for tokens that are signed with the secret in a file', async () => {
  const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url')
  const sign = (iss: string): string => {
    const signed = `${part({ alg: 'HS256' })}.${part({ room: 'room', iss, exp: Date.now() / 1000 + 60 })}`
    return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
  }
  const argv = ['--jwt-secret-file', secretFile, '--jwt-issuer', 'app', '--log', 'none']
  const { code } = await relayWith(argv, async (url) => {
    expect(await (await Visitor.ask(url, A, sign('app'))).next()).toEqual(joined())
    expect(await (await Visitor.ask(url, B, sign('other'))).closed).toBe(4009)
    expect(await (await Visitor.ask(url, B)).closed).toBe(4009)
  })
  expect(code).toBe(0)
})

test('holds to the limits that it is given, and tells its metrics', async () => {
  const argv = [
    '--max-peers-per-room',
    '1',
    '--max-sockets-per-address',
    '2',
    '--trust-proxy',
    'x-real-ip',
    '--metrics',
  ]
  const { code } = await relayWith([...argv, '--log', 'none'], async (url) => {
    await Visitor.join(url, A)
    expect(await (await Visitor.ask(url, B)).closed).toBe(4005)
    const headers = { 'x-real-ip': '192.0.2.1' }
    const visitors = [1, 2, 3].map(() => new Visitor(url, { headers }))
    expect(await Promise.race(visitors.map(({ closed }) => closed))).toBe(4013)
    const metrics = await (await fetch(`${url.replace('ws:', 'http:')}/metrics`)).text()
    expect(metrics).toContain('epaxos_relay_closed_total{reason="room-full"} 1')
  })
  expect(code).toBe(0)
})

test('goes on by itself while its Redis is out of reach, and says so without the password', async () => {
  const vacant = await startRelay()
  await vacant.close()
  const url = `redis://user:s3cret@127.0.0.1:${new URL(vacant.url).port}`
  const { code, err } = await relayWith(
    ['--metrics'],
    async (relay) => {
      await Visitor.join(relay, A)
      const metrics = await (await fetch(`${relay.replace('ws:', 'http:')}/metrics`)).text()
      expect(metrics).toContain('epaxos_relay_service_up 0')
    },
    { EPAXOS_REDIS_URL: url },
  )
  expect(code).toBe(0)
  expect(err).not.toContain('s3cret')
})

test('says that a port is in use, and what to do', async () => {
  const relay = await startRelay()
  const { port } = new URL(relay.url)
  const { code, out, err } = await runWith(['relay', '--port', port])
  await relay.close()
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(`port ${port} on 127.0.0.1 is in use: choose another with --port`)
})

test.each([
  [['now'], "Unexpected argument 'now'"],
  [['--verbose'], "Unknown option '--verbose'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', 'http'], '--port "http" is not a number from 0 to 65535'],
  [['--port', '65536'], '--port "65536" is not a number from 0 to 65535'],
  [['--host', ''], '--host is empty: name an address, 0.0.0.0 for all of them'],
  // An address kept for documentation: no machine has it.
  [['--host', '192.0.2.1'], "can't listen on 192.0.2.1 port 8787"],
  [['--origin', 'example.org'], '"example.org" is no origin'],
  [['--max-sockets', '0'], '--max-sockets "0" is not a number from 1 to'],
  [['--max-peers-per-room', '513'], '--max-peers-per-room "513" is not a number from 1 to 512'],
  [['--drain-seconds', '-1'], "'--drain-seconds' argument is ambiguous"],
  [['--drain-seconds', 'soon'], '--drain-seconds "soon" is not a number'],
  [['--jwt-secret-file', '/nowhere/secret'], "--jwt-secret-file /nowhere/secret can't be read"],
  [['--jwt-secret-file', 'package.json', '--jwks-url', 'https://example.org'], 'take one'],
  [['--jwks-url', 'http://example.org/keys'], 'https:// needed'],
  [['--jwt-issuer', 'app'], 'need tokens'],
  [['--redis', 'http://example.org'], 'redis:// or rediss:// needed'],
  [['--log', 'loud'], '--log "loud" is none of text, json, none'],
])('%j is refused with exit code 2 and a reason', async (argv, reason) => {
  const { code, out, err } = await runWith(['relay', ...argv])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(reason)
  expect(err).toContain('usage: epaxos relay')
})
