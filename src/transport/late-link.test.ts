import { expect, test } from 'vitest'
import type { Link, LinkStatus } from './contract.js'
import { Late } from './late.js'
import { LateLink } from './late-link.js'
import { localNetwork } from './local.js'
import { ManualClock } from './manual-clock.js'
import { peer, until } from './stage.js'

const [A, B] = [peer('a'), peer('b')]

interface Loading {
  readonly late: LateLink<string>
  readonly clock: ManualClock
  /** Answers the oldest request for the program that has no answer. */
  readonly loaded: () => Promise<void>
  readonly failed: () => Promise<void>
  readonly asked: () => number
  /** The link itself, once it was opened. */
  readonly opened: () => Link | undefined
  readonly other: Link
}

/** A late link of A to a network where B is. */
const loading = (): Loading => {
  const { transport } = localNetwork()
  const open = (self: typeof A): Link => transport({ relay: undefined, room: 'room', self })
  const requests: { resolve(program: string): void; reject(cause: unknown): void }[] = []
  const program = new Late('links', () => new Promise<string>((resolve, reject) => requests.push({ resolve, reject })))
  const clock = new ManualClock()
  let [asked, opened]: [number, Link | undefined] = [0, undefined]
  const late = new LateLink(
    program,
    () => {
      opened = open(A)
      return opened
    },
    { clock, random: () => 1 },
  )
  const answer = async (with_: (request: (typeof requests)[number]) => void): Promise<void> => {
    const request = requests[asked++]
    if (request === undefined) throw new Error('nobody asks for the program')
    with_(request)
    await program.load().catch(() => {})
  }
  return {
    late,
    clock,
    loaded: () => answer(({ resolve }) => resolve('the program')),
    failed: () => answer(({ reject }) => reject(new TypeError('offline'))),
    asked: () => requests.length,
    opened: () => opened,
    other: open(B),
  }
}

test('until its program is there it connects, has no peers, and accepts nothing', () => {
  const { late } = loading()
  expect(late.status()).toMatchObject({ state: 'connecting', reason: undefined, peers: [] })
  expect(late.send(B, Uint8Array.of(1))).toBe(false)
  expect(late.bufferedBytes(B)).toBe(0)
  expect(late.report()).toEqual([])
  expect(late.link).toBeUndefined()
})

test('who listens before it is there hears what the link tells, and not any more after having said so', async () => {
  const { late, loaded, other } = loading()
  const [peers, packets, silent]: [unknown[], unknown[], unknown[]] = [[], [], []]
  late.onPeer((...event) => peers.push(event))
  late.onMessage((...packet) => packets.push(packet))
  const unsubscribe = [late.onMessage((...packet) => silent.push(packet)), late.onPeer(() => silent.push('peer'))]
  unsubscribe[1]?.()
  await loaded()
  await until(late, ({ peers }) => peers.length === 1)
  unsubscribe[0]?.()
  const arrived = new Promise((resolve) => late.onMessage(resolve))
  other.send(A, Uint8Array.of(7))
  await arrived
  expect(peers).toEqual([[B, true]])
  expect(packets).toEqual([[B, Uint8Array.of(7)]])
  expect(silent).toEqual([])
  expect(late.send(B, Uint8Array.of(8))).toBe(true)
})

test('whom it is to reach directly is told to the link once there is one', async () => {
  const { transport } = localNetwork()
  const wanted: unknown[] = []
  const program = new Late('links', async () => (replicas: readonly string[]) => wanted.push(replicas))
  const open = (direct: (replicas: readonly string[]) => void): Link =>
    Object.assign(transport({ relay: undefined, room: 'room', self: A }), { direct })
  const late = new LateLink(program, open, { clock: new ManualClock(), random: () => 1 })
  late.direct([B.replica])
  late.direct(['c'.repeat(32)])
  await program.load()
  late.direct([])
  expect(wanted).toEqual([['c'.repeat(32)], []])
})

test('a program that can’t be had is asked for again, ever more slowly, and said to be what is missing', async () => {
  const { late, clock, failed, loaded, asked } = loading()
  const told: LinkStatus[] = []
  late.onStatus((status) => told.push(status))
  await failed()
  expect(late.status()).toMatchObject({ state: 'reconnecting', reason: 'not-loaded', peers: [] })
  clock.advance(500)
  expect(asked()).toBe(2)
  await failed()
  clock.advance(999)
  expect(asked()).toBe(2)
  clock.advance(1)
  expect(asked()).toBe(3)
  await loaded()
  await until(late, ({ state }) => state === 'open')
  expect(told.map(({ state }) => state)).toEqual(['reconnecting', 'connecting', 'open', 'open'])
})

test('closed before its program is there, it stays closed, and no link is opened', async () => {
  const { late, clock, loaded, opened } = loading()
  const told: unknown[] = []
  late.onStatus((status) => told.push(status))
  late.close()
  await loaded()
  expect(opened()).toBeUndefined()
  expect(late.status()).toMatchObject({ state: 'closed', reason: undefined, peers: [] })
  expect(told).toEqual([])
  expect(clock.armed).toBe(0)
})

test('closed while it waits to try again, it tries no more', async () => {
  const { late, clock, failed, asked } = loading()
  await failed()
  late.close()
  late.close()
  expect(clock.armed).toBe(0)
  clock.advance(60_000)
  expect(asked()).toBe(1)
})

test('closed once it is there, it closes the link', async () => {
  const { late, loaded, opened } = loading()
  await loaded()
  late.close()
  expect(opened()?.status().state).toBe('closed')
  expect(late.status().state).toBe('closed')
})
