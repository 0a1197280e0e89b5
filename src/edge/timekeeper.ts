import type { Clock } from '../transport/index.js'

/** Often enough for the timers of voters that are tens of milliseconds apart. */
const TICK_MS = 50

interface Timer {
  readonly atMs: number
  readonly task: () => void
}

/**
 * All the time there is for the replica of one object. While it rests no timer runs, so that the platform can take the object
 * out of memory; those that were due meanwhile run when it wakes.
 */
export class Timekeeper implements Clock {
  readonly #timers = new Set<Timer>()
  readonly #tickers = new Set<() => void>()
  #lookedAtMs = Date.now()
  #nowMs = this.#lookedAtMs
  #timeout: ReturnType<typeof setTimeout> | undefined
  #interval: ReturnType<typeof setInterval> | undefined
  #resting = false

  get resting(): boolean {
    return this.#resting
  }

  /** Clocks are set back at times; this one never is, and goes on from there. Sleep counts. */
  nowMs(): number {
    const date = Date.now()
    this.#nowMs += Math.max(0, date - this.#lookedAtMs)
    this.#lookedAtMs = date
    return this.#nowMs
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.nowMs() + delayMs, task }
    this.#timers.add(timer)
    this.#arm()
    return () => {
      if (this.#timers.delete(timer)) this.#arm()
    }
  }

  startTicker(call: () => void): () => void {
    this.#tickers.add(call)
    this.#arm()
    return () => {
      this.#tickers.delete(call)
      this.#arm()
    }
  }

  rest(): void {
    this.#resting = true
    this.#arm()
  }

  wake(): void {
    this.#resting = false
    this.#arm()
  }

  /** One timer of the platform stands for all of them. */
  #arm(): void {
    clearTimeout(this.#timeout)
    this.#timeout = undefined
    const next = Math.min(...[...this.#timers].map(({ atMs }) => atMs))
    if (!this.#resting && next < Infinity) {
      this.#timeout = setTimeout(() => this.#run(), Math.max(0, next - this.nowMs()))
    }
    const ticks = !this.#resting && this.#tickers.size > 0
    if (ticks) this.#interval ??= setInterval(() => this.#tick(), TICK_MS)
    else {
      clearInterval(this.#interval)
      this.#interval = undefined
    }
  }

  #run(): void {
    const now = this.nowMs()
    const due = [...this.#timers].filter(({ atMs }) => atMs <= now).sort((a, b) => a.atMs - b.atMs)
    for (const timer of due) {
      // One that ran before may have cancelled it.
      if (this.#timers.delete(timer)) timer.task()
    }
    this.#arm()
  }

  #tick(): void {
    for (const call of [...this.#tickers]) call()
  }
}
