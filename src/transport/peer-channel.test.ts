import { beforeEach, describe, expect, test } from 'vitest'
import { decodeSignal } from './channel-signal.js'
import { ManualClock } from './manual-clock.js'
import { MemoryConnections } from './memory-connections.js'
import { PeerChannel } from './peer-channel.js'

/** One end of a channel, and what it was told. */
interface End {
  readonly channel: PeerChannel
  readonly changes: boolean[]
  readonly frames: number[]
  /** How often it was told that the other end is there. */
  signs: number
  /** Whether what it says can be sealed. */
  sealed: boolean
  /** Of the signals it sent, in order. */
  readonly signals: (string | undefined)[]
}

/** Shorter frames could be taken for heartbeats. */
const frame = (digit: number): Uint8Array => new Uint8Array(9).fill(digit)

let clock: ManualClock
let connections: MemoryConnections
/** Whether signals arrive. */
let relayed: boolean
let offering: End
let asking: End

const endOf = (initiator: boolean, other: () => End): End => {
  const end: End = {
    channel: new PeerChannel(
      { initiator, connect: connections.connect, clock, random: () => 0.5 },
      {
        onSignal: (body) => {
          end.signals.push(decodeSignal(body)?.description.type)
          queueMicrotask(() => {
            if (!end.sealed) end.channel.unsent()
            else if (relayed) other().channel.signalled(body)
          })
        },
        onFrame: (bytes) => end.frames.push(bytes[0] ?? -1),
        onSign: () => end.signs++,
        onChange: () => end.changes.push(end.channel.open),
        onDrain: () => {},
      },
    ),
    changes: [],
    frames: [],
    signs: 0,
    sealed: true,
    signals: [],
  }
  return end
}

beforeEach(() => {
  clock = new ManualClock()
  connections = new MemoryConnections()
  relayed = true
  offering = endOf(true, () => asking)
  asking = endOf(false, () => offering)
})

/** All that is under way has arrived: signals and messages are microtasks. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const pass = async (seconds: number): Promise<void> => {
  await settled()
  for (let second = 0; second < seconds; second++) {
    clock.advance(1000)
    for (const { channel } of [offering, asking]) channel.tick()
    await settled()
  }
}

const opened = (): boolean[] => [offering.channel.open, asking.channel.open]
const busy = (): boolean[] => [offering.channel.busy, asking.channel.busy]

/** A frame from each end arrives at the other. */
const exchange = async (): Promise<void> => {
  offering.channel.send(frame(1))
  asking.channel.send(frame(2))
  await settled()
  expect([asking.frames.splice(0), offering.frames.splice(0)]).toEqual([[1], [2]])
}

describe('a channel that', () => {
  test('nobody wants is neither built nor spoken of', async () => {
    await pass(100)
    expect([connections.made, offering.signals, asking.signals, clock.armed]).toEqual([[], [], [], 0])
    expect(busy()).toEqual([false, false])
  })

  test('only the end wants that makes offers opens, and stays', async () => {
    offering.channel.want(true)
    await pass(60)
    expect([opened(), connections.made.length]).toEqual([[true, true], 2])
    await exchange()
  })

  test('only the end wants that makes none is asked for, opens, and stays', async () => {
    asking.channel.want(true)
    await pass(60)
    expect([opened(), connections.made.length, asking.signals]).toEqual([[true, true], 2, ['request', 'answer']])
    await exchange()
  })

  test('both want at the same moment is built once', async () => {
    asking.channel.want(true)
    offering.channel.want(true)
    await pass(60)
    expect([opened(), connections.made.length, offering.signals]).toEqual([[true, true], 2, ['offer']])
  })

  test('one end stops wanting while it is being built opens for the other', async () => {
    asking.channel.want(true)
    offering.channel.want(true)
    offering.channel.want(false)
    await settled()
    expect([opened(), offering.changes, connections.made.length]).toEqual([[true, true], [true], 2])
  })

  test('one end does not want any more stays while the other does', async () => {
    asking.channel.want(true)
    offering.channel.want(true)
    await pass(1)
    offering.channel.want(false)
    await pass(60)
    expect([opened(), connections.made.length]).toEqual([[true, true], 2])
    offering.channel.want(true)
    await pass(1)
    asking.channel.want(false)
    await pass(60)
    expect([opened(), connections.made.length]).toEqual([[true, true], 2])
  })

  test.each(['offering', 'asking'] as const)(
    'only the %s end wanted is left by both, then dropped, with it',
    async (who) => {
      const [end, other] = who === 'offering' ? [offering, asking] : [asking, offering]
      end.channel.want(true)
      await pass(2)
      other.channel.send(frame(1))
      end.channel.want(false)
      // Its own frames go elsewhere at once; what was sent to it still arrives.
      expect([end.channel.open, other.channel.open]).toEqual([false, true])
      await settled()
      expect(end.frames).toEqual([1])
      await pass(1)
      expect([opened(), connections.alive.length]).toEqual([[false, false], 2])
      await pass(2)
      expect([opened(), busy(), connections.alive, clock.armed]).toEqual([[false, false], [false, false], [], 0])
      expect([end.changes, other.changes]).toEqual([
        [true, false],
        [true, false],
      ])
    },
  )

  test('is wanted again before it was dropped is kept', async () => {
    offering.channel.want(true)
    await pass(2)
    offering.channel.want(false)
    await pass(2)
    asking.channel.want(true)
    await pass(60)
    expect([opened(), connections.made.length]).toEqual([[true, true], 2])
  })

  test('is wanted again after it was dropped is built anew', async () => {
    for (let round = 1; round <= 3; round++) {
      asking.channel.want(true)
      await pass(2)
      expect([opened(), connections.made.length]).toEqual([[true, true], 2 * round])
      asking.channel.want(false)
      await pass(5)
      expect(connections.alive).toEqual([])
    }
  })

  test.each(['offering', 'asking'] as const)('breaks is built anew where the %s end wants it', async (who) => {
    const [end, other] = who === 'offering' ? [offering, asking] : [asking, offering]
    end.channel.want(true)
    await pass(2)
    connections.alive[0]?.fail()
    await settled()
    expect(opened()).toEqual([false, false])
    await pass(3)
    expect([opened(), connections.made.length]).toEqual([[true, true], 4])
    await exchange()
    expect(other.changes).toEqual([true, false, true])
  })

  test('falls silent is given up after five seconds, and built anew', async () => {
    asking.channel.want(true)
    await pass(2)
    for (const connection of connections.alive) connection.muted = true
    await pass(4)
    expect(opened()).toEqual([true, true])
    await pass(1)
    expect(opened()).toEqual([false, false])
    await pass(3)
    expect(opened()).toEqual([true, true])
    await exchange()
  })

  test('is closed here is closed there, and nothing is left', async () => {
    offering.channel.want(true)
    await pass(2)
    offering.channel.close()
    await pass(60)
    expect([busy(), connections.alive, clock.armed]).toEqual([[false, false], [], 0])
  })
})

