import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type Address, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '../../src/wire/index.js'

/** `a1`: incarnation 1 of the replica whose id begins with a. */
const short = ({ replica, incarnation }: Address): string => `${replica[0]}${incarnation}`

/** What one frame says, as a word: `+b1` b came, `-b1` it went, `b1: 1,2` a datagram of b, `b1~ 3` a signal. */
const word = (frame: RelayFrame): string => {
  switch (frame.kind) {
    case 'came':
      return `+${short(frame.peer)}`
    case 'went':
      return `-${short(frame.peer)}`
    case 'datagram':
      return `${short(frame.peer)}: ${frame.body.join()}`
    case 'signal':
      return `${short(frame.peer)}~ ${frame.body.join()}`
    case 'joined':
      return `joined ${frame.peers.map(short).sort().join(' ')}`.trim()
    default:
      return frame.kind
  }
}

/** A raw socket in a room of a relay, and all that it was told, as words, in order. */
export class Visitor {
  /** All that came, in order. */
  readonly heard: string[] = []
  /** With the code. */
  readonly closed: Promise<number>
  readonly #ws: WebSocket
  readonly #waiting = new Set<() => void>()

  private constructor(url: string) {
    this.#ws = new WebSocket(url)
    this.#ws.on('message', (message: Buffer, binary) => {
      if (!binary) return
      this.heard.push(word(decodeRelayFrame(message)))
      for (const look of [...this.#waiting]) look()
    })
    // What is wrong shows in 'close'.
    this.#ws.on('error', () => {})
    this.closed = new Promise((resolve) => this.#ws.once('close', resolve))
  }

  static async join(url: string, self: Address, room = 'room'): Promise<Visitor> {
    const visitor = new Visitor(url)
    await once(visitor.#ws, 'open')
    visitor.send({ kind: 'join', self, token: '', room })
    await visitor.until((heard) => heard.length > 0)
    return visitor
  }

  send(frame: RelayFrame): void {
    this.#ws.send(encodeRelayFrame(frame))
  }

  /** Resolves once what was heard is so. */
  async until(isSo: (heard: readonly string[]) => boolean): Promise<void> {
    if (isSo(this.heard)) return
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo(this.heard)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  async hears(...words: readonly string[]): Promise<void> {
    await this.until((heard) => words.every((each) => heard.includes(each)))
  }

  /** Cut off, without a word. */
  leave(): void {
    this.#ws.terminate()
  }
}
