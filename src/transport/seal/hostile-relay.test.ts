import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bytesToHex } from '../../wire/index.js'
import { CAST, HELLO, PAIR, SIGNAL } from './frames.js'
import { REPLAY_WINDOW } from './replay-window.js'
import { addressOf, bytesOf, FIRST_KEY, framesOf, GROUP, hexOf, type Member, refusedBy, Stage } from './stage.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  stage.close()
  await stage.settled()
})

const three = async (): Promise<readonly [Member, Member, Member]> => {
  const [a, b, c] = await stage.met('a1', 'b1', 'c1')
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were to meet')
  return [a, b, c]
}

/** What `a` says to `b`, and how it looks on the way. */
const said = async (a: Member, b: Member, text: string): Promise<Uint8Array> => {
  a.link.send(b.self, bytesOf(text))
  await stage.settled()
  const frame = framesOf(stage.relay, PAIR, a, b).at(-1)
  if (frame === undefined) throw new Error('it was to be carried')
  return frame
}

/** What `a` says to `b` and `c`. */
const cast = async (a: Member, b: Member, c: Member, text: string): Promise<Uint8Array> => {
  a.link.sendAll([b.self, c.self], bytesOf(text))
  await stage.settled()
  const frame = framesOf(stage.relay, CAST, a).at(-1)
  if (frame === undefined) throw new Error('it was to be carried')
  return frame
}

/** The relay brings these to `to`, in the name of `from`. */
const bring = (frames: readonly Uint8Array[], from: Member, to: Member): void => {
  for (const frame of frames) to.inner.hears(from.self, frame)
}

/** What is told there because of that. */
const heardSince = async (member: Member, act: () => void): Promise<readonly string[]> => {
  member.told.length = 0
  act()
  await stage.settled()
  return member.told
}

describe('a relay that reads', () => {
  test('finds neither what is said, nor the secret, nor the group', async () => {
    const [a, b, c] = await three()
    const text = 'the launch is on tuesday'
    await said(a, b, text)
    await cast(a, b, c, text)
    const seen = stage.relay.carried.map(({ bytes }) => hexOf(bytes)).join(' ')
    for (const hidden of [bytesOf(text), FIRST_KEY.secret, bytesOf(GROUP), a.ring.publicKey]) {
      expect(seen).not.toContain(hexOf(hidden))
    }
    expect(seen).not.toContain(GROUP)
  })

  test('can not tell that the same was said twice', async () => {
    const [a, b, c] = await three()
    const text = 'again'
    const frames = [
      await said(a, b, text),
      await said(a, b, text),
      await said(a, c, text),
      await said(b, a, text),
      await cast(a, b, c, text),
      await cast(a, b, c, text),
    ]
    const sealed = frames.map((frame) => hexOf(frame.subarray(15)))
    expect(new Set(sealed).size).toBe(frames.length)
    expect(new Set(frames.map((frame) => hexOf(frame.subarray(0, 15)))).size).toBe(frames.length)
  })
})