describe('signals that get lost', () => {
  test.each(['offering', 'asking'] as const)(
    'are repeated by the %s end, ever more slowly, until it opens',
    async (who) => {
      const end = who === 'offering' ? offering : asking
      relayed = false
      end.channel.want(true)
      await pass(300)
      const tries = end.signals.length
      expect(tries).toBeGreaterThanOrEqual(8)
      expect(tries).toBeLessThanOrEqual(16)
      relayed = true
      await pass(60)
      expect(opened()).toEqual([true, true])
      expect(end.signals.length).toBeLessThanOrEqual(tries + 2)
      await exchange()
    },
  )

  test('are repeated soon again where the channel is wanted anew', async () => {
    relayed = false
    asking.channel.want(true)
    await pass(300)
    asking.channel.want(false)
    asking.channel.want(true)
    await settled()
    relayed = true
    await pass(2)
    expect(opened()).toEqual([true, true])
  })

  test('are not repeated once the channel is not wanted any more', async () => {
    relayed = false
    for (const { channel } of [offering, asking]) channel.want(true)
    await pass(30)
    for (const { channel } of [offering, asking]) channel.want(false)
    await pass(3)
    const said = [offering.signals.length, asking.signals.length]
    await pass(300)
    expect([offering.signals.length, asking.signals.length]).toEqual(said)
    expect([connections.alive, clock.armed]).toEqual([[], 0])
  })

  test('an offer whose answer is lost is taken back when its end stops wanting', async () => {
    offering.channel.want(true)
    relayed = false
    await pass(1)
    relayed = true
    offering.channel.want(false)
    await pass(12)
    expect([connections.alive, busy()]).toEqual([[], [false, false]])
  })
})

