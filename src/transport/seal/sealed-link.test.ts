import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { linkContract } from '../../testing/index.js'
import { LARGEST_PACKET_BYTES } from '../../wire/index.js'
import { localNetwork } from '../local.js'
import { CAST, HELLO, PAIR } from './frames.js'
import { SealUnavailable, sealedLink } from './index.js'
import {
  addressOf,
  bytesOf,
  FIRST_KEY,
  framesOf,
  GROUP,
  refusedBy,
  SECOND_KEY,
  Stage,
  TestRing,
  textOf,
} from './stage.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  stage.close()
  await stage.settled()
  expect(stage.clock.armed).toBe(0)
})

describe('a sealed link', () => {
  const { transport } = localNetwork()
  const cases = linkContract(({ room, self }) => {
    return sealedLink(transport, { relay: undefined, room, self }, new TestRing(GROUP, FIRST_KEY, self))
  })
  for (const { name, run } of cases) test(name, run)
})

describe('a meeting', () => {
  test('takes each end two hellos, and no time', async () => {
    const [a, b] = [stage.open('a1'), stage.open('b1')]
    await stage.settled()
    expect([a.told, b.told]).toEqual([['+b1'], ['+a1']])
    expect(framesOf(stage.relay, HELLO, a, b)).toHaveLength(2)
    expect(framesOf(stage.relay, HELLO, b, a)).toHaveLength(2)
    expect(a.link.handshakes()).toEqual([{ peer: b.self, state: 'met', publicKey: b.ring.publicKey }])
    expect(a.link.publicKey(b.self.replica)).toEqual(b.ring.publicKey)
  })

  test('comes about whichever of its hellos is lost', async () => {
    for (let lost = 0; lost < 4; lost++) {
      const relay = stage.relay
      const before = relay.carried.length
      relay.passes = () => relay.carried.length - before !== lost + 1
      const room = `room ${lost}`
      const [a, b] = [stage.open('a1', { room }), stage.open('b1', { room })]
      await stage.settled()
      await stage.pass(1)
      expect([a.told, b.told]).toEqual([['+b1'], ['+a1']])
      a.link.close()
      b.link.close()
      await stage.settled()
    }
  })

  test('is tried less and less often with one that never answers', async () => {
    const [a] = [stage.open('a1'), stage.open('b1')]
    stage.relay.passes = () => false
    await stage.settled()
    await stage.pass(10)
    expect(framesOf(stage.relay, HELLO, a)).toHaveLength(10 + 1)
    await stage.pass(110)
    expect(framesOf(stage.relay, HELLO, a).length).toBeLessThan(20)
    expect(a.told).toEqual([])
    expect(a.link.handshakes()).toMatchObject([{ peer: addressOf('b1'), state: 'greeting', publicKey: undefined }])
  })

  test('is not told of while only one end has shown that it is there', async () => {
    const b = addressOf('b1')
    stage.relay.passes = ({ from }) => from.replica === b.replica
    const a = stage.open('a1')
    stage.open('b1')
    await stage.pass(3)
    expect([a.told, a.link.status().peers]).toEqual([[], []])
    expect(a.link.send(b, bytesOf('hello?'))).toBe(false)
  })

  test('begins anew when a peer has another link in the same life, and nobody goes', async () => {
    const [a] = await stage.met('a1', 'b1')
    const again = stage.open('b1')
    await stage.settled()
    expect(a?.told).toEqual([])
    again.link.send(addressOf('a1'), bytesOf('back'))
    a?.link.send(addressOf('b1'), bytesOf('welcome'))
    await stage.settled()
    expect(a?.told).toContain('b1: back')
    expect(again.told).toContain('a1: welcome')
  })

  test('on another link whose last hello was lost is made up for as soon as something is said', async () => {
    const [a] = await stage.met('a1', 'b1')
    if (a === undefined) throw new Error('two were to meet')
    let hellos = 0
    stage.relay.passes = ({ bytes }) => bytes[0] !== HELLO || ++hellos <= 2
    const again = stage.open('b1')
    await stage.settled()
    expect(again.told).toContain('+a1')
    stage.relay.passes = () => true
    await stage.pass(1)
    again.link.send(a.self, bytesOf('lost'))
    await stage.settled()
    again.link.send(a.self, bytesOf('heard'))
    a.link.send(again.self, bytesOf('answered'))
    await stage.settled()
    expect([a.told.at(-1), again.told.at(-1)]).toEqual(['b1: heard', 'a1: answered'])
  })

  test('is over when the peer goes, and takes another one when it comes back', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    a.inner.reaches(b.self, false)
    expect(a.told).toEqual(['-b1'])
    expect(a.link.send(b.self, bytesOf('gone?'))).toBe(false)
    a.inner.reaches(b.self, true)
    expect(a.told).toEqual(['-b1'])
    await stage.settled()
    expect(a.told).toEqual(['-b1', '+b1'])
    a.link.send(b.self, bytesOf('there'))
    b.link.send(a.self, bytesOf('here'))
    await stage.settled()
    expect([a.told.at(-1), b.told.at(-1)]).toEqual(['b1: here', 'a1: there'])
  })

  test('with a peer that goes before it was met is never told of, nor is what it said', async () => {
    stage.relay.passes = () => false
    const [a, b] = [stage.open('a1'), stage.open('b1')]
    await stage.settled()
    const bring = (from: typeof a, to: typeof a, frame: Uint8Array | undefined): void => {
      to.inner.hears(from.self, frame ?? new Uint8Array())
    }
    bring(a, b, framesOf(stage.relay, HELLO, a, b)[0])
    await stage.settled()
    bring(b, a, framesOf(stage.relay, HELLO, b, a).at(-1))
    await stage.settled()
    a.link.send(b.self, bytesOf('hello?'))
    await stage.settled()
    bring(a, b, framesOf(stage.relay, HELLO, a, b).at(-1))
    bring(a, b, framesOf(stage.relay, PAIR, a, b)[0])
    b.inner.reaches(a.self, false)
    await stage.settled()
    expect([a.told, b.told]).toEqual([['+b1'], []])
  })

  test('of a later life that never answers ends the earlier one after five seconds', async () => {
    const [a] = await stage.met('a1', 'b1')
    if (a === undefined) throw new Error('two were to meet')
    a.inner.reaches(addressOf('b2'), true)
    await stage.pass(4)
    expect(a.told).toEqual([])
    expect(a.link.status().peers).toEqual([])
    await stage.pass(1)
    expect(a.told).toEqual(['-b1'])
  })
})

