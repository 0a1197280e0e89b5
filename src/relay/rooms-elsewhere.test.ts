import { describe, expect, test } from 'vitest'
import type { Address } from '../wire/index.js'
import type { Elsewhere } from './elsewhere.js'
import type { RelayLimits } from './limits.js'
import { A, B, C, datagram, joined, peer, Stage } from './stage.js'

const D = peer('d')

/** The rest of a service, as a test has it. */
class Others implements Elsewhere {
  /** In all rooms. */
  readonly here: Address[]
  readonly told: unknown[][] = []

  constructor(...here: Address[]) {
    this.here = here
  }

  joined(room: string, self: Address): void {
    this.told.push(['joined', room, self])
  }

  left(room: string, self: Address): void {
    this.told.push(['left', room, self])
  }

  peers(): Iterable<Address> {
    return this.here
  }

  forward(room: string, kind: string, from: Address, to: readonly Address[], body: Uint8Array): boolean {
    this.told.push(['forward', room, kind, from, to, [...body]])
    return to.some((one) => this.here.some(({ replica }) => replica === one.replica))
  }
}

const stageWith = (others: Others, limits: Partial<RelayLimits> = {}): Stage =>
  new Stage(limits, { elsewhere: () => others })

describe('a relay that is one of several', () => {
  test('tells a newcomer of those who sit elsewhere too, and the others of it', () => {
    const others = new Others(C)
    const stage = stageWith(others)
    const a = stage.join(A)
    const b = stage.join(B)
    expect([a.take(), b.take()]).toEqual([[joined(C), { kind: 'came', peer: B }], [joined(A, C)]])
    stage.rooms.disconnected(a)
    expect(others.told).toEqual([
      ['joined', 'room', A],
      ['joined', 'room', B],
      ['left', 'room', A],
    ])
  })

  test('tells its own of who comes and goes elsewhere, in that room alone', () => {
    const stage = stageWith(new Others())
    const [a, b] = [stage.join(A), stage.join(B, { room: 'other' })]
    stage.rooms.cameElsewhere('room', C)
    stage.rooms.wentElsewhere('room', C)
    stage.rooms.cameElsewhere('nowhere', C)
    expect([a.take(), b.take()]).toEqual([[joined(), { kind: 'came', peer: C }, { kind: 'went', peer: C }], [joined()]])
  })

  test('hands on in one go what has receivers elsewhere, and only that', () => {
    const others = new Others(C, D)
    const stage = stageWith(others)
    const [a, b] = [stage.join(A), stage.join(B)]
    for (const socket of [a, b]) socket.take()
    others.told.length = 0
    stage.say(a, datagram(B, 1))
    stage.cast(a, [C, B, D], 2)
    stage.say(a, { kind: 'signal', peer: C, body: Uint8Array.of(3) })
    expect(b.take()).toEqual([datagram(A, 1), datagram(A, 2)])
    expect(others.told).toEqual([
      ['forward', 'room', 'datagram', A, [C, D], [2]],
      ['forward', 'room', 'signal', A, [C], [3]],
    ])
    expect(stage.rooms.counters()).toMatchObject({ framesForwarded: 5, framesUndeliverable: 0 })
    stage.say(a, datagram(peer('f'), 4))
    expect(stage.rooms.counters().framesUndeliverable).toBe(1)
  })

  test('delivers what arrives to those of its receivers that sit here', () => {
    const others = new Others(C)
    const stage = stageWith(others)
    const [a, b] = [stage.join(A), stage.join(peer('b', 2))]
    for (const socket of [a, b]) socket.take()
    others.told.length = 0
    stage.rooms.arrived('room', 'datagram', C, [A, B, D], Uint8Array.of(1))
    stage.rooms.arrived('nowhere', 'datagram', C, [A], Uint8Array.of(1))
    expect([a.take(), b.take()]).toEqual([[datagram(C, 1)], []])
    expect(others.told).toEqual([])
  })

  test.each([1, 2])(
    'who takes its seat elsewhere in life %i loses that of its first life here, and never goes',
    (life) => {
      const others = new Others()
      const stage = stageWith(others)
      const [a, b] = [stage.join(A), stage.join(B)]
      a.take()
      stage.rooms.cameElsewhere('room', peer('b', life))
      expect(b.closedFor).toBe('replaced')
      stage.rooms.disconnected(b)
      expect(a.take()).toEqual([{ kind: 'came', peer: peer('b', life) }])
      expect(others.told.slice(2)).toEqual([['left', 'room', B]])
    },
  )

  test('the last of a room that takes its seat elsewhere leaves no room behind', () => {
    const stage = stageWith(new Others())
    stage.join(A)
    stage.rooms.cameElsewhere('room', A)
    expect(stage.rooms.counters()).toMatchObject({ sockets: 0, rooms: 0 })
  })

  test('a later life keeps its seat, whatever comes or goes elsewhere', () => {
    const others = new Others(B)
    const stage = stageWith(others)
    const a = stage.join(A)
    const b = stage.join(peer('b', 2))
    a.take()
    stage.rooms.cameElsewhere('room', B)
    stage.rooms.wentElsewhere('room', B)
    expect(b.closedFor).toBeUndefined()
    expect(a.take()).toEqual([])
    // The other relay may not know yet.
    expect(stage.join(C).take()).toEqual([joined(A, peer('b', 2))])
  })

  test('an earlier life is refused while a later one sits elsewhere, a later one is not', () => {
    const stage = stageWith(new Others(peer('a', 2)))
    expect(stage.join(A).closedFor).toBe('replaced')
    expect(stage.join(peer('a', 2)).take()).toEqual([joined()])
  })

  test('those who sit elsewhere count for a full room, and may come back to it here', () => {
    const stage = stageWith(new Others(B, C), { peersPerRoom: 3 })
    stage.join(A)
    expect(stage.join(D).closedFor).toBe('room-full')
    expect(stage.join(C).closedFor).toBeUndefined()
  })

  test('lists no more than a frame holds, however many are said to sit elsewhere', () => {
    const crowd = Array.from({ length: 5000 }, (_, at) => ({
      replica: at.toString(16).padStart(32, '0'),
      incarnation: 1,
    }))
    const others = new Others(...crowd)
    const stage = stageWith(others)
    // It was there before: that the room is over-full is no reason to refuse it.
    const [back] = stage.join(crowd[0] ?? A).take()
    expect(back).toMatchObject({ kind: 'joined', peers: { length: 512 } })
  })
})
