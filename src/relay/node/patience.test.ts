import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startRelay } from '../node.js'
import { A } from '../stage.js'
import { cleanUp, cleanups, relayWith, Visitor } from './stage.js'

afterEach(cleanUp)

const UPGRADE = [
  ...['GET / HTTP/1.1', 'Host: relay', 'Connection: Upgrade', 'Upgrade: websocket'],
  ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==', '', ''],
].join('\r\n')

/** A bare connection to a relay, whose own half stays open whatever the relay does. */
const connected = async (url: string): Promise<Socket> => {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  cleanups.push(async () => socket.destroy())
  await once(socket, 'connect')
  return socket
}

const said = async (socket: Socket): Promise<string> => {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  await once(socket, 'end')
  return text
}

describe('a relay is not kept waiting', () => {
  test('by who was refused while it drains, and does not hang up', async () => {
    const relay = await startRelay()
    await relay.drain({ graceMs: 0 })
    const socket = await connected(relay.url)
    const answer = said(socket)
    socket.write(UPGRADE)
    expect(await answer).toMatch(/^HTTP\/1.1 503 /)
    await relay.close()
  })

  test.each([
    ['', 'nothing'],
    ['GET / HTTP/1.1\r\nHost: re', 'half a request'],
  ])('by who connects and says %j: %s', async (words) => {
    const { url } = await relayWith({ limits: { joinTimeoutMs: 50 } })
    const socket = await connected(url)
    const answer = said(socket)
    socket.write(words)
    expect(await answer).toMatch(/^(HTTP\/1.1 408 |$)/)
  })

  test('by more connections of one address than could become sockets', async () => {
    const { url } = await relayWith({ limits: { socketsPerAddress: 1 } })
    await connected(url)
    await Visitor.join(url, A)
    expect(await said(await connected(url))).toBe('')
  })

  test('by a flood of pings', async () => {
    const { url } = await relayWith({ limits: { framesPerSecond: 10, burstSeconds: 1 } })
    const visitor = await Visitor.join(url, A)
    for (let sent = 0; sent < 20; sent++) visitor.ws.ping()
    expect(await visitor.closed).toBe(4004)
  })
})