describe('a relay that repeats', () => {
  test('a packet or a cast within a session is not heard', async () => {
    const [a, b, c] = await three()
    const frames = [await said(a, b, 'one'), await cast(a, b, c, 'two')]
    expect(await heardSince(b, () => bring(frames, a, b))).toEqual([])
    expect(refusedBy(b)).toEqual({ replayed: 2 })
  })

  test('it in the same moment is heard once', async () => {
    const [a, b] = await three()
    stage.relay.passes = () => false
    const frame = await said(a, b, 'one')
    expect(await heardSince(b, () => bring([frame, frame, frame], a, b))).toEqual(['a1: one'])
    expect(refusedBy(b)).toEqual({ replayed: 2 })
  })

  test('what was said before the peer came back is not heard', async () => {
    const [a, b, c] = await three()
    const frames = [await said(a, b, 'one'), await cast(a, b, c, 'two')]
    b.inner.reaches(a.self, false)
    b.inner.reaches(a.self, true)
    const unmet = await heardSince(b, () => bring(frames, a, b))
    expect(unmet).toEqual(['+a1'])
    expect(refusedBy(b)).toEqual({ unmet: 2 })
    expect(await heardSince(b, () => bring(frames, a, b))).toEqual([])
    expect(refusedBy(b)).toEqual({ unmet: 2, replayed: 2 })
  })

  test('what the receiver had not heard before it came back is not heard', async () => {
    const [a, b, c] = await three()
    stage.relay.passes = () => false
    const frames = [await said(a, b, 'one'), await cast(a, b, c, 'two')]
    stage.relay.passes = () => true
    b.inner.reaches(a.self, false)
    b.inner.reaches(a.self, true)
    await stage.settled()
    expect(await heardSince(b, () => bring(frames, a, b))).toEqual([])
    expect(refusedBy(b)).toEqual({ replayed: 2 })
  })

  test('what was said to an earlier life of the receiver is not heard', async () => {
    const [a, b, c] = await three()
    const frames = [await said(a, b, 'one'), await cast(a, b, c, 'two')]
    b.link.close()
    const later = stage.open('b2')
    await stage.settled()
    expect(later.told).toContain('+a1')
    expect(await heardSince(later, () => bring(frames, a, later))).toEqual([])
    expect(refusedBy(later)).toEqual({ forged: 1, replayed: 1 })
  })

  test('what was said by an earlier life of the sender is not heard', async () => {
    const [a, b, c] = await three()
    const frames = [await said(a, b, 'one'), await cast(a, b, c, 'two')]
    const hellos = framesOf(stage.relay, HELLO, a, b)
    a.link.close()
    const later = stage.open('a2')
    await stage.settled()
    b.told.length = 0
    // As what the later life says, and as what the earlier one does.
    for (const frame of [...frames, ...hellos]) {
      b.inner.hears(later.self, frame)
      b.inner.hears(a.self, frame)
    }
    await stage.settled()
    expect(b.told).toEqual([])
    expect(refusedBy(b)).toEqual({ replayed: 2, forged: hellos.length, unmet: frames.length + hellos.length })
  })

  test('all hellos that a life has ever said does not make it seem to be there', async () => {
    const [a, b] = await three()
    const hellos = framesOf(stage.relay, HELLO, a, b)
    a.link.close()
    await stage.settled()
    b.inner.reaches(a.self, true)
    expect(await heardSince(b, () => bring(hellos, a, b))).toEqual([])
    expect(b.link.status().peers.map(({ replica }) => replica[0])).toEqual(['c'])
  })

  test('hellos gets few answers, and ends no session', async () => {
    const [a, b] = await three()
    const [hello = new Uint8Array()] = framesOf(stage.relay, HELLO, a, b)
    // Of a meeting that is over.
    b.inner.reaches(a.self, false)
    b.inner.reaches(a.self, true)
    await stage.settled()
    const before = framesOf(stage.relay, HELLO, b, a).length
    bring(new Array(1000).fill(hello), a, b)
    await stage.settled()
    expect(framesOf(stage.relay, HELLO, b, a).length - before).toBeLessThanOrEqual(16)
    expect(await heardSince(b, () => a.link.send(b.self, bytesOf('still here')))).toEqual(['a1: still here'])
    expect(await heardSince(a, () => b.link.send(a.self, bytesOf('so am I')))).toEqual(['b1: so am I'])
  })
})

describe('a relay that delays', () => {
  test('brings packets in any order, and each is heard', async () => {
    const [a, b] = await three()
    stage.relay.passes = () => false
    for (let at = 0; at < 100; at++) a.link.send(b.self, bytesOf(String(at)))
    await stage.settled()
    const frames = framesOf(stage.relay, PAIR, a, b).toReversed()
    const heard = await heardSince(b, () => bring(frames, a, b))
    expect(heard).toEqual(Array.from({ length: 100 }, (_, at) => `a1: ${99 - at}`))
  })

  test('a packet for longer than can be remembered has lost it', async () => {
    const [a, b] = await three()
    stage.relay.passes = () => false
    await said(a, b, 'first')
    const [first = new Uint8Array()] = framesOf(stage.relay, PAIR, a, b)
    for (let at = 0; at < REPLAY_WINDOW; at++) a.link.send(b.self, bytesOf('x'))
    await stage.settled()
    const last = framesOf(stage.relay, PAIR, a, b).at(-1) ?? new Uint8Array()
    expect(await heardSince(b, () => bring([last, first], a, b))).toEqual(['a1: x'])
    expect(refusedBy(b)).toEqual({ replayed: 1 })
  })
})

