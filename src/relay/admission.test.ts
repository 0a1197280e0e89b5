import { describe, expect, test } from 'vitest'
import type { JoinRequest, SeatRecord, Verdict } from './authorize.js'
import { DEFAULT_LIMITS, type RelayLimits } from './limits.js'
import { A, B, C, datagram, joined, peer, RecordedSocket, Stage } from './stage.js'

/** A stage whose doorkeeper answers when it is told to. */
const guarded = (
  limits: Partial<RelayLimits> = {},
): { stage: Stage; asked: JoinRequest[]; answer: (verdict: unknown) => Promise<void> } => {
  const asked: JoinRequest[] = []
  const waiting: ((verdict: Verdict) => void)[] = []
  const stage = new Stage(limits, {
    admit: (request) => {
      asked.push(request)
      return new Promise((resolve) => waiting.push(resolve))
    },
  })
  const answer = async (verdict: unknown): Promise<void> => {
    waiting.shift()?.(verdict as Verdict)
    await settled()
  }
  return { stage, asked, answer }
}

/** The rooms wait for nothing but promises that have an answer. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a relay that asks who may come in', () => {
  test('asks with room, token and address, and gives the seat with the answer', async () => {
    const { stage, asked, answer } = guarded()
    const a = stage.join(A, { room: 'board', token: 'secret' })
    expect(asked).toEqual([{ room: 'board', token: 'secret', self: A }])
    expect(a.take()).toEqual([])
    await answer({ admitted: true })
    expect(a.take()).toEqual([joined()])
  })

  test('nobody hears of who waits, and who waits hears of nobody', async () => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    await answer({ admitted: true })
    a.take()
    const b = stage.join(B)
    stage.say(a, datagram(B, 1))
    expect([a.take(), b.take()]).toEqual([[], []])
    await answer({ admitted: true })
    expect([a.take(), b.take()]).toEqual([[{ kind: 'came', peer: B }], [joined(A)]])
  })

  test.each(['unauthorized', 'token-expired'])('closes whom it refuses as %s', async (reason) => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    await answer({ admitted: false, reason, detail: 'for the log' })
    expect([a.closedFor, a.take()]).toEqual([reason, []])
    expect(stage.rooms.counters()).toMatchObject({ sockets: 0, rooms: 0, joins: 0, closed: { [reason]: 1 } })
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('lets nobody in while the one it asks %s', async (_how, admit) => {
    const stage = new Stage({}, { admit })
    const a = stage.join(A)
    await settled()
    expect(a.closedFor).toBe('unavailable')
  })

  test.each([
    [undefined],
    [true],
    ['yes'],
    [{}],
    [{ admitted: 'yes' }],
    [{ admitted: true, expiresAtMs: 'tomorrow' }],
    [{ admitted: true, expiresAtMs: Number.NaN }],
    [{ admitted: true, rate: { framesPerSecond: 0 } }],
    [{ admitted: true, rate: { bytesPerSecond: 2 ** 32 } }],
  ])('lets nobody in for the answer %j', async (verdict) => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    await answer(verdict)
    expect([a.closedFor, a.take()]).toEqual(['unavailable', []])
  })

  test('answers questions for a sign of life meanwhile, and takes nothing else', async () => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    stage.rooms.received(a, 'ping')
    expect(a.take()).toEqual(['pong'])
    stage.say(a, { kind: 'join', self: A, token: '', room: 'room' })
    expect(a.closedFor).toBe('protocol-error')
    await answer({ admitted: true })
    expect(stage.rooms.counters()).toMatchObject({ sockets: 0, rooms: 0, joins: 0 })
  })

  test('forgets who goes meanwhile, also where it comes again', async () => {
    const { stage, asked, answer } = guarded()
    const a = stage.join(A)
    stage.rooms.disconnected(a)
    const again = stage.join(A)
    await answer({ admitted: true })
    expect(again.take()).toEqual([])
    await answer({ admitted: true })
    expect(again.take()).toEqual([joined()])
    expect(asked).toHaveLength(2)
  })

  test('closes who waited too long, and lets it in no more', async () => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    stage.nowMs += DEFAULT_LIMITS.joinTimeoutMs
    stage.rooms.tick()
    expect(a.closedFor).toBe('join-timeout')
    await answer({ admitted: true })
    expect(stage.rooms.counters().joins).toBe(0)
  })

  test('holds who is let in to the rate of its admission, and tells it', async () => {
    const { stage, answer } = guarded({ burstSeconds: 1 })
    const a = stage.join(A)
    await answer({ admitted: true, rate: { framesPerSecond: 2 } })
    expect(a.take()).toMatchObject([{ rate: { framesPerSecond: 2, bytesPerSecond: DEFAULT_LIMITS.bytesPerSecond } }])
    for (let sent = 0; sent < 3; sent++) stage.say(a, datagram(B, 1))
    expect(a.closedFor).toBe('rate-exceeded')
  })
})

describe('an admission that expires', () => {
  test('closes its socket at that moment, whether it speaks or is silent, and tells its room', async () => {
    const { stage, answer } = guarded()
    const join = async (self: typeof A, expiresAtMs: number): Promise<RecordedSocket> => {
      const socket = stage.join(self)
      await answer({ admitted: true, expiresAtMs })
      return socket
    }
    const end = stage.dateMs + 60_000
    const [silent, speaking, longer] = [await join(A, end), await join(B, end), await join(C, end + 1)]
    stage.dateMs = end - 1
    stage.rooms.tick()
    stage.rooms.received(speaking, 'ping')
    expect([silent.closedFor, speaking.closedFor]).toEqual([undefined, undefined])
    stage.dateMs = end
    stage.rooms.received(speaking, 'ping')
    expect([silent.closedFor, speaking.closedFor]).toEqual([undefined, 'token-expired'])
    stage.rooms.tick()
    expect(silent.closedFor).toBe('token-expired')
    expect(longer.take().slice(1)).toEqual([
      { kind: 'went', peer: B },
      { kind: 'went', peer: A },
    ])
  })

  test('is none where it has expired already', async () => {
    const { stage, answer } = guarded()
    const a = stage.join(A)
    await answer({ admitted: true, expiresAtMs: stage.dateMs })
    expect(a.closedFor).toBe('token-expired')
  })
})

describe('seats that outlive the memory of a relay', () => {
  const seats: SeatRecord[] = []
  const before = new Stage({}, { seated: (_socket, seat) => seats.push(seat) })
  for (const self of [A, B]) before.join(self)
  const [seatA, seatB] = seats as [SeatRecord, SeatRecord]

  test('are taken again without a word to anybody', () => {
    const stage = new Stage()
    const [a, b] = [new RecordedSocket(), new RecordedSocket()]
    stage.rooms.restore(a, seatA)
    stage.rooms.restore(b, seatB)
    expect([a.take(), b.take()]).toEqual([[], []])
    stage.say(a, datagram(B, 1))
    expect(b.take()).toEqual([datagram(A, 1)])
    expect(stage.join(C).take()).toEqual([joined(A, B)])
    expect(stage.rooms.counters()).toMatchObject({ sockets: 3, rooms: 1, joins: 1 })
  })

  test('keep their rate and their end', () => {
    const stage = new Stage({ burstSeconds: 1 })
    const [a, b] = [new RecordedSocket(), new RecordedSocket()]
    stage.rooms.restore(a, { ...seatA, rate: { ...seatA.rate, framesPerSecond: 1 } })
    stage.rooms.restore(b, { ...seatB, expiresAtMs: stage.dateMs })
    stage.rooms.received(a, 'ping')
    stage.rooms.received(a, 'ping')
    stage.rooms.tick()
    expect([a.closedFor, b.closedFor]).toEqual(['rate-exceeded', 'token-expired'])
  })

  test('are the later life’s where two had one', () => {
    const stage = new Stage()
    const [later, earlier] = [new RecordedSocket(), new RecordedSocket()]
    stage.rooms.restore(later, { ...seatA, self: peer('a', 2) })
    stage.rooms.restore(earlier, seatA)
    expect([later.closedFor, earlier.closedFor]).toEqual([undefined, 'replaced'])
  })
})

describe('a relay that empties itself', () => {
  test('closes room by room, all of a room at once, and those without one last', () => {
    const stage = new Stage()
    const [a, b, c, idle] = [stage.join(A), stage.join(B, { room: 'other' }), stage.join(C), stage.connect()]
    for (const socket of [a, b, c]) socket.take()
    const closed = (): unknown[] => [a, b, c, idle].map(({ closedFor }) => closedFor)
    expect(stage.rooms.closeRoom('draining')).toBe(true)
    expect(closed()).toEqual(['draining', undefined, 'draining', undefined])
    expect(stage.rooms.closeRoom('draining')).toBe(true)
    expect(stage.rooms.closeRoom('draining')).toBe(true)
    expect(closed()).toEqual(['draining', 'draining', 'draining', 'draining'])
    expect(stage.rooms.closeRoom('draining')).toBe(false)
    expect([a.take(), c.take()]).toEqual([[], []])
  })
})
