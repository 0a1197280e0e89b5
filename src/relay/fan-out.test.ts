import { describe, expect, test } from 'vitest'
import { A, B, C, datagram, joined, peer, Stage } from './stage.js'

const D = peer('d')

describe('a cast', () => {
  test('reaches each of its receivers as a datagram of its sender, and nobody else', () => {
    const stage = new Stage()
    const [a, b, c, d] = [stage.join(A), stage.join(B), stage.join(C), stage.join(D)]
    for (const socket of [a, b, c, d]) socket.take()
    stage.cast(a, [D, B], 1, 2)
    expect([a.take(), b.take(), c.take(), d.take()]).toEqual([[], [datagram(A, 1, 2)], [], [datagram(A, 1, 2)]])
    expect(stage.rooms.counters()).toMatchObject({ framesForwarded: 2, framesUndeliverable: 0 })
  })

  test('is handed to all receivers as the same bytes', () => {
    const stage = new Stage()
    const a = stage.join(A)
    const handed: unknown[] = []
    for (const self of [B, C]) stage.join(self).send = (message) => void handed.push(message)
    handed.length = 0
    stage.cast(a, [B, C], 1)
    expect(handed).toHaveLength(2)
    expect(handed[0]).toBe(handed[1])
  })

  test('passes by lives that are not here', () => {
    const stage = new Stage()
    const a = stage.join(A)
    const b = stage.join(peer('b', 2))
    b.take()
    stage.cast(a, [B, C], 1)
    expect(b.take()).toEqual([])
    expect(stage.rooms.counters()).toMatchObject({ framesForwarded: 0, framesUndeliverable: 2 })
  })

  test('is lost for the slow one among its receivers alone', () => {
    const stage = new Stage({ outgoingBytes: 100 })
    const [a, slow, c] = [stage.join(A), stage.join(B), stage.join(C)]
    for (const socket of [slow, c]) socket.take()
    slow.waitingBytes = 100
    stage.cast(a, [B, C], 1)
    expect([slow.take(), c.take()]).toEqual([[], [datagram(A, 1)]])
    expect(stage.rooms.counters()).toMatchObject({ framesForwarded: 1, framesDropped: 1 })
  })

  test('of who has not joined closes its sender', () => {
    const stage = new Stage()
    const b = stage.join(B)
    const stranger = stage.connect()
    stage.cast(stranger, [B], 1)
    expect(stranger.closedFor).toBe('protocol-error')
    expect(b.take()).toEqual([joined()])
  })
})

describe('what a room may have forwarded', () => {
  test('is counted per receiver, and whoever has sent most of it lately is closed, not who sends now', () => {
    const stage = new Stage({ roomFramesPerSecond: 10, burstSeconds: 2 })
    const [a, b, c] = [stage.join(A), stage.join(B), stage.join(C)]
    stage.say(b, datagram(C, 1))
    for (let sent = 0; sent < 9; sent++) stage.cast(a, [B, C], 1)
    stage.say(b, datagram(C, 1))
    expect([a.closedFor, b.closedFor]).toEqual([undefined, undefined])
    stage.say(b, datagram(C, 2))
    expect([a.closedFor, b.closedFor, c.closedFor]).toEqual(['room-rate-exceeded', undefined, undefined])
    expect(c.take().at(-1)).toEqual(datagram(B, 2))
  })

  test('is free for the others once its heaviest sender is closed', () => {
    const stage = new Stage({ roomFramesPerSecond: 10, burstSeconds: 2 })
    const [a, b] = [stage.join(A), stage.join(B), stage.join(C)]
    for (let sent = 0; sent < 21; sent++) stage.say(a, datagram(B, 1))
    expect(a.closedFor).toBe('room-rate-exceeded')
    for (let sent = 0; sent < 20; sent++) stage.say(b, datagram(C, 1))
    expect(b.closedFor).toBeUndefined()
    expect(stage.rooms.counters().closed).toEqual({ 'room-rate-exceeded': 1 })
  })

  test('counts bytes too, and what was sent long ago is forgotten', () => {
    const stage = new Stage({ roomBytesPerSecond: 1000, burstSeconds: 1 })
    const [a, b] = [stage.join(A), stage.join(B)]
    stage.say(a, datagram(B, ...new Uint8Array(900)))
    stage.nowMs += 10_000
    stage.say(b, datagram(A, ...new Uint8Array(600)))
    stage.say(b, datagram(A, ...new Uint8Array(600)))
    stage.say(a, datagram(B, 1))
    expect([a.closedFor, b.closedFor]).toEqual([undefined, 'room-rate-exceeded'])
  })

  test('is nothing to another room', () => {
    const stage = new Stage({ roomFramesPerSecond: 1, burstSeconds: 1 })
    const [a, b] = [stage.join(A), stage.join(B, { room: 'other' })]
    stage.say(a, datagram(C, 1))
    stage.say(b, datagram(C, 1))
    expect([a.closedFor, b.closedFor]).toEqual([undefined, undefined])
  })
})
