import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address, ReplicaId } from '../wire/index.js'
import type { Bus } from './bus.js'
import { Channels } from './channels.js'
import { BEAT_TICKS, Cluster, SILENT_TICKS } from './cluster.js'
import { encodeClusterMessage, MAX_BEAT_ROOMS } from './cluster-message.js'
import type { ElsewhereEvents } from './elsewhere.js'

const peer = (digit: string, incarnation = 1): Address => ({ replica: digit.repeat(32), incarnation })
const A = peer('a')
const B = peer('b')
const C = peer('c')

const short = ({ replica, incarnation }: Address): string => `${replica[0]}${incarnation}`

/** Takes what is published, and hands it on when told to: all of one relay in order. */
class Hub {
  readonly #stops: Stop[] = []
  #waiting: { readonly channel: string; readonly message: Uint8Array }[] = []
  nowMs = 1000

  add(stop: Stop): void {
    this.#stops.push(stop)
  }

  publish(channel: string, message: Uint8Array): void {
    this.#waiting.push({ channel, message })
  }

  /** Until nothing is under way any more. */
  deliver(): void {
    for (;;) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      for (const stop of this.#stops) stop.arrived(next.channel, next.message)
    }
  }

  /** What is under way never arrives. */
  lose(): void {
    this.#waiting = []
  }

  tick(times = 1): void {
    for (let tick = 0; tick < times; tick++) {
      this.nowMs += 1000
      for (const stop of this.#stops) stop.cluster.tick()
      this.deliver()
    }
  }
}

/** One relay on the hub, with a stand-in for its rooms. */
class Stop implements ElsewhereEvents {
  readonly cluster: Cluster
  readonly #subscribed = new Set<string>()
  readonly #seats = new Map<string, Map<ReplicaId, Address>>()
  /** `+b1`: incarnation 1 of the replica whose id begins with b has come elsewhere; `-b1`: it has gone; `!a1`: lost its seat here. */
  #told: string[] = []
  /** By what it was told, per room. */
  readonly seen = new Map<string, Map<ReplicaId, Address>>()
  #up = true
  #muted = false

