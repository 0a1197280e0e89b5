import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Answer, Asked, Reply, Request } from './protocol.js'

/** Longer than any recovery takes: who has no answer by then asks another replica, and does not know. */
const PATIENCE_MS = 15_000

/** A connection to one replica, with one request at a time. */
export class Connection {
  readonly #socket: Socket
  #id = 0
  #answered: (answer: Answer) => void = () => {}
  #isOpen = true

  private constructor(socket: Socket) {
    this.#socket = socket
    const lost = (): void => {
      this.#isOpen = false
      this.#answered({ kind: 'unknown', reason: 'the connection was lost' })
    }
    socket.on('close', lost)
    const lines = createInterface({ input: socket })
    lines.on('line', (line) => {
      const { id, ...answer }: Reply = JSON.parse(line)
      if (id === this.#id) this.#answered(answer)
    })
    // Its 'close' follows, and that of the socket.
    lines.on('error', () => {})
    socket.on('error', () => {})
  }

  /** Undefined: nobody is there. */
  static async to(port: number): Promise<Connection | undefined> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    try {
      await once(socket, 'connect')
    } catch {
      return undefined
    }
    return new Connection(socket)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  async ask(asked: Asked): Promise<Answer> {
    const request: Request = { id: ++this.#id, asked }
    let timer: ReturnType<typeof setTimeout> | undefined
    const answer = await new Promise<Answer>((resolve) => {
      this.#answered = resolve
      timer = setTimeout(resolve, PATIENCE_MS, { kind: 'unknown', reason: 'there was no answer in time' })
      if (this.#isOpen) this.#socket.write(`${JSON.stringify(request)}\n`)
      else resolve({ kind: 'unknown', reason: 'the connection was lost' })
    })
    clearTimeout(timer)
    return answer
  }

  close(): void {
    this.#socket.destroy()
  }
}
