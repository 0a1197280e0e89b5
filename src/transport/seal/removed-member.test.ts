import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CAST, CHANGE, greetingHeader, HELLO, PAIR, seal } from './frames.js'
import { encodeChange } from './hello.js'
import { KeySchedule } from './key-schedule.js'
import { addressOf, bytesOf, FIRST_KEY, framesOf, GROUP, type Member, refusedBy, SECOND_KEY, Stage } from './stage.js'
import { OutgoingStream } from './streams.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  stage.close()
  await stage.settled()
})

/** `a` and `b` have removed `m`, which was among them, and has kept the first secret. */
const removed = async (): Promise<readonly [a: Member, b: Member, m: Member]> => {
  const [a, b, m] = await stage.met('a1', 'b1', 'd1')
  if (a === undefined || b === undefined || m === undefined) throw new Error('three were to meet')
  for (const { ring } of [a, b]) {
    ring.removed.add(m.self.replica)
    ring.learn(SECOND_KEY)
  }
  await stage.settled()
  return [a, b, m]
}

describe('a member that was removed', () => {
  test('is told so, has the others go, and is gone for them', async () => {
    const [a, b, m] = await removed()
    expect(m.ring.refusals).toEqual(expect.arrayContaining([a.self.replica, b.self.replica]))
    expect(m.ring.current).toEqual(FIRST_KEY)
    await stage.pass(5)
    expect([a.told, b.told]).toEqual([['-d1'], ['-d1']])
    expect(a.link.handshakes().map(({ state }) => state)).toEqual(['met', 'outdated-there'])
    expect(m.link.send(a.self, bytesOf('let me in'))).toBe(true)
    await stage.settled()
    expect(a.told).toEqual(['-d1'])
  })

  test('finds nothing that it can read', async () => {
    const [a, b, m] = await removed()
    const since = stage.relay.carried.length
    a.link.send(b.self, bytesOf('without it'))
    a.link.sendAll([b.self, m.self], bytesOf('without it'))
    a.link.send(m.self, bytesOf('is it still there?'))
    await stage.pass(10)
    const frames = stage.relay.carried.slice(since).filter(({ bytes }) => bytes[0] !== HELLO && bytes[0] !== CHANGE)
    expect(frames.map(({ bytes }) => bytes[4])).toEqual(frames.map(() => SECOND_KEY.number))
    m.told.length = 0
    for (const { from, bytes } of frames) {
      m.inner.hears(from, bytes)
      // As if the number were all that there is to it.
      m.inner.hears(from, Uint8Array.of(bytes[0] ?? 0, 0, 0, 0, 0, ...bytes.subarray(5)))
    }
    await stage.settled()
    expect(m.told).toEqual([])
    expect(framesOf(stage.relay, PAIR, a, m)).toEqual([])
  })

  test('is not heard, whoever it pretends to be', async () => {
    const [a, b, m] = await removed()
    const before = refusedBy(a)
    // Where it was in a session, and what it knows to make of the old secret in the name of another one.
    const schedule = new KeySchedule(crypto.subtle, GROUP, FIRST_KEY)
    const nonce = 'a'.repeat(32)
    const keys = await schedule.session(b.self, nonce, a.self, nonce)
    const pair = new OutgoingStream(crypto.subtle, PAIR, 0, keys.toPeer)
    const cast = new OutgoingStream(crypto.subtle, CAST, 0, schedule.cast(b.self, nonce))
    const forged = [await pair.seal(bytesOf('do as I say')), await cast.seal(bytesOf('all of you'))]
    for (const frame of forged) {
      a.inner.hears(b.self, frame)
      a.inner.hears(b.self, Uint8Array.of(frame[0] ?? 0, 0, 0, 0, SECOND_KEY.number, ...frame.subarray(5)))
      a.inner.hears(m.self, frame)
    }
    await stage.settled()
    expect(a.told).toEqual([])
    expect(refusedBy(a)).toEqual({ ...before, forged: 2, outdated: (before.outdated ?? 0) + 4 })
  })

  test('meets nobody under the name of one that is away', async () => {
    const [a, b, m] = await removed()
    await stage.pass(5)
    const impostor = stage.open('c1', { owner: 'd1' })
    await stage.pass(5)
    expect(impostor.told).toEqual(['+d1'])
    expect([a.told, b.told]).toEqual([['-d1'], ['-d1']])
    expect(a.link.publicKey(impostor.self.replica)).toBeUndefined()
    expect(m.told).toContain('+c1')
  })

  test('can not end a session by what it remembers of it', async () => {
    const [a, b, m] = await stage.met('a1', 'b1', 'd1')
    if (a === undefined || b === undefined || m === undefined) throw new Error('three were to meet')
    a.link.send(b.self, bytesOf('before'))
    await stage.settled()
    const recorded = stage.relay.carried.filter(({ to }) => to[0]?.replica === b.self.replica)
    for (const { ring } of [a, b]) ring.learn(SECOND_KEY)
    await stage.settled()
    b.told.length = 0
    const before = refusedBy(b)
    for (const { bytes } of recorded) b.inner.hears(a.self, bytes)
    a.link.send(b.self, bytesOf('after'))
    await stage.settled()
    expect(b.told).toEqual(['a1: after'])
    expect(refusedBy(b)).toEqual({ ...before, outdated: (before.outdated ?? 0) + recorded.length })
  })
})

describe('what leads to a later secret', () => {
  const laggard = async (): Promise<readonly [a: Member, b: Member]> => {
    const a = stage.open('a1')
    a.ring.learn(SECOND_KEY)
    stage.relay.passes = ({ bytes }) => bytes[0] !== CHANGE
    const b = stage.open('b1')
    await stage.settled()
    return [a, b]
  }

  test('is asked for again where it was lost', async () => {
    const [a, b] = await laggard()
    expect([b.ring.current, b.told]).toEqual([FIRST_KEY, []])
    expect(a.link.handshakes()).toMatchObject([{ state: 'outdated-there' }])
    expect(b.link.handshakes()).toMatchObject([{ state: 'outdated-here' }])
    stage.relay.passes = () => true
    await stage.pass(1)
    expect([b.ring.current, a.told, b.told]).toEqual([SECOND_KEY, ['+b1'], ['+a1']])
  })

  test('is taken once, for the hello that it answers, and by whom it is for', async () => {
    const [a, b] = await laggard()
    const [change = new Uint8Array()] = framesOf(stage.relay, CHANGE, a, b)
    const c = stage.open('c1')
    await stage.settled()
    c.inner.hears(a.self, change)
    b.inner.hears(c.self, change)
    await stage.settled()
    expect([refusedBy(c), refusedBy(b)]).toMatchObject([{ forged: 1 }, { forged: 1 }])
    b.inner.reaches(a.self, false)
    b.inner.reaches(a.self, true)
    await stage.settled()
    b.inner.hears(a.self, change)
    await stage.settled()
    expect([b.ring.current, refusedBy(b).replayed]).toEqual([FIRST_KEY, 1])
  })

  test('is not taken of those who can not know the hello', async () => {
    const [, b] = await laggard()
    const keys = await new KeySchedule(crypto.subtle, GROUP, FIRST_KEY).greeting(addressOf('a1'), b.self)
    const header = greetingHeader(CHANGE, 0, (bytes) => crypto.getRandomValues(bytes))
    const content = encodeChange({ echo: 'e'.repeat(32), bytes: new Uint8Array() })
    b.inner.hears(addressOf('a1'), await seal(crypto.subtle, keys.toPeer, header, content))
    await stage.settled()
    expect([b.ring.refusals, refusedBy(b).replayed]).toEqual([[], 1])
  })
})
