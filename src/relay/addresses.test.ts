import { describe, expect, test } from 'vitest'
import { networkOf } from './addresses.js'
import { A, B, C, joined, Stage } from './stage.js'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  ['unknown', 'unknown'],
])('%j counts as %j', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

describe('one network address', () => {
  test('has no more sockets than it may, joined or not, and others are not asked', () => {
    const stage = new Stage({ socketsPerAddress: 2 })
    const address = '192.0.2.1'
    const first = stage.join(A, { address })
    stage.connect(address)
    expect(stage.connect(address).closedFor).toBe('too-many-from-address')
    expect(stage.connect('192.0.2.2').closedFor).toBeUndefined()
    expect(stage.connect().closedFor).toBeUndefined()
    stage.rooms.disconnected(first)
    expect(stage.connect(address).closedFor).toBeUndefined()
    expect(stage.connect(address).closedFor).toBe('too-many-from-address')
  })

  test('joins no faster than it may, though it leaves in between', () => {
    const stage = new Stage({ joinsPerSecondPerAddress: 1, burstSeconds: 2 })
    const join = () => {
      const socket = stage.join(A, { address: '2001:db8::1' })
      stage.rooms.disconnected(socket)
      stage.rooms.tick()
      return socket.closedFor
    }
    expect([join(), join(), join()]).toEqual([undefined, undefined, 'too-many-from-address'])
    expect(stage.join(B, { address: '2001:db8::2' }).closedFor).toBe('too-many-from-address')
    expect(stage.join(C, { address: '2001:db8:0:1::1' }).take()).toEqual([joined()])
    stage.nowMs += 999
    expect([join(), join()]).toEqual([undefined, 'too-many-from-address'])
  })

  test('is forgotten once nothing is owed: a burst later it may join as at first', () => {
    const stage = new Stage({ joinsPerSecondPerAddress: 1, burstSeconds: 2 })
    const join = () => {
      const socket = stage.join(A, { address: '192.0.2.1' })
      stage.rooms.disconnected(socket)
      return socket.closedFor
    }
    expect([join(), join()]).toEqual([undefined, undefined])
    stage.nowMs += 2000
    stage.rooms.tick()
    expect([join(), join(), join()]).toEqual([undefined, undefined, 'too-many-from-address'])
  })
})
