import { type Relay, startRelay } from 'epaxos/relay/node'
import { type ElsewhereEvents, redisElsewhere } from 'epaxos/relay/redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Address } from '../../src/wire/index.js'
import { type RedisServer, startRedis } from '../redis.js'
import { RelayProcess } from './relay-process.js'
import { Visitor } from './visitor.js'

// Real relays over a real Redis. Where there is none, it is said how to get it.

const peer = (digit: string, incarnation = 1): Address => ({ replica: digit.repeat(32), incarnation })
const [A, B, C, D] = [peer('a'), peer('b'), peer('c'), peer('d')]

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A relay of the service, and what its Redis connection is. */
interface Member {
  readonly relay: Relay
  readonly url: string
  /** Resolves once it is so. */
  becomes(state: 'up' | 'down'): Promise<void>
}

let services = 0

/** Relays that are connected; no two tests share a service. */
const service = async (relays: number): Promise<readonly Member[]> => {
  const namespace = `test-${++services}`
  const members = await Promise.all(Array.from({ length: relays }, () => startMember(namespace)))
  for (const member of members) await member.becomes('up')
  return members
}

const startMember = async (namespace: string): Promise<Member> => {
  let isUp = false
  const waiting = new Set<() => void>()
  const elsewhere = await redisElsewhere({
    url: redis.url,
    namespace,
    onState: (up) => {
      isUp = up
      for (const look of waiting) look()
    },
  })
  const relay = await startRelay({ elsewhere })
  cleanups.push(() => relay.close())
  return {
    relay,
    url: relay.url,
    becomes: (state) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (isUp !== (state === 'up')) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

const join = async (relay: { readonly url: string }, self: Address, room?: string): Promise<Visitor> => {
  const visitor = await Visitor.join(relay.url, self, room)
  cleanups.push(() => visitor.leave())
  return visitor
}

const body = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)

const since = (startMs: number): string => `${((performance.now() - startMs) / 1000).toFixed(1)} s`

describe('a room at two relays', () => {
  test('all see each other, and datagrams, signals and casts reach whoever they are for', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const [a, b] = [await join(one, A), await join(one, B)]
    const [c, d] = [await join(two, C), await join(two, D)]
    await Promise.all([a.hears('+c1', '+d1'), b.hears('+c1', '+d1')])
    await Promise.all([c, d].map((each) => each.until((heard) => /a1/.test(heard.join()) && /b1/.test(heard.join()))))

    a.send({ kind: 'datagram', peer: C, body: body(1) })
    a.send({ kind: 'signal', peer: D, body: body(2) })
    c.send({ kind: 'cast', peers: [A, B, D], body: body(3) })
    await Promise.all([c.hears('a1: 1'), d.hears('a1~ 2', 'c1: 3'), a.hears('c1: 3'), b.hears('c1: 3')])
    expect([b, d].some(({ heard }) => heard.includes('a1: 1'))).toBe(false)
    expect(a.heard.filter((word) => word === 'c1: 3')).toHaveLength(1)
  })

  test('nobody hears of a peer before it has come, nor after it went', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const a = await join(one, A)
    const b = await join(two, B)
    await b.until((heard) => heard.some((word) => word.includes('a1')))
    for (let round = 0; round < 20; round++) {
      const passing = await join(two, peer('c', round + 1))
      await passing.until((heard) => heard.some((word) => word.includes('a1')))
      passing.send({ kind: 'cast', peers: [A, B], body: body(round) })
      await b.hears(`c${round + 1}: ${round}`)
      passing.leave()
    }
    await a.hears('-c20')
    const ofPassing = a.heard.filter((word) => word.includes('c'))
    expect(ofPassing).toEqual(
      Array.from({ length: 20 }, (_, round) => [`+c${round + 1}`, `c${round + 1}: ${round}`, `-c${round + 1}`]).flat(),
    )
  })

  test('rooms and services of the same name do not mix', async () => {
    const [one, two] = await service(2)
    const [other] = await service(1)
    if (one === undefined || two === undefined || other === undefined) throw new Error('three relays needed')
    const a = await join(one, A)
    await join(two, B, 'another room')
    await join(other, C)
    await join(two, D)
    await a.hears('+d1')
    expect(a.heard).toEqual(['joined', '+d1'])
  })

  test('who joins again at the other relay loses its first seat, and never goes', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const b = await join(one, B)
    const old = await join(one, A)
    await join(two, C)
    await Promise.all([old.hears('+c1'), b.hears('+c1')])
    const fresh = await join(two, A)
    expect(await old.closed).toBe(4008)
    b.send({ kind: 'datagram', peer: A, body: body(1) })
    await fresh.hears('b1: 1')
    expect(b.heard).toEqual(['joined', '+a1', '+c1', '+a1'])
  })

  test('a relay that closes takes its peers with it at once', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const a = await join(one, A)
    await join(two, B)
    await a.hears('+b1')
    const startMs = performance.now()
    await two.relay.close()
    await a.hears('-b1')
    // Far below the grace, which a crash takes.
    expect(performance.now() - startMs).toBeLessThan(5000)
  })
})

