import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeRelayFrame, LIVENESS_QUESTION } from '../wire/index.js'
import type { Link } from './contract.js'
import { ManualClock } from './manual-clock.js'
import { JOINED, nextStatus, peer, type StrangeRelay, strangeRelay, until } from './stage.js'
import { webSocket } from './websocket.js'

const A = peer('a')
const B = peer('b')

/** Something to listen at that knows how many do. */
class Told {
  readonly #target = new EventTarget()
  listeners = 0

  readonly addEventListener = (type: string, listener: EventListener): void => {
    this.listeners++
    this.#target.addEventListener(type, listener)
  }

  readonly removeEventListener = (type: string, listener: EventListener): void => {
    this.listeners--
    this.#target.removeEventListener(type, listener)
  }

  tell(type: string, more: object = {}): void {
    this.#target.dispatchEvent(Object.assign(new Event(type), more))
  }
}

class TestDocument extends Told {
  visibilityState = 'visible'

  show(visibilityState: 'visible' | 'hidden'): void {
    this.visibilityState = visibilityState
    this.tell('visibilitychange')
  }
}

/** Its timers sleep, as those of a hidden page nearly do. */
class SleepingClock extends ManualClock {
  #now = 0

  override nowMs(): number {
    return this.#now
  }

  pass(ms: number): void {
    this.#now += ms
  }
}

let window: Told
let document: TestDocument
let clock: ManualClock
let relay: StrangeRelay
let links: Link[]

beforeEach(async () => {
  window = new Told()
  document = new TestDocument()
  vi.stubGlobal('addEventListener', window.addEventListener)
  vi.stubGlobal('removeEventListener', window.removeEventListener)
  vi.stubGlobal('document', document)
  clock = new ManualClock()
  relay = await strangeRelay()
  links = []
})

afterEach(() => {
  for (const link of links) link.close()
  vi.unstubAllGlobals()
})

const open = (url: string, time: ManualClock = clock): Link => {
  const link = webSocket({ clock: time, random: () => 1 })({ relay: url, room: 'room', self: A })
  links.push(link)
  return link
}

type Socket = Awaited<ReturnType<StrangeRelay['guest']>>['socket']

const seated = async (link: Link): Promise<Socket> => {
  const { socket } = await relay.guest()
  socket.send(encodeRelayFrame(JOINED))
  await until(link, ({ state }) => state === 'open')
  return socket
}

/** Ends the attempts under way until now, and shows that the next is not made before its time. */
const waits = async (link: Link): Promise<void> => {
  const socket = await seated(link)
  const told = nextStatus(link)
  socket.close()
  expect((await told).state).toBe('reconnecting')
}

describe('a link that waits for its next attempt makes it at once', () => {
  test.each([
    ['when the network is back', () => window.tell('online')],
    ['when somebody looks at the page', () => document.show('visible')],
    ['when the page comes out of the cache', () => window.tell('pageshow', { persisted: true })],
  ])('%s', async (_when, happens) => {
    const link = open(relay.url)
    await waits(link)
    happens()
    await seated(link)
    // The attempt that was due later is not made as well.
    const armed = clock.armed
    clock.advance(1000)
    expect([link.status().state, clock.armed]).toEqual(['open', armed])
  })

  test('but not when the page is hidden, or shown for the first time', async () => {
    const link = open(relay.url)
    await waits(link)
    const armed = clock.armed
    document.show('hidden')
    window.tell('pageshow', { persisted: false })
    expect(clock.armed).toBe(armed)
  })
})

test('an attempt that began without a network is begun anew when there is one, and not when the page is shown', async () => {
  const link = open(relay.url)
  const { socket } = await relay.guest()
  document.show('visible')
  expect(socket.readyState).toBe(socket.OPEN)
  window.tell('online')
  await once(socket, 'close')
  await seated(link)
})

describe('a link that seems to be open', () => {
  test.each([
    ['when the network has changed', () => window.tell('online')],
    ['when somebody looks at the page', () => document.show('visible')],
  ])('is asked %s, and left three seconds later if it is not', async (_when, happens) => {
    const link = open(relay.url)
    const asked = once(await seated(link), 'message')
    happens()
    expect(String((await asked)[0])).toBe(LIVENESS_QUESTION)
    clock.advance(2999)
    expect(link.status().state).toBe('open')
    clock.advance(1)
    expect(link.status()).toMatchObject({ state: 'reconnecting', reason: 'relay-unreachable' })
  })
})

describe('a link whose own timers sleep', () => {
  test('notices in five seconds that its relay is silent where somebody else tells the time', async () => {
    const sleeping = new SleepingClock()
    const link = open(relay.url, sleeping)
    await seated(link)
    for (let beat = 0; beat < 199; beat++) {
      sleeping.pass(25)
      link.tick?.()
    }
    expect(link.status().state).toBe('open')
    sleeping.pass(25)
    link.tick?.()
    expect(link.status()).toMatchObject({ state: 'reconnecting', reason: 'relay-unreachable' })
    // The next attempt does not wait for its timer either.
    sleeping.pass(250)
    link.tick?.()
    await seated(link)
  })

  test('does what is due whenever something arrives', async () => {
    const sleeping = new SleepingClock()
    const link = open(relay.url, sleeping)
    const socket = await seated(link)
    let asked = 0
    socket.on('message', (_bytes, binary) => {
      if (!binary) asked++
    })
    // Pieces of a packet whose rest never comes: given up after ten seconds, which a tick has to notice.
    socket.send(encodeRelayFrame({ kind: 'came', peer: B }))
    const piece = new Uint8Array(16_384)
    piece.set([0, 0, 0, 0, 0, 0, 0, 2])
    socket.send(encodeRelayFrame({ kind: 'datagram', peer: B, body: piece }))
    await until(link, ({ peers }) => peers.length === 1)
    for (let second = 0; second < 11; second++) {
      sleeping.pass(1000)
      const came = nextStatus(link)
      socket.send(encodeRelayFrame({ kind: 'came', peer: peer('c', second + 1) }))
      await came
    }
    expect(link.status()).toMatchObject({ state: 'open', counters: { framesDropped: 1 } })
    expect(asked).toBe(0)
  })

  test('does not blame its relay for the time that it slept itself', async () => {
    const sleeping = new SleepingClock()
    const link = open(relay.url, sleeping)
    await seated(link)
    for (let nap = 0; nap < 4; nap++) {
      sleeping.pass(60_000)
      link.tick?.()
    }
    expect(link.status().state).toBe('open')
  })
})

test('a link listens to the page while it is open, and no longer', async () => {
  expect([window.listeners, document.listeners]).toEqual([0, 0])
  const [closed, refused] = [open(relay.url), open(relay.url)]
  expect([window.listeners, document.listeners]).toEqual([4, 2])
  closed.close()
  closed.close()
  expect([window.listeners, document.listeners]).toEqual([2, 1])
  const { socket } = await relay.guest()
  socket.send(Uint8Array.of(99))
  await until(refused, ({ state }) => state === 'closed')
  expect([window.listeners, document.listeners]).toEqual([0, 0])
})