describe('a relay that splices', () => {
  test('a packet to another receiver, or in the name of another sender, is not heard', async () => {
    const [a, b, c] = await three()
    stage.relay.passes = () => false
    const frame = await said(a, b, 'for b alone')
    c.inner.hears(a.self, frame)
    b.inner.hears(c.self, frame)
    a.inner.hears(b.self, frame)
    await stage.settled()
    expect([a.told, b.told, c.told]).toEqual([[], [], []])
    expect([a, b, c].map(refusedBy)).toEqual([{ forged: 1 }, { forged: 1 }, { forged: 1 }])
  })

  test('a cast in the name of another sender, or back to its own, is not heard', async () => {
    const [a, b, c] = await three()
    stage.relay.passes = () => false
    const frame = await cast(a, b, c, 'for all')
    b.inner.hears(c.self, frame)
    a.inner.hears(b.self, frame)
    a.inner.hears(a.self, frame)
    await stage.settled()
    expect([a.told, b.told, c.told]).toEqual([[], [], []])
    expect([a, b].map(refusedBy)).toEqual([{ forged: 1, unmet: 1 }, { forged: 1 }])
  })

  test('hellos between peers, or back to their sender, brings nobody', async () => {
    const [a, b, c] = await three()
    const hellos = framesOf(stage.relay, HELLO, a, b)
    for (const hello of hellos) {
      c.inner.hears(a.self, hello)
      b.inner.hears(c.self, hello)
      a.inner.hears(b.self, hello)
    }
    await stage.settled()
    expect([a.told, b.told, c.told]).toEqual([[], [], []])
    expect([a, b, c].map(refusedBy)).toEqual([{ forged: 2 }, { forged: 2 }, { forged: 2 }])
  })

  test.each([
    ['with another secret', { key: { number: 0, secret: new Uint8Array(16).fill(9) } }],
    ['with the same secret and another id', { group: 'e'.repeat(32) }],
  ])('between groups, one %s, has nobody meet and nothing heard', async (_, other) => {
    const [a, b] = await three()
    const frames = [await said(a, b, 'ours'), ...framesOf(stage.relay, HELLO, a, b)]
    const stranger = stage.open('b1', { ...other, room: 'elsewhere' })
    await stage.settled()
    stranger.inner.reaches(a.self, true)
    await stage.settled()
    bring(frames, a, stranger)
    await stage.settled()
    expect(stranger.told).toEqual([])
    expect(stranger.link.handshakes()).toMatchObject([{ peer: a.self, state: 'forged' }])
    expect(refusedBy(stranger)).toMatchObject({ forged: 2, unmet: 1 })
  })

  test('packets, casts and signals with each other is not heard', async () => {
    const [a, b, c] = await three()
    stage.relay.passes = () => false
    const frames = [await said(a, b, 'pair'), await cast(a, b, c, 'cast')]
    const signal = await a.inner.signals?.seal(b.self, bytesOf('signal'))
    if (signal === undefined) throw new Error('it was to be sealed')
    let tries = 0
    for (const frame of [...frames, signal]) {
      for (const kind of [PAIR, CAST, SIGNAL]) {
        if (frame[0] === kind) continue
        tries++
        const spliced = Uint8Array.of(kind, ...frame.subarray(1))
        if (kind === SIGNAL) expect(await b.inner.signals?.open(a.self, spliced)).toBeUndefined()
        else b.inner.hears(a.self, spliced)
      }
    }
    // Over the other path, as they are.
    for (const frame of frames) expect(await b.inner.signals?.open(a.self, frame)).toBeUndefined()
    b.inner.hears(a.self, signal)
    await stage.settled()
    expect(b.told).toEqual([])
    expect(refusedBy(b)).toEqual({ forged: tries + 3 })
    expect(await b.inner.signals?.open(a.self, signal)).toEqual(bytesOf('signal'))
  })
})

