import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Address, decodeRelayFrame, type JoinFrame, type RelayFrame } from '../wire/index.js'
import type { Link, LinkStatus } from './contract.js'
import { directLinks, relayedLinks, sealing } from './programs.js'

// Tests turn the clock by hand: nothing is to be under way that does not go by it.
await Promise.all([directLinks, relayedLinks, sealing].map((program) => program.load()))

export const peer = (digit: string, incarnation: number = 1): Address => ({ replica: digit.repeat(32), incarnation })

/** The first status, from now on, that is as wanted. */
export const until = (link: Link, wanted: (status: LinkStatus) => boolean): Promise<LinkStatus> =>
  new Promise((resolve) => {
    const look = (status: LinkStatus): void => {
      if (!wanted(status)) return
      unsubscribe()
      resolve(status)
    }
    const unsubscribe = link.onStatus(look)
    look(link.status())
  })

/** The next status that is told. */
export const nextStatus = (link: Link): Promise<LinkStatus> =>
  new Promise((resolve) => {
    const unsubscribe = link.onStatus((status) => {
      unsubscribe()
      resolve(status)
    })
  })

export const JOINED: Extract<RelayFrame, { kind: 'joined' }> = {
  kind: 'joined',
  rate: { bytesPerSecond: 1e6, framesPerSecond: 1e3 },
  peers: [],
}

export interface Guest {
  readonly socket: WebSocket
  readonly join: JoinFrame
}

/** A server that takes joins, and then does as it is told. */
export interface StrangeRelay {
  readonly url: string
  /** The next one that has joined and was not looked at yet. */
  guest(): Promise<Guest>
}

/** It is gone when the test is finished. */
export const strangeRelay = async (): Promise<StrangeRelay> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const arrived: Guest[] = []
  let look = (): void => {}
  server.on('connection', (socket) => {
    socket.once('message', (bytes: Buffer) => {
      arrived.push({ socket, join: decodeRelayFrame(bytes) as JoinFrame })
      look()
    })
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    guest: () =>
      new Promise((resolve) => {
        look = () => {
          const first = arrived.shift()
          if (first === undefined) return
          look = () => {}
          resolve(first)
        }
        look()
      }),
  }
}
