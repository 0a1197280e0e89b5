import { Timers } from '../../core/index.js'

interface Event {
  /** Undefined once it has happened, or was called off. */
  call: (() => void) | undefined
}

/**
 * Virtual time. It passes only while `run` is under way: from event to event, and between two of them all that the first
 * has brought about is carried out.
 */
export class Timeline {
  readonly #events = new Timers<Event>()
  #nowMs = 0
  #running = false

  get nowMs(): number {
    return this.#nowMs
  }

  /** Calls once, after so many virtual milliseconds, unless the returned function is called before. */
  after(ms: number, call: () => void): () => void {
    const event: Event = { call }
    this.#events.set(this.#nowMs + ms, event)
    return () => {
      event.call = undefined
    }
  }

  /**
   * Lets so much time pass; less, where it is `enough` before.
   * @param enough asked at the beginning, and after each event
   */
  async run(ms: number, enough: () => boolean = () => false): Promise<void> {
    if (this.#running) throw new TypeError('time passes already: await what lets it pass before calling it again')
    this.#running = true
    const turns = new Turns()
    const untilMs = this.#nowMs + ms
    try {
      for (;;) {
        await turns.next()
        if (enough()) return
        const at = this.#events.next
        if (at === undefined || at > untilMs) break
        this.#nowMs = Math.max(this.#nowMs, at)
        this.#happen()
      }
      this.#nowMs = untilMs
    } finally {
      turns.end()
      this.#running = false
    }
  }

  /** All that is due at this moment, in the order in which it was planned. */
  #happen(): void {
    for (let event = this.#events.due(this.#nowMs); event !== undefined; event = this.#events.due(this.#nowMs)) {
      const { call } = event
      event.call = undefined
      call?.()
    }
  }
}

/**
 * Rooms do everything in microtasks: a message to oneself arrives after all of them, and after those that they have made.
 * A port is quicker than a timer, is there in browsers too, and no test framework puts another one in its place.
 */
class Turns {
  readonly #channel = new MessageChannel()
  #done = (): void => {}

  constructor() {
    this.#channel.port1.onmessage = () => this.#done()
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve
      this.#channel.port2.postMessage(undefined)
    })
  }

  /** An open port would keep a process alive. */
  end(): void {
    this.#channel.port1.close()
  }
}