  constructor(hub: Hub, digit: string, clockMs = 0) {
    hub.add(this)
    const bus: Bus = {
      publish: (channel, message) => {
        const isPossible = this.#up && !this.#muted
        if (isPossible) hub.publish(channel, message)
        return isPossible
      },
      subscribe: (channel) => {
        this.#subscribed.add(channel)
        if (this.#up) queueMicrotask(() => this.cluster.subscribed(channel))
      },
      unsubscribe: (channel) => {
        this.#subscribed.delete(channel)
      },
    }
    this.cluster = new Cluster({
      self: digit.repeat(32),
      channels: new Channels('test'),
      bus,
      events: this,
      nowMs: () => hub.nowMs + clockMs,
    })
    this.cluster.connected()
  }

  get channels(): readonly string[] {
    return [...this.#subscribed]
  }

  arrived(channel: string, message: Uint8Array): void
  arrived(room: string, kind: string, from: Address, to: readonly Address[], body: Uint8Array): void
  arrived(
    first: string,
    second: Uint8Array | string,
    from?: Address,
    to?: readonly Address[],
    body?: Uint8Array,
  ): void {
    if (second instanceof Uint8Array) {
      if (this.#up && this.#subscribed.has(first)) this.cluster.received(second)
    } else if (from !== undefined) {
      this.#told.push(`${first} ${second} ${short(from)}→${to?.map(short).join()}: ${body?.join()}`)
    }
  }

  join(self: Address, room = 'room'): void {
    const later = [...this.cluster.peers(room)].find(({ replica }) => replica === self.replica)
    if ((later?.incarnation ?? 0) > self.incarnation) return
    const seats = this.#seats.get(room) ?? new Map<ReplicaId, Address>()
    // A later life takes over the seat: the earlier one does not leave it before.
    if ((seats.get(self.replica)?.incarnation ?? 0) > self.incarnation) return
    this.#seats.set(room, seats.set(self.replica, self))
    this.seen.get(room)?.delete(self.replica)
    this.cluster.joined(room, self)
  }

  leave({ replica }: Pick<Address, 'replica'>, room = 'room'): void {
    const self = this.#seats.get(room)?.get(replica)
    if (self === undefined) return
    this.#seats.get(room)?.delete(replica)
    this.cluster.left(room, self)
    if (this.seats(room).length === 0) this.seen.delete(room)
  }

  seats(room = 'room'): readonly Address[] {
    return [...(this.#seats.get(room)?.values() ?? [])]
  }

  peers(room = 'room'): readonly string[] {
    return [...this.cluster.peers(room)].map(short).sort()
  }

  /** What it was told since the last call. */
  take(): readonly string[] {
    return this.#told.splice(0)
  }

  down(): void {
    this.#up = false
  }

  /** It hears, but can't publish. */
  mute(): void {
    this.#muted = true
  }

  up(): void {
    this.#up = true
    this.#muted = false
    this.cluster.connected()
  }

  cameElsewhere(room: string, came: Address): void {
    const here = this.#seats.get(room)?.get(came.replica)
    if (here !== undefined && here.incarnation > came.incarnation) throw new Error('told of an earlier life')
    this.#told.push(`+${short(came)}`)
    this.seen.set(room, (this.seen.get(room) ?? new Map()).set(came.replica, came))
    if (here === undefined) return
    this.#told.push(`!${short(here)}`)
    this.leave(here, room)
  }

  wentElsewhere(room: string, gone: Address): void {
    this.#told.push(`-${short(gone)}`)
    const known = this.seen.get(room)?.get(gone.replica)
    if (known?.incarnation !== gone.incarnation) throw new Error(`${short(gone)} went without having come`)
    this.seen.get(room)?.delete(gone.replica)
  }
}

const service = (): { readonly hub: Hub; readonly one: Stop; readonly two: Stop } => {
  const hub = new Hub()
  return { hub, one: new Stop(hub, '1'), two: new Stop(hub, '2') }
}

/** Subscriptions are confirmed. */
const settled = async (hub: Hub): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) {
    await Promise.resolve()
    hub.deliver()
  }
}

const met = async (): Promise<{ readonly hub: Hub; readonly one: Stop; readonly two: Stop }> => {
  const { hub, one, two } = service()
  one.join(A)
  two.join(B)
  await settled(hub)
  expect([one.take(), two.take()]).toEqual([['+b1'], ['+a1']])
  return { hub, one, two }
}

describe('who is elsewhere', () => {
  test('whoever comes first hears of the second, and whoever comes second asks', async () => {
    const { hub, one, two } = service()
    one.join(A)
    await settled(hub)
    two.join(B)
    expect([one.take(), two.take()]).toEqual([[], []])
    await settled(hub)
    expect([one.take(), two.take()]).toEqual([['+b1'], ['+a1']])
  })

  test('a relay hears nothing of rooms in which nobody sits there', async () => {
    const { hub, one, two } = service()
    one.join(A, 'one')
    two.join(B, 'two')
    await settled(hub)
    hub.tick(BEAT_TICKS)
    expect([one.take(), two.take(), one.peers('one'), one.peers('two')]).toEqual([[], [], [], []])
    one.leave(A, 'one')
    expect(one.channels.filter((channel) => channel.includes('room'))).toEqual([])
  })

  test('who leaves goes, and a later life comes without the earlier one going', async () => {
    const { hub, one, two } = await met()
    one.join(peer('a', 2))
    hub.deliver()
    one.leave(A)
    hub.deliver()
    expect(two.take()).toEqual(['+a2', '-a2'])
  })

  test('a lost message is noticed by the next one', async () => {
    const { hub, one, two } = await met()
    one.join(C)
    hub.lose()
    one.join(peer('d'))
    hub.deliver()
    expect(two.take()).toEqual(['+d1', '+c1'])
  })

  test('a lost message that no other follows is noticed by the next beat', async () => {
    const { hub, one, two } = await met()
    one.join(C)
    one.leave(A)
    hub.lose()
    hub.tick(BEAT_TICKS)
    expect(two.take()).toEqual(['-a1', '+c1'])
    expect(two.peers()).toEqual(['c1'])
  })

  test('a beat of more rooms than one message holds tells of all of them', () => {
    const { hub, one, two } = service()
    const rooms = Array.from({ length: MAX_BEAT_ROOMS + 1 }, (_, at) => `room ${at}`)
    for (const room of rooms) one.join(A, room)
    for (const room of rooms) two.join(B, room)
    hub.lose()
    hub.tick(BEAT_TICKS)
    expect(rooms.filter((room) => one.peers(room).length === 1 && two.peers(room).length === 1)).toEqual(rooms)
  })

  test('a relay that falls silent is forgotten after ten seconds, and not before', async () => {
    const { hub, one, two } = await met()
    hub.tick(BEAT_TICKS)
    two.down()
    hub.tick(SILENT_TICKS)
    expect([one.take(), one.cluster.counters().relays]).toEqual([[], 1])
    hub.tick(1)
    expect([one.take(), one.peers(), one.cluster.counters().relays]).toEqual([['-b1'], [], 0])
  })

  test('a relay that is back hears at once what it missed, and is heard', async () => {
    const { hub, one, two } = await met()
    two.down()
    one.join(C)
    two.join(peer('d'))
    two.leave(B)
    hub.tick(SILENT_TICKS + 1)
    expect([one.take(), two.take()]).toEqual([['-b1'], ['-a1']])
    two.up()
    hub.deliver()
    expect([one.take(), two.take()]).toEqual([['+d1'], ['+a1', '+c1']])
  })

  test('a question that could not be asked is asked as soon as it can be', async () => {
    const { hub, one, two } = await met()
    one.join(C)
    hub.lose()
    two.mute()
    one.cluster.connected()
    hub.deliver()
    two.up()
    hub.deliver()
    expect(two.take()).toEqual(['+c1'])
  })

  test('an outage shorter than the grace is no news', async () => {
    const { hub, one, two } = await met()
    two.down()
    hub.tick(SILENT_TICKS - BEAT_TICKS)
    two.up()
    hub.deliver()
    expect([one.take(), two.take()]).toEqual([[], []])
  })

  test('a relay that says goodbye is gone at once', async () => {
    const { hub, one, two } = await met()
    two.cluster.close()
    hub.deliver()
    expect([one.take(), one.cluster.counters().relays]).toEqual([['-b1'], 0])
  })

  test('a relay that is not heard from does not keep a room that it has left', async () => {
    const { hub, one, two } = await met()
    two.leave(B)
    hub.lose()
    hub.tick(SILENT_TICKS + 1)
    expect(one.take()).toEqual(['-b1'])
  })
})

describe('one replica at two relays', () => {
  test('a life that joins again at the other relay loses its seat at the first, and never goes', async () => {
    const { hub, one, two } = await met()
    two.join(A)
    await settled(hub)
    expect(one.take()).toEqual(['+a1', '!a1'])
    expect(two.take()).toEqual([])
    expect([one.seats(), two.seats().map(short), two.peers()]).toEqual([[], ['b1', 'a1'], []])
  })

  test('those at a third relay are told that it has come again, and not that it went', async () => {
    const { hub, two } = await met()
    const three = new Stop(hub, '3')
    three.join(C)
    await settled(hub)
    expect(three.take().toSorted()).toEqual(['+a1', '+b1'])
    two.join(A)
    await settled(hub)
    expect([three.take(), three.peers()]).toEqual([['+a1'], ['a1', 'b1']])
  })

  test('that it is the newer seat counts also at a relay whose clock is slow', async () => {
    const hub = new Hub()
    const one = new Stop(hub, '1')
    const late = new Stop(hub, '2', -60_000)
    one.join(A)
    late.join(B)
    await settled(hub)
    late.join(A)
    await settled(hub)
    expect([one.seats().length, late.seats().length]).toEqual([0, 2])
  })

  test('a later life wins wherever it sits, even against one that came after it', async () => {
    const { hub, one, two } = service()
    one.join(B)
    two.join(C)
    await settled(hub)
    one.take()
    one.join(peer('a', 2))
    hub.nowMs += 5000
    two.join(A)
    await settled(hub)
    expect(one.take()).toEqual([])
    expect([one.seats().map(short), two.seats().map(short)]).toEqual([['b1', 'a2'], ['c1']])
  })

  test('of seats that were taken while the relays were apart the newer one stays', async () => {
    const { hub, one, two } = await met()
    two.down()
    hub.nowMs += 1000
    two.join(A)
    two.up()
    hub.deliver()
    expect([one.seats().length, two.seats().map(short)]).toEqual([0, ['b1', 'a1']])
    expect(two.take()).toEqual([])
  })
})

describe('frames', () => {
  test('go to the relays at which somebody of the receivers sits, and to no other', async () => {
    const { hub, one, two } = await met()
    const three = new Stop(hub, '3')
    three.join(C)
    await settled(hub)
    for (const stop of [one, two, three]) stop.take()
    expect(one.cluster.forward('room', 'datagram', A, [B, peer('d')], Uint8Array.of(1, 2))).toBe(true)
    hub.deliver()
    expect([two.take(), three.take()]).toEqual([['room datagram a1→b1: 1,2'], []])
    expect(one.cluster.forward('room', 'signal', A, [B, C], Uint8Array.of(3))).toBe(true)
    hub.deliver()
    expect([two.take(), three.take()]).toEqual([['room signal a1→b1: 3'], ['room signal a1→c1: 3']])
  })

  test('to a life, a replica or a room that is not elsewhere are not sent', async () => {
    const { one } = await met()
    const { published } = one.cluster.counters()
    const body = Uint8Array.of(1)
    expect(one.cluster.forward('room', 'datagram', A, [peer('b', 2), C], body)).toBe(false)
    expect(one.cluster.forward('another', 'datagram', A, [B], body)).toBe(false)
    expect(one.cluster.counters().published).toBe(published)
  })

  test('can be sent to whoever has come, as soon as that is known: the relay there knows from whom they are', async () => {
    const { hub, one, two } = service()
    one.join(A)
    await settled(hub)
    two.join(B)
    hub.deliver()
    expect(one.take()).toEqual(['+b1'])
    one.cluster.forward('room', 'datagram', A, [B], Uint8Array.of(1))
    hub.deliver()
    expect(two.take()).toEqual(['+a1', 'room datagram a1→b1: 1'])
  })

  test('of a sender of which nothing was heard have its relay asked', async () => {
    const { hub, one, two } = await met()
    one.join(C)
    hub.lose()
    one.cluster.forward('room', 'datagram', C, [B], Uint8Array.of(1))
    hub.deliver()
    one.cluster.forward('room', 'datagram', C, [B], Uint8Array.of(2))
    hub.deliver()
    expect(two.take()).toEqual(['+c1', 'room datagram c1→b1: 2'])
    expect(two.cluster.counters().unplaced).toBe(1)
  })

  test('of a sender that does not sit where they come from are not believed', async () => {
    const { hub, one, two } = await met()
    two.cluster.forward('room', 'datagram', C, [A], Uint8Array.of(1))
    two.cluster.forward('room', 'datagram', peer('b', 2), [A], Uint8Array.of(1))
    hub.deliver()
    expect([one.take(), one.cluster.counters().unplaced]).toEqual([[], 2])
  })

  test('are dropped and counted while the bus takes none', async () => {
    const { one } = await met()
    one.down()
    const { dropped } = one.cluster.counters()
    expect(one.cluster.forward('room', 'datagram', A, [B], Uint8Array.of(1))).toBe(true)
    expect(one.cluster.counters().dropped).toBe(dropped + 1)
  })
})

describe('what nobody should say', () => {
  test('is counted where it is no message', async () => {
    const { one } = await met()
    for (const bytes of [[], [1], [2, 8, ...new Array(16).fill(0)], [1, 9, ...new Array(16).fill(0)]]) {
      one.cluster.received(Uint8Array.from(bytes))
    }
    expect(one.cluster.counters().malformed).toBe(4)
  })

  test('fills no memory: neither by relays, nor by seats, that are made up', async () => {
    const { one } = await met()
    const say = (relay: number, replica: number): void => {
      const self = { replica: replica.toString(16).padStart(32, '0'), incarnation: 1 }
      const id = relay.toString(16).padStart(32, '9')
      const seat = { self, takenAtMs: 1 }
      one.cluster.received(encodeClusterMessage({ kind: 'came', relay: id, room: 'room', before: 0, version: 1, seat }))
    }
    for (let relay = 0; relay < 1000; relay++) say(relay, relay)
    expect(one.cluster.counters().relays).toBe(256)
    for (let replica = 0; replica < 2000; replica++) {
      const self = { replica: replica.toString(16).padStart(32, '5'), incarnation: 1 }
      const seat = { self, takenAtMs: 1 }
      const change = { relay: '2'.repeat(32), room: 'room', before: replica + 1, version: replica + 2 }
      one.cluster.received(encodeClusterMessage({ kind: 'came', ...change, seat }))
    }
    expect(one.peers().length).toBe(512)
  })
})

describe('whatever happens', () => {
  type Step =
    | {
        readonly act: 'join' | 'rejoin' | 'leave'
        readonly at: number
        readonly replica: number
        readonly room: number
      }
    | { readonly act: 'down' | 'up'; readonly at: number }
    | { readonly act: 'lose' | 'deliver' | 'tick' }

  const at = fc.nat({ max: 2 })
  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          act: fc.constantFrom('join', 'rejoin', 'leave'),
          at,
          replica: fc.nat({ max: 3 }),
          room: fc.nat({ max: 1 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('down', 'up'), at }) },
      { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('lose', 'deliver', 'deliver', 'tick') }) },
    ) as fc.Arbitrary<Step>,
    { maxLength: 60 },
  )

