import { noise } from '../random.js'
import { type Timetable, toGrid } from './timetable.js'

/** As often as the SDK's own ticker; and as timers of a hidden tab. */
const TICK_MS = 25
const HIDDEN_TICK_MS = 1000

/** One member's timer: on a grid of its own, so that a life that begins elsewhere ticks at the same times. */
export class Ticker {
  readonly #timetable: Timetable
  readonly #phaseMs: number
  readonly #tick: () => void
  /** Names the chain of ticks that goes on. */
  #chain = 0
  #everyMs = TICK_MS

  constructor(timetable: Timetable, seed: number, replica: number, tick: () => void) {
    this.#timetable = timetable
    this.#phaseMs = toGrid(noise(seed, replica) * TICK_MS)
    this.#tick = tick
  }

  /** Ticks now, and from now on. */
  start(hidden: boolean): void {
    this.#everyMs = hidden ? HIDDEN_TICK_MS : TICK_MS
    this.#go(++this.#chain)
  }

  stop(): void {
    this.#chain++
  }

  #go(chain: number): void {
    if (chain !== this.#chain) return
    this.#tick()
    const { now } = this.#timetable
    const passed = Math.floor((now - this.#phaseMs) / this.#everyMs + SLACK)
    this.#timetable.at(this.#phaseMs + (passed + 1) * this.#everyMs, () => this.#go(chain))
  }
}

/** Sums of decimals may fall short of the grid: no tick is taken for the one before it. */
const SLACK = 1e-6
