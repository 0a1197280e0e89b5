import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { AuthorizeRequest, Verdict } from '../authorize.js'
import type { Elsewhere, ElsewhereEvents } from '../elsewhere.js'
import { startRelay } from '../node.js'
import { A, B, C, datagram, joined } from '../stage.js'
import type { RelayLogger } from './log.js'
import type { ElsewhereCounters } from './options.js'
import { cleanUp, relayWith, Visitor } from './stage.js'

afterEach(cleanUp)

const httpOf = (url: string, path: string): string => url.replace('ws:', 'http:') + path

/** A logger that keeps what it is told. */
const kept = (): { logger: RelayLogger; lines: unknown[][] } => {
  const lines: unknown[][] = []
  const line =
    (level: string) =>
    (...said: unknown[]): void =>
      void lines.push([level, ...said])
  return { lines, logger: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') } }
}

describe('a relay with a doorkeeper', () => {
  test('asks for each join who it is and where it comes from, and lets in whom it is told to', async () => {
    const asked: AuthorizeRequest[] = []
    const { url } = await relayWith({
      authorize: async (request) => {
        asked.push(request)
        return { admitted: request.token === 'key' } as Verdict
      },
    })
    const a = await Visitor.ask(url, A, 'key', { origin: 'https://example.org' })
    expect(await a.next()).toEqual(joined())
    const b = await Visitor.ask(url, B, 'lock')
    expect(await b.closed).toBe(4009)
    expect(asked).toEqual([
      { room: 'room', token: 'key', self: A, address: '127.0.0.1', origin: 'https://example.org' },
      { room: 'room', token: 'lock', self: B, address: '127.0.0.1', origin: undefined },
    ])
  })

  test('says why to its log, not to the link, and never the token', async () => {
    const { logger, lines } = kept()
    const { url } = await relayWith({
      logger,
      authorize: ({ token }) => {
        if (token === 'broken') throw new Error('the database is away')
        return { admitted: false, reason: 'token-expired', detail: 'since yesterday' }
      },
    })
    expect(await (await Visitor.ask(url, A, 'old')).closed).toBe(4010)
    expect(await (await Visitor.ask(url, A, 'broken')).closed).toBe(4015)
    const from = { room: 'room', address: '127.0.0.1' }
    expect(lines).toEqual([
      ['info', 'join refused', { ...from, reason: 'token-expired', detail: 'since yesterday' }],
      ['error', 'authorize failed: nobody is let in', { ...from, error: 'Error: the database is away' }],
      ['info', 'socket closed', { reason: 'unavailable', address: '127.0.0.1' }],
    ])
  })
})

describe('a relay for certain pages', () => {
  const origins = ['https://example.org', 'http://localhost:5173']

  test('closes those of others with a reason that a page can read, and takes its own and programs', async () => {
    const relay = await relayWith({ origins })
    for (const origin of ['https://example.com', 'https://example.org.evil.net', 'http://example.org', 'null']) {
      expect(await new Visitor(relay.url, { origin }).closed).toBe(4011)
    }
    await Visitor.join(relay.url, A, { origin: 'http://localhost:5173' })
    await Visitor.join(relay.url, B)
    expect(relay.counters().closed).toEqual({ 'origin-refused': 4 })
  })

  test.each(['https://example.org/', 'https://example.org/app', 'example.org', '*', 'null'])(
    'refuses to start for %s, which is no origin',
    async (origin) => {
      await expect(startRelay({ origins: [origin] })).rejects.toThrow(/is no origin/)
    },
  )
})

describe('where sockets come from', () => {
  test('is their connection, whatever their headers say', async () => {
    const { url } = await relayWith({ limits: { socketsPerAddress: 1 } })
    await Visitor.join(url, A, { headers: { 'x-forwarded-for': '192.0.2.1' } })
    expect(await new Visitor(url, { headers: { 'x-forwarded-for': '192.0.2.2' } }).closed).toBe(4013)
  })

  test('is what the trusted proxy says last', async () => {
    const { url } = await relayWith({ limits: { socketsPerAddress: 1 }, trustProxy: 'X-Forwarded-For' })
    await Visitor.join(url, A, { headers: { 'x-forwarded-for': '198.51.100.9, 192.0.2.1' } })
    await Visitor.join(url, B, { headers: { 'x-forwarded-for': '192.0.2.2' } })
    expect(await new Visitor(url, { headers: { 'x-forwarded-for': '203.0.113.5, 192.0.2.1' } }).closed).toBe(4013)
    // No address: that of the connection, as for one without the header.
    await Visitor.join(url, C, { headers: { 'x-forwarded-for': 'somewhere' } })
    expect(await new Visitor(url).closed).toBe(4013)
  })
})

describe('a relay that drains', () => {
  test('closes those that are here as draining, refuses who comes, and says so to its balancer', async () => {
    const relay = await relayWith()
    const [a, idle] = [await Visitor.join(relay.url, A), new Visitor(relay.url)]
    await once(idle.ws, 'open')
    expect((await fetch(httpOf(relay.url, '/healthz'))).status).toBe(200)
    await Promise.all([relay.drain({ graceMs: 0 }), relay.drain({ graceMs: 60_000 })])
    expect([await a.closed, await idle.closed]).toEqual([4012, 4012])
    const late = new Visitor(relay.url)
    const [, refused] = await once(late.ws, 'unexpected-response')
    expect(refused.statusCode).toBe(503)
    const health = await fetch(httpOf(relay.url, '/healthz'))
    expect([health.status, await health.text()]).toEqual([503, 'draining\n'])
    expect(relay.metrics()).toMatch(/^epaxos_relay_upgrades_refused_total 1$/m)
    expect(relay.counters()).toMatchObject({ sockets: 0, rooms: 0, closed: { draining: 2 } })
  })

  test('takes its time, room by room, unless it is closed meanwhile', async () => {
    const relay = await startRelay()
    const a = await Visitor.join(relay.url, A)
    const b = new Visitor(relay.url)
    await once(b.ws, 'open')
    b.send({ kind: 'join', self: B, token: '', room: 'other' })
    await b.next()
    const drained = relay.drain({ graceMs: 600_000 })
    expect(await a.closed).toBe(4012)
    b.ws.send('ping')
    expect(await b.next()).toBe('pong')
    await relay.close()
    await drained
    expect(await b.closed).toBe(1001)
  })
})

describe('metrics', () => {
  const LINE =
    /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? [-+]?[0-9.]+(e[-+]?[0-9]+)?$/

  test('are there for who asked for them, in lines that Prometheus reads, each under its type', async () => {
    const relay = await relayWith({ metrics: true })
    const a = await Visitor.join(relay.url, A)
    const b = await Visitor.join(relay.url, B)
    await a.next()
    a.send(datagram(B, 1))
    await b.next()
    a.ws.send('nonsense')
    await a.closed
    const response = await fetch(httpOf(relay.url, '/metrics'))
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await response.text()).split('\n')
    expect(lines.pop()).toBe('')
    const types = new Map<string, string>()
    for (const line of lines) {
      const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? []
      if (name !== undefined && type !== undefined) {
        expect(types.has(name)).toBe(false)
        types.set(name, type)
      } else if (!line.startsWith('# HELP ')) {
        expect(line).toMatch(LINE)
        const family = /^\w+/.exec(line)?.[0] ?? ''
        expect(types.has(family) || types.get(family.replace(/_(bucket|sum|count)$/, '')) === 'histogram').toBe(true)
      }
    }
    for (const [name, type] of types) expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(lines).toEqual(
      expect.arrayContaining([
        'epaxos_relay_sockets 1',
        'epaxos_relay_rooms 1',
        'epaxos_relay_joins_total 2',
        // Two joins, a datagram, and nonsense; two lists, the coming, the datagram, and the going.
        'epaxos_relay_frames_total{direction="in"} 4',
        'epaxos_relay_frames_total{direction="out"} 5',
        'epaxos_relay_frames_forwarded_total 1',
        'epaxos_relay_closed_total{reason="protocol-error"} 1',
        'epaxos_relay_closed_total{reason="rate-exceeded"} 0',
        'epaxos_relay_draining 0',
      ]),
    )
  })

  test('are not told to strangers unless the relay is told to', async () => {
    const { url } = await relayWith()
    expect((await fetch(httpOf(url, '/metrics'))).status).toBe(426)
  })
})

