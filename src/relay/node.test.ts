import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { MAX_RELAY_FRAME_BYTES } from '../wire/index.js'
import { cleanUp, cleanups, relayWith, Visitor } from './node/stage.js'
import { attachRelay, startRelay } from './node.js'
import { A, B, datagram, peer } from './stage.js'

afterEach(async () => {
  vi.useRealTimers()
  await cleanUp()
})

describe('a relay on a port of its own', () => {
  test('is not opened to everywhere by an empty host', async () => {
    await expect(startRelay({ host: '' })).rejects.toThrow(TypeError)
  })

  test('takes no more peers per room than it could list', async () => {
    await expect(startRelay({ limits: { peersPerRoom: 513 } })).rejects.toThrow(RangeError)
  })

  test('members meet, and frames of full size pass unchanged', async () => {
    const { url } = await relayWith()
    const a = await Visitor.join(url, A)
    const b = await Visitor.join(url, B)
    expect(await a.next()).toEqual({ kind: 'came', peer: B })
    const body = new Uint8Array(16_384).map((_, at) => at)
    a.send({ kind: 'datagram', peer: B, body })
    const arrived = await b.next()
    expect(arrived).toMatchObject({ kind: 'datagram', peer: A })
    expect(typeof arrived === 'object' && 'body' in arrived && Buffer.compare(arrived.body, body)).toBe(0)
    b.ws.close()
    expect(await a.next()).toEqual({ kind: 'went', peer: B })
  })

  test('a socket that dies without a word is noticed by its room', async () => {
    const { url } = await relayWith()
    const a = await Visitor.join(url, A)
    const b = await Visitor.join(url, B)
    expect(await a.next()).toEqual({ kind: 'came', peer: B })
    b.ws.terminate()
    expect(await a.next()).toEqual({ kind: 'went', peer: B })
  })

  test('who answers no ping is closed within five seconds, who answers or speaks is not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const relay = await relayWith()
    const speaking = await Visitor.join(relay.url, A, { autoPong: false })
    const answering = await Visitor.join(relay.url, B)
    const dead = await Visitor.join(relay.url, peer('c'), { autoPong: false })
    expect([await speaking.next(), await speaking.next()]).toMatchObject([{ kind: 'came' }, { kind: 'came' }])
    for (let passedMs = 1200; passedMs <= 4800; passedMs += 1200) {
      expect(relay.counters().sockets).toBe(3)
      const pinged = passedMs < 4800 ? once(answering.ws, 'ping') : undefined
      vi.advanceTimersByTime(1200)
      await pinged
      speaking.ws.send('ping')
      if (passedMs < 4800) expect(await speaking.next()).toBe('pong')
    }
    expect(await dead.closed).toBe(4003)
    expect(await speaking.next()).toEqual({ kind: 'went', peer: peer('c') })
    expect(relay.counters()).toMatchObject({ sockets: 2, closed: { unresponsive: 1 } })
  })

  test('two members keep exchanging while a third socket after the other floods garbage', async () => {
    const relay = await relayWith()
    const a = await Visitor.join(relay.url, A)
    const b = await Visitor.join(relay.url, B)
    await a.next()
    let flooding = true
    const codes: number[] = []
    const flood = (async () => {
      for (let byte = 0; flooding; byte++) {
        const c = new Visitor(relay.url)
        await once(c.ws, 'open')
        if (byte % 2 === 0) c.send({ kind: 'join', self: peer('c'), token: '', room: 'elsewhere' })
        for (let sent = 0; sent < 50; sent++) c.ws.send(new Uint8Array(1000).fill(7 + (byte % 249)))
        codes.push(await c.closed)
      }
    })()
    for (let round = 0; round < 100; round++) {
      a.send(datagram(B, round))
      expect(await b.next()).toEqual(datagram(A, round))
      b.send(datagram(A, round))
      expect(await a.next()).toEqual(datagram(B, round))
    }
    flooding = false
    await flood
    expect(codes.length).toBeGreaterThan(0)
    expect(new Set(codes)).toEqual(new Set([4000]))
  })

  test('who floods with well-formed frames is closed for it, and its room goes on', async () => {
    const relay = await relayWith({ limits: { framesPerSecond: 100, burstSeconds: 1 } })
    const a = await Visitor.join(relay.url, A)
    const b = await Visitor.join(relay.url, B)
    for (let sent = 0; sent < 5000; sent++) a.send(datagram(peer('f'), 1))
    expect(await a.closed).toBe(4004)
    expect(await b.next()).toEqual({ kind: 'went', peer: A })
    b.ws.send('ping')
    expect(await b.next()).toBe('pong')
  })

  test('a message larger than a frame is refused before it is read', async () => {
    const { url } = await relayWith()
    const a = await Visitor.join(url, A)
    a.ws.send(new Uint8Array(MAX_RELAY_FRAME_BYTES + 1))
    expect(await a.closed).toBe(1009)
  })

  test('an earlier socket of the same life is replaced', async () => {
    const { url } = await relayWith()
    const old = await Visitor.join(url, A)
    await Visitor.join(url, A)
    expect(await old.closed).toBe(4008)
  })

  test('bytes that are no WebSocket, or no HTTP, harm nobody', async () => {
    const { url } = await relayWith()
    const a = await Visitor.join(url, A)
    for (const garbage of [
      '\0\0\0\0\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.on('error', () => {})
      const gone = new Promise((resolve) => socket.once('close', resolve))
      socket.write(garbage)
      socket.resume()
      await gone
    }
    a.ws.send('ping')
    expect(await a.next()).toBe('pong')
  })

  test('closing tells every socket why, frees the port, and may be done twice', async () => {
    const relay = await startRelay()
    const a = await Visitor.join(relay.url, A)
    const idle = new Visitor(relay.url)
    await once(idle.ws, 'open')
    await Promise.all([relay.close(), relay.close()])
    expect([await a.closed, await idle.closed]).toEqual([1001, 1001])
    const again = await relayWith({ port: Number(new URL(relay.url).port) })
    expect(again.url).toBe(relay.url)
  })

  test('a peer that ignores the close frame does not hold up closing', async () => {
    const relay = await startRelay()
    const a = await Visitor.join(relay.url, A)
    a.ws.pause()
    await relay.close()
    a.ws.resume()
    await a.closed
  })

  test('a port that is taken is an error of the caller’s', async () => {
    const { url } = await relayWith()
    await expect(startRelay({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('plain http is told what this is', async () => {
    const { url } = await relayWith()
    const response = await fetch(url.replace('ws', 'http'))
    expect(response.status).toBe(426)
    expect(await response.text()).toContain('relay')
  })
})

describe('a relay on a server of somebody else’s', () => {
  test('answers its own path, and leaves other upgrades and requests alone', async () => {
    const server = createServer((_request, response) => void response.end('page'))
    const others = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/hmr') others.handleUpgrade(request, socket, head, (ws) => ws.send('theirs'))
    })
    const attached = attachRelay(server, { path: '/relay' })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

    const a = await Visitor.join(`ws://${host}/relay`, A)
    await Visitor.join(`ws://${host}/relay?token=1`, B)
    expect(await a.next()).toEqual({ kind: 'came', peer: B })
    const theirs = new WebSocket(`ws://${host}/hmr`)
    const [message] = await once(theirs, 'message')
    expect(String(message)).toBe('theirs')
    expect(await (await fetch(`http://${host}/`)).text()).toBe('page')
    theirs.terminate()

    expect(attached.counters()).toMatchObject({ sockets: 2, rooms: 1 })
    await attached.close()
    expect(await a.closed).toBe(1001)
    expect(server.listening).toBe(true)
  })

  test('ends upgrades that nobody answers', async () => {
    const server = createServer()
    const attached = attachRelay(server, { path: '/relay' })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await new Visitor(`ws://127.0.0.1:${port}/elsewhere`).closed).toBe(1006)
    await attached.close()
    await new Promise((resolve) => server.close(resolve))
  })
})
