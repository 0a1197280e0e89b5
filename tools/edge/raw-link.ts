import { once } from 'node:events'
import { WebSocket } from 'ws'
import {
  type Address,
  closeReasonOf,
  decodeRelayFrame,
  encodeRelayFrame,
  type RelayFrame,
} from '../../src/wire/index.js'

/** Test equipment: a link that says exactly what it is told to, and hears everything in order. */
export class RawLink {
  readonly #socket: WebSocket
  readonly #heard: (RelayFrame | string)[] = []
  readonly #listening: ((heard: RelayFrame | string) => void)[] = []
  /** Resolves with why it was closed: the relay's reason, or else the code. */
  readonly closed: Promise<string | number>

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => resolve(closeReasonOf(code) ?? code))
    })
    socket.on('error', () => {})
    socket.on('message', (data: Buffer, binary) => {
      const heard = binary ? decodeRelayFrame(new Uint8Array(data)) : data.toString()
      const listener = this.#listening.shift()
      if (listener === undefined) this.#heard.push(heard)
      else listener(heard)
    })
  }

  /** Connects, and says nothing. @param room as in the URL */
  static async connect(relay: string, room: string, origin?: string): Promise<RawLink> {
    const socket = new WebSocket(`${relay}/?room=${encodeURIComponent(room)}`, { ...(origin && { origin }) })
    const link = new RawLink(socket)
    await once(socket, 'open')
    return link
  }

  /** Connects and joins. Resolves with it and who was there. */
  static async join(
    relay: string,
    room: string,
    self: Address,
    token = '',
  ): Promise<{ readonly link: RawLink; readonly peers: readonly Address[] }> {
    const link = await RawLink.connect(relay, room)
    link.say({ kind: 'join', room, self, token })
    const joined = await link.hear()
    if (typeof joined === 'string' || joined.kind !== 'joined') throw new Error(`not joined: ${JSON.stringify(joined)}`)
    return { link, peers: joined.peers }
  }

  say(frame: RelayFrame | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : encodeRelayFrame(frame))
  }

  /** The next that comes, each once. */
  hear(): Promise<RelayFrame | string> {
    const heard = this.#heard.shift()
    return heard === undefined ? new Promise((resolve) => this.#listening.push(resolve)) : Promise.resolve(heard)
  }

  close(): void {
    this.#socket.close()
  }

  /** Without a word, as a machine that loses its power. */
  vanish(): void {
    this.#socket.terminate()
  }
}