describe('what is said', () => {
  test('comes in the order in which it was said, whatever its size', async () => {
    const [a, b, c] = await stage.met('a1', 'b1', 'c1')
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
    const said = Array.from({ length: 100 }, (_, at) => String(at).padEnd(at % 10 === 0 ? 300_000 : 1))
    said.forEach((text, at) => {
      if (at % 3 === 0) a.link.sendAll([b.self, c.self], bytesOf(text))
      else a.link.send(b.self, bytesOf(text))
    })
    await stage.settled()
    expect(b.told).toEqual(said.map((text) => `a1: ${text}`))
  })

  test('to several is sealed once, and to one alone for that one', async () => {
    const [a, b, c] = await stage.met('a1', 'b1', 'c1')
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
    a.link.sendAll([b.self, c.self, addressOf('d1')], bytesOf('all'))
    a.link.sendAll([b.self], bytesOf('one'))
    await stage.settled()
    expect(framesOf(stage.relay, CAST, a)).toHaveLength(1)
    expect(framesOf(stage.relay, PAIR, a, b)).toHaveLength(1)
    expect([b.told, c.told]).toEqual([['a1: all', 'a1: one'], ['a1: all']])
    expect(a.link.status().counters).toMatchObject({ packetsSent: 3, packetsRefused: 1 })
  })

  test('waits where it can be seen, and is not accepted without bound', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    const large = new Uint8Array(LARGEST_PACKET_BYTES)
    expect([a.link.send(b.self, large), a.link.send(b.self, large)]).toEqual([true, true])
    expect(a.link.bufferedBytes(b.self)).toBe(2 * LARGEST_PACKET_BYTES)
    expect(a.link.send(b.self, bytesOf('more'.repeat(100)))).toBe(false)
    await stage.settled()
    expect(a.link.bufferedBytes(b.self)).toBe(0)
    a.inner.waitingBytes = 2 * LARGEST_PACKET_BYTES
    expect(a.link.bufferedBytes(b.self)).toBe(2 * LARGEST_PACKET_BYTES)
    expect(a.link.send(b.self, large)).toBe(false)
  })

  test('before a link is closed leaves still, and nothing is heard there any more', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    b.link.send(a.self, bytesOf('too late'))
    a.link.send(b.self, bytesOf('goodbye'))
    a.link.close()
    await stage.settled()
    expect([a.told, b.told]).toEqual([[], ['a1: goodbye', '-a1']])
    expect(a.inner.closed).toBe(true)
  })

  test('faster than it can be opened is lost, not kept', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    a.link.send(b.self, bytesOf('first'))
    await stage.settled()
    const [frame = new Uint8Array()] = framesOf(stage.relay, PAIR, a, b)
    for (let time = 0; time < 5000; time++) b.inner.hears(a.self, frame)
    expect(b.link.status().counters.framesDropped).toBe(5000 - 4096)
    await stage.settled()
    expect(b.told).toEqual(['a1: first'])
  })
})

