import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { expect, test } from 'vitest'
import { boundPerAddress } from './crowd.js'

class Connection extends EventEmitter {
  destroyed = false

  constructor(readonly remoteAddress: string | undefined) {
    super()
  }

  destroy(): void {
    this.destroyed = true
  }
}

test('of one address only so many connections are kept, and those that are gone make room', () => {
  const server = new EventEmitter()
  boundPerAddress(server as Server, 2)
  const connect = (address?: string): Connection => {
    const connection = new Connection(address)
    server.emit('connection', connection)
    return connection
  }
  const [first, second, third] = [connect('192.0.2.1'), connect('::ffff:192.0.2.1'), connect('192.0.2.1')]
  expect([first, second, third].map(({ destroyed }) => destroyed)).toEqual([false, false, true])
  expect(connect('192.0.2.2').destroyed).toBe(false)
  third.emit('close')
  expect(connect('192.0.2.1').destroyed).toBe(true)
  first.emit('close')
  second.emit('close')
  expect(connect('192.0.2.1').destroyed).toBe(false)
  // One that was gone before it was looked at.
  expect(connect().destroyed).toBe(false)
})
