import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encodeRelayFrame } from '../../src/wire/index.js'
import type { Guest } from './guest.js'

/** One who is sent far more than the others: at first it reads that, later it does not any more. */
export class Reader {
  readonly #url: string
  readonly #room: string
  readonly #replica: string
  readonly #sender: Guest | undefined
  #incarnation = 0
  #ws: WebSocket | undefined
  #reads = true

  /** @param sender who sends it so much */
  constructor(url: string, room: string, replica: string, sender: Guest | undefined) {
    this.#url = url
    this.#room = room
    this.#replica = replica
    this.#sender = sender
  }

  /** Takes a seat, or takes it again: the relay closes who does not read. */
  async join(): Promise<void> {
    this.leave()
    this.#incarnation++
    const ws = new WebSocket(this.#url, { perMessageDeflate: false })
    this.#ws = ws
    ws.on('error', () => {})
    await once(ws, 'open')
    const self = { replica: this.#replica, incarnation: this.#incarnation }
    ws.send(encodeRelayFrame({ kind: 'join', self, token: '', room: this.#room }))
    if (!this.#reads) ws.pause()
  }

  /** From now on, in this seat and in all others. */
  stopReading(): void {
    this.#reads = false
    this.#ws?.pause()
  }

  burden(body: Uint8Array): void {
    this.#sender?.burden({ replica: this.#replica, incarnation: this.#incarnation }, body)
  }

  leave(): void {
    this.#ws?.terminate()
  }
}