  test('once messages arrive again, every relay knows who sits at the others, and nobody has two seats', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const hub = new Hub()
        const stops = [new Stop(hub, '1'), new Stop(hub, '2', -3000), new Stop(hub, '3', 3000)]
        const incarnations = [1, 1, 1, 1]
        for (const step of taken) {
          hub.nowMs += 10
          await Promise.resolve()
          const stop = 'at' in step ? stops[step.at] : undefined
          if ('replica' in step) {
            const replica = 'abcd'[step.replica]?.repeat(32) ?? ''
            if (step.act === 'join') incarnations[step.replica] = (incarnations[step.replica] ?? 0) + 1
            const self = { replica, incarnation: incarnations[step.replica] ?? 1 }
            if (step.act === 'leave') stop?.leave(self, `room ${step.room}`)
            else stop?.join(self, `room ${step.room}`)
          } else if (step.act === 'down') stop?.down()
          else if (step.act === 'up') stop?.up()
          else if (step.act === 'tick') hub.tick()
          else hub[step.act]()
        }
        for (const stop of stops) stop.up()
        await settled(hub)
        hub.tick(SILENT_TICKS + 2 * BEAT_TICKS)
        for (const room of ['room 0', 'room 1']) {
          const everybody = stops.flatMap((stop) => stop.seats(room))
          expect(new Set(everybody.map(({ replica }) => replica)).size).toBe(everybody.length)
          for (const stop of stops) {
            if (stop.seats(room).length === 0) continue
            const others = everybody
              .filter((seat) => !stop.seats(room).includes(seat))
              .map(short)
              .sort()
            expect(stop.peers(room)).toEqual(others)
            expect([...(stop.seen.get(room)?.values() ?? [])].map(short).sort()).toEqual(others)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
