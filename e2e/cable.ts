import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What lies between a page and its relay, and can fail as networks do. What browsers offer for that leaves connections
 * alone that are open already.
 */
export class Cable implements AsyncDisposable {
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #isStalled = false
  #isCut = false

  private constructor(
    /** `127.0.0.1:<port>` */
    readonly host: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  /** @param target a `ws:` URL */
  static async start(target: string): Promise<Cable> {
    const { hostname, port } = new URL(target)
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port: listening } = server.address() as AddressInfo
    const cable = new Cable(`127.0.0.1:${listening}`, server)
    server.on('connection', (near) => cable.#join(near, connect(Number(port), hostname)))
    return cable
  }

  /** Connections are reset, and new ones too. */
  cut(): void {
    this.#isCut = true
    for (const pair of this.#pairs) reset(pair)
  }

  /** Connections stay, new ones are accepted, and nothing passes either way: neither bytes nor their end. */
  stall(): void {
    this.#isStalled = true
    for (const [near, far] of this.#pairs) {
      near.pause()
      far.pause()
    }
  }

  /** All is well again. What was stalled goes on where it was. */
  mend(): void {
    this.#isCut = false
    this.#isStalled = false
    for (const [near, far] of this.#pairs) {
      near.resume()
      far.resume()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.cut()
    await closed
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (bytes) => {
        if (!to.write(bytes) && !this.#isStalled) from.pause()
      })
      to.on('drain', () => {
        if (!this.#isStalled) from.resume()
      })
      from.on('end', () => to.end())
      // 'close' follows.
      from.on('error', () => {})
      from.on('close', () => {
        this.#pairs.delete(pair)
        to.destroy()
      })
    }
    if (this.#isCut) reset(pair)
    else if (this.#isStalled) {
      near.pause()
      far.pause()
    }
  }
}

const reset = ([near, far]: readonly [Socket, Socket]): void => {
  near.resetAndDestroy()
  far.destroy()
}