describe('why there is no channel', () => {
  const faults = (): unknown[] => [offering.channel.fault, asking.channel.fault]
  const attempts = (): number[] => [offering.channel.attempts, asking.channel.attempts]

  test('while nobody wants one it is unwanted, then connecting, and nothing once it is open', async () => {
    expect([faults(), attempts()]).toEqual([
      ['unwanted', 'unwanted'],
      [0, 0],
    ])
    asking.channel.want(true)
    expect([faults(), attempts()]).toEqual([
      ['unwanted', 'connecting'],
      [0, 1],
    ])
    await pass(1)
    expect([faults(), attempts()]).toEqual([
      [undefined, undefined],
      [0, 0],
    ])
  })

  test.each(['offering', 'asking'] as const)('the %s end says that it gets no answer', async (who) => {
    const { channel } = who === 'offering' ? offering : asking
    relayed = false
    channel.want(true)
    await pass(1)
    expect(channel.attempts).toBe(who === 'offering' ? 1 : 2)
    await pass(9)
    expect(channel.fault).toBe('no-answer')
    expect(channel.attempts).toBeGreaterThanOrEqual(2)
    channel.want(false)
    await pass(20)
    expect([channel.fault, channel.attempts]).toEqual(['unwanted', 0])
  })

  test('descriptions were exchanged, and no way was found: unreachable, at both ends', async () => {
    connections.blocked = true
    asking.channel.want(true)
    await pass(9)
    expect(faults()).toEqual(['connecting', 'connecting'])
    await pass(1)
    expect(faults()).toEqual(['unwanted', 'unreachable'])
    await pass(60)
    expect(asking.channel.attempts).toBeGreaterThanOrEqual(3)
    connections.blocked = false
    await pass(70)
    expect([opened(), faults(), attempts()]).toEqual([
      [true, true],
      [undefined, undefined],
      [0, 0],
    ])
  })

  test('it was open and has ended: lost, until it is open again', async () => {
    offering.channel.want(true)
    await pass(1)
    relayed = false
    connections.alive[0]?.fail()
    await settled()
    expect([offering.channel.fault, offering.channel.attempts]).toEqual(['lost', 0])
    relayed = true
    await pass(3)
    expect([offering.channel.fault, offering.channel.attempts]).toEqual([undefined, 0])
  })

  test('what the connection lacks is why, however it ends', async () => {
    connections.lacks = 'no-ice-servers'
    offering.channel.want(true)
    await settled()
    connections.made[0]?.fail()
    await settled()
    expect([offering.channel.fault, offering.signals]).toEqual(['no-ice-servers', []])
    await pass(20)
    expect(offering.channel.fault).toBe('no-ice-servers')
    connections.lacks = undefined
    await pass(20)
    expect(opened()).toEqual([true, true])
  })
})

describe('a channel recovers soon', () => {
  test.each(['offering', 'asking'] as const)('where what the %s end says can not be sealed at first', async (who) => {
    const end = who === 'offering' ? offering : asking
    end.sealed = false
    end.channel.want(true)
    await settled()
    end.sealed = true
    await pass(2)
    expect(opened()).toEqual([true, true])
  })

  test('where the offer was lost: the end that asks again gets another one', async () => {
    relayed = false
    offering.channel.want(true)
    await pass(1)
    relayed = true
    asking.channel.want(true)
    await settled()
    expect([opened(), connections.alive.length]).toEqual([[true, true], 2])
  })

  test('where one end has lost it and the other has not noticed yet', async () => {
    offering.channel.want(true)
    asking.channel.want(true)
    await pass(2)
    const [, asked] = connections.alive
    asked?.vanish()
    await settled()
    expect(opened()).toEqual([true, false])
    await pass(2)
    expect([opened(), connections.alive.length]).toEqual([[true, true], 2])
    await exchange()
  })

  test.each(['offering', 'asking'] as const)(
    'where there may be a way again: the %s end tries at once, as if for the first time',
    async (who) => {
      const end = who === 'offering' ? offering : asking
      relayed = false
      end.channel.want(true)
      await pass(300)
      while (who === 'offering' && connections.alive.length > 0) await pass(1)
      relayed = true
      end.channel.wake('shown')
      await settled()
      expect(opened()).toEqual([true, true])
    },
  )
})

test('an attempt that began in another network is begun anew in this one', async () => {
  connections.blocked = true
  for (const { channel } of [offering, asking]) channel.want(true)
  await pass(2)
  connections.blocked = false
  for (const { channel } of [offering, asking]) channel.wake('shown')
  await settled()
  expect(opened()).toEqual([false, false])
  for (const { channel } of [offering, asking]) channel.wake('network')
  await settled()
  expect([opened(), connections.alive.length]).toEqual([[true, true], 2])
})

test('waking a channel that is open, or that nobody wants, does nothing', async () => {
  asking.channel.wake('network')
  await settled()
  expect(connections.made).toEqual([])
  offering.channel.want(true)
  await pass(1)
  for (const { channel } of [offering, asking]) channel.wake('network')
  await pass(10)
  expect(connections.made.length).toBe(2)
})

test('heartbeats and frames are signs of the other end', async () => {
  offering.channel.want(true)
  await settled()
  const before = asking.signs
  await pass(3)
  expect(asking.signs).toBe(before + 3)
  offering.channel.send(frame(1))
  await settled()
  expect(asking.signs).toBe(before + 4)
})

test('bytes that are no signal, and signals of other attempts, do nothing', async () => {
  for (const { channel } of [offering, asking]) {
    channel.signalled(Uint8Array.of(1, 2, 3))
    channel.signalled(Uint8Array.of(0, 0, 0, 1, ...new TextEncoder().encode('{"type":"answer","sdp":"0"}')))
  }
  // What only the end that makes no offers says, said to it.
  asking.channel.signalled(Uint8Array.of(0, 0, 0, 1, ...new TextEncoder().encode('{"type":"request"}')))
  await settled()
  expect([busy(), connections.made]).toEqual([[false, false], []])
})