test('what is cast reaches all who read, while one who has stopped reading loses it alone', async () => {
  const relay = await relayWith({ limits: { outgoingBytes: 100_000 } })
  const [a, stuck, c] = [
    await Visitor.join(relay.url, A),
    await Visitor.join(relay.url, B),
    await Visitor.join(relay.url, C),
  ]
  stuck.ws.pause()
  const body = new Uint8Array(16_000)
  // The operating system takes some megabytes before anything waits in the relay.
  let sent = 0
  for (; relay.counters().framesDropped < 10; sent++) {
    a.send({ kind: 'cast', peers: [B, C], body: body.fill(sent & 255) })
    expect(await c.next()).toMatchObject({ kind: 'datagram', peer: A, body: { 0: sent & 255, 15999: sent & 255 } })
  }
  expect(relay.counters().framesForwarded).toBe(2 * sent - relay.counters().framesDropped)
  expect(relay.counters().closed).toEqual({})
  stuck.ws.resume()
})

test('the other relays of a service are told who comes, counted, and closed with the relay', async () => {
  const told: string[] = []
  const counters: ElsewhereCounters = {
    up: true,
    relays: 2,
    published: 3,
    received: 4,
    dropped: 5,
    malformed: 6,
    unplaced: 7,
  }
  let events: ElsewhereEvents | undefined
  const others: Elsewhere = {
    joined: (room) => void told.push(`joined ${room}`),
    left: (room) => void told.push(`left ${room}`),
    peers: () => [C],
    forward: () => true,
  }
  const relay = await startRelay({
    elsewhere: (given) => {
      events = given
      return { ...others, counters: () => counters, close: async () => void told.push('closed') }
    },
  })
  const a = await Visitor.ask(relay.url, A)
  expect(await a.next()).toEqual(joined(C))
  events?.arrived('room', 'datagram', C, [A], Uint8Array.of(1))
  expect(await a.next()).toEqual(datagram(C, 1))
  expect(relay.metrics()).toMatch(/^epaxos_relay_service_up 1$/m)
  expect(relay.metrics()).toMatch(/^epaxos_relay_service_unplaced_total 7$/m)
  await relay.close()
  expect(told).toEqual(['joined room', 'left room', 'closed'])
})
