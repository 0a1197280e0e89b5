import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { type Address, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '../../wire/index.js'
import { type Relay, type RelayOptions, startRelay } from '../node.js'

export const cleanups: (() => Promise<unknown>)[] = []

/** To be called after each test. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

export const relayWith = async (options: RelayOptions = {}): Promise<Relay> => {
  const relay = await startRelay(options)
  cleanups.push(() => relay.close())
  return relay
}

/** A raw socket of the relay, whose messages are awaited one by one. */
export class Visitor {
  readonly ws: WebSocket
  /** The close code. */
  readonly closed: Promise<number>
  readonly #frames: (RelayFrame | string)[] = []
  #wake = (): void => {}

  constructor(url: string, options: ClientOptions = {}) {
    this.ws = new WebSocket(url, options)
    this.ws.on('message', (message: Buffer, binary) => {
      this.#frames.push(binary ? decodeRelayFrame(new Uint8Array(message)) : message.toString())
      this.#wake()
    })
    this.ws.on('error', () => {})
    this.closed = new Promise((resolve) => this.ws.once('close', resolve))
    cleanups.push(async () => this.ws.terminate())
  }

  /** Has asked for a seat; what comes of it follows. */
  static async ask(url: string, self: Address, token = '', options: ClientOptions = {}): Promise<Visitor> {
    const visitor = new Visitor(url, options)
    await once(visitor.ws, 'open')
    visitor.send({ kind: 'join', self, token, room: 'room' })
    return visitor
  }

  static async join(url: string, self: Address, options: ClientOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.ask(url, self, '', options)
    const first = await visitor.next()
    if (typeof first === 'string' || first.kind !== 'joined') throw new Error(`told ${JSON.stringify(first)}`)
    return visitor
  }

  send(frame: RelayFrame): void {
    this.ws.send(encodeRelayFrame(frame))
  }

  async next(): Promise<RelayFrame | string> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