describe('signals', () => {
  test('are sealed for their receiver, and opened there', async () => {
    const [a, b, c] = await stage.met('a1', 'b1', 'c1')
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
    const sealed = await a.inner.signals?.seal(b.self, bytesOf('offer'))
    if (sealed === undefined) throw new Error('it was to be sealed')
    expect(textOf((await b.inner.signals?.open(a.self, sealed)) ?? new Uint8Array())).toBe('offer')
    expect(await b.inner.signals?.open(a.self, sealed)).toBeUndefined()
    expect(await c.inner.signals?.open(a.self, sealed)).toBeUndefined()
    expect([refusedBy(b), refusedBy(c)]).toEqual([{ replayed: 1 }, { forged: 1 }])
  })

  test('of those who have not met are neither sealed nor opened', async () => {
    stage.relay.passes = () => false
    const [a, b] = [stage.open('a1'), stage.open('b1')]
    await stage.settled()
    expect(await a.inner.signals?.seal(b.self, bytesOf('offer'))).toBeUndefined()
    expect(await a.inner.signals?.open(b.self, bytesOf('offer'))).toBeUndefined()
    expect(await a.inner.signals?.open(addressOf('c1'), bytesOf('offer'))).toBeUndefined()
    expect(refusedBy(a)).toEqual({ forged: 1, unmet: 1 })
  })

  test('are heard after the hello that came before them', async () => {
    stage.relay.passes = () => false
    const [a, b] = [stage.open('a1'), stage.open('b1')]
    await stage.settled()
    const [first = new Uint8Array()] = framesOf(stage.relay, HELLO, a, b)
    b.inner.hears(a.self, first)
    await stage.settled()
    a.inner.hears(b.self, framesOf(stage.relay, HELLO, b, a).at(-1) ?? new Uint8Array())
    await stage.settled()
    expect([a.told, b.told]).toEqual([['+b1'], []])
    const sealed = (await a.inner.signals?.seal(b.self, bytesOf('offer'))) ?? new Uint8Array()
    b.inner.hears(a.self, framesOf(stage.relay, HELLO, a, b).at(-1) ?? new Uint8Array())
    expect(await b.inner.signals?.open(a.self, sealed)).toEqual(bytesOf('offer'))
  })

  test('direct paths are asked for with those alone who are met, in the order wanted', async () => {
    const [a, b, c] = await stage.met('a1', 'b1', 'c1')
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
    const [d1] = [addressOf('d1')]
    a.link.direct([d1.replica, c.self.replica, b.self.replica])
    expect(a.inner.wanted).toEqual([c.self.replica, b.self.replica])
    stage.open('d1')
    await stage.settled()
    expect(a.inner.wanted).toEqual([d1.replica, c.self.replica, b.self.replica])
  })
})

describe('when the secret changes', () => {
  test('nobody seems to go, and what is said meanwhile arrives', async () => {
    const members = await stage.met('a1', 'b1', 'c1')
    const [a, b, c] = members
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
    for (const { ring } of members) ring.learn(SECOND_KEY)
    a.link.send(b.self, bytesOf('to one'))
    a.link.sendAll([b.self, c.self], bytesOf('to all'))
    await stage.settled()
    expect([a.told, b.told, c.told]).toEqual([[], ['a1: to one', 'a1: to all'], ['a1: to all']])
    const afterwards = [PAIR, CAST].flatMap((kind) => framesOf(stage.relay, kind, a))
    expect(afterwards.map((frame) => frame[4])).toEqual(afterwards.map(() => SECOND_KEY.number))
  })

  test('what was being sealed is sealed anew', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    a.link.send(b.self, bytesOf('under way'))
    for (const { ring } of [a, b]) ring.learn(SECOND_KEY)
    await stage.settled()
    expect(b.told).toEqual(['a1: under way'])
    expect(framesOf(stage.relay, PAIR, a).map((frame) => frame[4])).toEqual([SECOND_KEY.number])
  })

  test('those who have heard of it bring those who have not to it', async () => {
    const members = await stage.met('a1', 'b1', 'c1')
    members[0]?.ring.learn(SECOND_KEY)
    await stage.settled()
    expect(members.map(({ ring }) => ring.current)).toEqual([SECOND_KEY, SECOND_KEY, SECOND_KEY])
    expect(members.map(({ told }) => told)).toEqual([[], [], []])
    expect(members.map(({ link }) => link.handshakes().map(({ state }) => state))).toEqual(
      members.map(() => ['met', 'met']),
    )
  })

  test('one that was away meanwhile is told when it comes', async () => {
    const a = stage.open('a1', { key: FIRST_KEY })
    a.ring.learn(SECOND_KEY)
    const b = stage.open('b1')
    await stage.settled()
    expect(b.ring.current).toEqual(SECOND_KEY)
    expect([a.told, b.told]).toEqual([['+b1'], ['+a1']])
  })
})

test('without WebCrypto no link is opened', () => {
  const { transport } = localNetwork()
  const self = addressOf('a1')
  const insecure = { getRandomValues: crypto.getRandomValues } as unknown as Crypto
  const open = (): unknown =>
    sealedLink(transport, { relay: undefined, room: 'room', self }, new TestRing(GROUP, FIRST_KEY, self), {
      crypto: insecure,
    })
  expect(open).toThrow(SealUnavailable)
  expect(open).toThrow('https')
})