describe('when something breaks', () => {
  test('a Redis that is away for a moment: local traffic goes on, nobody goes, and frames cross again', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const [a, b] = [await join(one, A), await join(one, B)]
    const c = await join(two, C)
    await Promise.all([a.hears('+c1'), b.hears('+c1')])
    await redis.kill()
    await Promise.all([one.becomes('down'), two.becomes('down')])
    a.send({ kind: 'cast', peers: [B, C], body: body(1) })
    await b.hears('a1: 1')
    await redis.start()
    const startMs = performance.now()
    await Promise.all([one.becomes('up'), two.becomes('up')])
    a.send({ kind: 'datagram', peer: C, body: body(2) })
    await c.hears('a1: 2')
    console.log(`Redis back after a moment: frames cross after ${since(startMs)}`)
    expect(a.heard.concat(c.heard).filter((word) => word.startsWith('-'))).toEqual([])
  })

  test('a Redis that is away for longer: the others go after the grace, and come again', async () => {
    const [one, two] = await service(2)
    if (one === undefined || two === undefined) throw new Error('two relays needed')
    const [a, b] = [await join(one, A), await join(one, B)]
    const c = await join(two, C)
    // Whoever is to go has come everywhere.
    await Promise.all([a.hears('+c1'), b.hears('+c1'), c.hears('+a1', '+b1')])
    const killedMs = performance.now()
    await redis.kill()
    await Promise.all([a.hears('-c1'), b.hears('-c1'), c.hears('-a1', '-b1')])
    console.log(`Redis killed: the others went after ${since(killedMs)}`)
    // While it is away, some come and go.
    const late = await join(two, D)
    b.leave()
    await a.hears('-b1')
    await redis.start()
    const startMs = performance.now()
    await Promise.all([
      a.until((heard) => heard.filter((word) => word === '+c1').length === 2 && heard.includes('+d1')),
      c.until((heard) => heard.lastIndexOf('+a1') > heard.indexOf('-a1')),
      late.hears('+a1'),
    ])
    console.log(`Redis back after long: all see each other after ${since(startMs)}`)
    expect(late.heard).toEqual(['joined c1', '+a1'])
  })

  test('a Redis that stands still is noticed, takes no more than fits, and is found again', async () => {
    const states: boolean[] = []
    let told = (): void => {}
    const open = await redisElsewhere({
      url: redis.url,
      namespace: `test-${++services}`,
      onState: (up) => {
        states.push(up)
        told()
      },
    })
    const becomes = async (...wanted: readonly boolean[]): Promise<void> => {
      while (states.length < wanted.length) {
        await new Promise<void>((resolve) => {
          told = resolve
        })
      }
      expect(states).toEqual(wanted)
    }
    let came = (): void => {}
    const met = new Promise<void>((resolve) => {
      came = resolve
    })
    const silent: ElsewhereEvents = { cameElsewhere: () => came(), wentElsewhere: () => {}, arrived: () => {} }
    const [one, two] = [open(silent), open({ ...silent, cameElsewhere: () => {} })]
    cleanups.push(
      () => one.close(),
      () => two.close(),
      () => redis.thaw(),
    )
    await becomes(true, true)
    one.joined('room', A)
    two.joined('room', B)
    await met
    redis.freeze()
    const frozenMs = performance.now()
    const large = new Uint8Array(16_384)
    for (let sent = 0; sent < 3000; sent++) one.forward('room', 'datagram', A, [B], large)
    const { dropped } = one.counters()
    // 32 MiB are as much as may wait, what each message takes beside its body included.
    expect(dropped).toBeGreaterThan(1000)
    expect(dropped).toBeLessThan(1200)
    await becomes(true, true, false, false)
    console.log(`Redis stands still: noticed after ${since(frozenMs)}`)
    redis.thaw()
    const thawedMs = performance.now()
    await becomes(true, true, false, false, true, true)
    console.log(`Redis goes on: found again after ${since(thawedMs)}`)
  })

  test('a relay that is killed: who joins again elsewhere never goes, the others go after the grace', async () => {
    const namespace = `test-${++services}`
    const doomed = await RelayProcess.start({ redis: redis.url, namespace })
    cleanups.push(() => doomed.kill())
    const staying = await startMember(namespace)
    await staying.becomes('up')
    const a = await join(staying, A)
    const b = await join(doomed, B)
    await join(doomed, C)
    await a.hears('+b1', '+c1')
    a.send({ kind: 'datagram', peer: B, body: body(1) })
    await b.hears('a1: 1')
    const killedMs = performance.now()
    await doomed.kill()
    const again = await join(staying, B)
    again.send({ kind: 'datagram', peer: A, body: body(2) })
    await a.hears('b1: 2', '-c1')
    console.log(`a relay killed: its peers went after ${since(killedMs)}`)
    expect(a.heard).toEqual(['joined', '+b1', '+c1', '+b1', 'b1: 2', '-c1'])
  })
})
