import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkContract } from '../../src/testing/index.js'
import { webSocket } from '../../src/transport/websocket.js'
import type { Address } from '../../src/wire/index.js'
import { startWorkerd, type Workerd } from '../workerd.js'
import { RawLink } from './raw-link.js'

const entry = 'tools/edge/relay-worker.ts'

let workerd: Workerd
beforeAll(async () => {
  workerd = await startWorkerd({ entry })
})
afterAll(() => workerd.stop())

const address = (digit: string, incarnation = 1): Address => ({ replica: digit.repeat(32), incarnation })
const A = address('a')
const B = address('b')
const C = address('c')

let rooms = 0
const newRoom = (): string => `room ${++rooms}`

/** How many objects were ever made there. */
const made = async (): Promise<number> => Number(await (await fetch(`${workerd.url}/made`)).text())

const body = new Uint8Array([1, 2, 3])

describe('a relay in a Durable Object', () => {
  const open: Parameters<typeof linkContract>[0] = (options) => webSocket()({ ...options, relay: workerd.relay })
  // The largest packets take workerd a second on an idle machine, and several on a busy one.
  for (const { name, run } of linkContract(open, { deadlineMs: 20_000 })) {
    test(name, run)
  }

  test('says who was there, who comes and who goes', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    const b = await RawLink.join(workerd.relay, room, B)
    expect([a.peers, b.peers]).toEqual([[], [A]])
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: B })
    b.link.vanish()
    expect(await a.link.hear()).toEqual({ kind: 'went', peer: B })
  })

  test('closes who names another room than its URL does', async () => {
    const link = await RawLink.connect(workerd.relay, newRoom())
    link.say({ kind: 'join', room: newRoom(), self: A, token: '' })
    expect(await link.closed).toBe('unauthorized')
  })

  test('answers a request that is no upgrade, or names no room, with how to do it', async () => {
    expect((await fetch(workerd.url)).status).toBe(426)
    await expect(RawLink.connect(workerd.relay, '')).rejects.toThrow('400')
    await expect(RawLink.connect(workerd.relay, 'x'.repeat(129))).rejects.toThrow('400')
  })

  test('closes who does not join, though it gives signs of life', async () => {
    const link = await RawLink.connect(workerd.relay, newRoom())
    link.say('ping')
    expect(await link.closed).toBe('join-timeout')
  })
})

describe('a relay that was out of memory', () => {
  test('still has its sockets, each in its seat: what is said afterwards arrives, and nobody comes or goes', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    const b = await RawLink.join(workerd.relay, room, B)
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: B })
    await workerd.evict(room, 'hibernate')
    a.link.say({ kind: 'cast', peers: [B], body })
    expect(await b.link.hear()).toEqual({ kind: 'datagram', peer: A, body })
    const c = await RawLink.join(workerd.relay, room, C)
    expect(c.peers).toEqual([A, B])
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: C })
  })

  test('replaces an earlier life that it had seated before', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    await workerd.evict(room, 'hibernate')
    const again = await RawLink.join(workerd.relay, room, address('a', 2))
    expect(again.peers).toEqual([])
    expect(await a.link.closed).toBe('replaced')
  })

  test('notices who went meanwhile', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    const b = await RawLink.join(workerd.relay, room, B)
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: B })
    await workerd.evict(room, 'hibernate')
    b.link.vanish()
    expect(await a.link.hear()).toEqual({ kind: 'went', peer: B })
  })

  test('notices who closes meanwhile', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    const b = await RawLink.join(workerd.relay, room, B)
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: B })
    await workerd.evict(room, 'hibernate')
    b.link.close()
    expect(await a.link.hear()).toEqual({ kind: 'went', peer: B })
  })

  test('is not woken by questions for a sign of life, which are answered all the same', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    await workerd.evict(room, 'hibernate')
    const before = await made()
    a.link.say('ping')
    expect(await a.link.hear()).toBe('pong')
    expect(await made()).toBe(before)
    a.link.say({ kind: 'datagram', peer: B, body })
    const b = await RawLink.join(workerd.relay, room, B)
    expect(b.peers).toEqual([A])
    expect(await made()).toBe(before + 1)
  })

  test('is found again by links whose sockets were cut', async () => {
    const room = newRoom()
    const a = await RawLink.join(workerd.relay, room, A)
    await workerd.evict(room, 'close')
    await a.link.closed
    const again = await RawLink.join(workerd.relay, room, A)
    expect(again.peers).toEqual([])
  })
})

describe('a relay that asks for a token, and serves some pages only', () => {
  let guarded: Workerd
  beforeAll(async () => {
    guarded = await startWorkerd({ entry, bindings: { TOKEN: 'open', ORIGIN: 'https://example.org' } })
  })
  afterAll(() => guarded.stop())

  test('lets in who has one, and nobody else', async () => {
    const room = newRoom()
    const a = await RawLink.join(guarded.relay, room, A, 'open')
    const stranger = await RawLink.connect(guarded.relay, room)
    stranger.say({ kind: 'join', room, self: B, token: 'closed' })
    expect(await stranger.closed).toBe('unauthorized')
    const c = await RawLink.join(guarded.relay, room, C, 'open')
    expect(c.peers).toEqual([A])
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: C })
  })

  test('wakes to close who stays for longer than its token holds', async () => {
    const room = newRoom()
    const endsAtMs = Date.now() + 1500
    const a = await RawLink.join(guarded.relay, room, A, 'open')
    const b = await RawLink.join(guarded.relay, room, B, `open@${endsAtMs}`)
    expect(await a.link.hear()).toEqual({ kind: 'came', peer: B })
    await guarded.evict(room, 'hibernate')
    expect(await b.link.closed).toBe('token-expired')
    expect(Date.now()).toBeGreaterThanOrEqual(endsAtMs)
    expect(await a.link.hear()).toEqual({ kind: 'went', peer: B })
  })

  test('closes the pages of others, and takes programs that are no pages', async () => {
    const room = newRoom()
    const page = await RawLink.connect(guarded.relay, room, 'https://example.com')
    expect(await page.closed).toBe('origin-refused')
    const own = await RawLink.connect(guarded.relay, room, 'https://example.org')
    own.say({ kind: 'join', room, self: A, token: 'open' })
    expect(await own.hear()).toMatchObject({ kind: 'joined', peers: [] })
    expect((await RawLink.join(guarded.relay, room, B, 'open')).peers).toEqual([A])
  })
})