describe('a relay that changes or makes up', () => {
  test('any number of peers has no more of them greeted than can be there, and who is met stays so', async () => {
    const [a, b] = await stage.met('a1', 'b1')
    if (a === undefined || b === undefined) throw new Error('two were to meet')
    for (let n = 1; n <= 1100; n++) a.inner.reaches({ replica: n.toString(16).padStart(32, '0'), incarnation: 1 }, true)
    expect(a.link.handshakes().length).toBe(1024)
    const c = stage.open('c1')
    await stage.settled()
    expect(a.told).toEqual(['+c1'])
    await said(b, a, 'still here')
    expect(a.told).toEqual(['+c1', 'b1: still here'])
    expect(c.told).toContain('+a1')
  })

  test('any byte of a packet, a cast or a hello, or cuts it anywhere, is found out', async () => {
    const [a, b, c] = await three()
    const [hello = new Uint8Array()] = framesOf(stage.relay, HELLO, a, b)
    stage.relay.passes = () => false
    const frames = [await said(a, b, 'pair'), await cast(a, b, c, 'cast'), hello]
    let tries = 0
    for (const frame of frames) {
      for (let at = 0; at < frame.length; at++) {
        const flipped = frame.slice()
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
        b.inner.hears(a.self, flipped)
        b.inner.hears(a.self, frame.subarray(0, at))
        tries += 2
        // So that hellos are not refused for being too many.
        stage.clock.advance(500)
        await stage.settled()
      }
    }
    expect(b.told).toEqual([])
    const { forged = 0, unmet = 0, replayed = 0, outdated = 0 } = refusedBy(b)
    expect({ all: forged + unmet + replayed + outdated, replayed, outdated }).toEqual({
      all: tries,
      replayed: 0,
      outdated: 0,
    })
    // Those that claim to be of a later secret, which nobody can tell here: four bytes of each frame.
    expect(unmet).toBe(frames.length * 4)
    bring(frames.slice(0, 2), a, b)
    await stage.settled()
    expect(b.told).toEqual(['a1: pair', 'a1: cast'])
  })

  test('somebody who does not know the secret is there for nobody', async () => {
    const [a, b] = await three()
    const secret = new Uint8Array(16).fill(9)
    const impostor = stage.open('d1', { key: { number: 0, secret } })
    await stage.pass(3)
    expect([impostor.told, a.told, b.told]).toEqual([[], [], []])
    expect(a.link.handshakes().at(-1)).toEqual({ peer: addressOf('d1'), state: 'forged', publicKey: undefined })
    expect(a.link.send(impostor.self, bytesOf('who is it?'))).toBe(false)
    a.link.sendAll([b.self, impostor.self], bytesOf('among us'))
    await stage.settled()
    expect(framesOf(stage.relay, CAST, a)).toEqual([])
    expect(framesOf(stage.relay, PAIR, a, impostor)).toEqual([])
  })

  test('noise of any kind and length is refused', async () => {
    const [a, b] = await three()
    let tries = 0
    for (let length = 0; length < 64; length++) {
      for (let kind = 0; kind < 8; kind++) {
        const noise = new Uint8Array(length)
        crypto.getRandomValues(noise)
        noise.set([kind, 0, 0, 0, 0].slice(0, length))
        b.inner.hears(a.self, noise)
        tries++
        stage.clock.advance(500)
      }
    }
    await stage.settled()
    expect(b.told).toEqual([])
    expect(refusedBy(b)).toEqual({ forged: tries })
    expect(await heardSince(b, () => a.link.send(b.self, bytesOf('still here')))).toEqual(['a1: still here'])
  })

  test('peers that are not there are never told of', async () => {
    const [a] = await three()
    for (let at = 0; at < 100; at++) {
      a.inner.reaches({ replica: bytesToHex(new Uint8Array(16).fill(at)), incarnation: 1 }, true)
    }
    await stage.pass(10)
    expect(a.told).toEqual([])
    expect(a.link.status().peers).toHaveLength(2)
  })
})
