/** Of this process, all its threads: the collector's and the compiler's count. In microseconds. */
const spentMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** What a piece of work takes of the processor, in seconds. */
export const secondsOf = (work: () => void): number => {
  const before = spentMicros()
  work()
  return (spentMicros() - before) / 1e6
}

/** Reads the processor's time again and again, in microseconds since it was read last, but for what the reading takes. */
export class Lap {
  static readonly #READINGS = 10_000
  readonly #readingMicros: number
  #last: number

  constructor() {
    this.#readingMicros =
      (secondsOf(() => {
        for (let i = 0; i < Lap.#READINGS; i++) spentMicros()
      }) *
        1e6) /
      Lap.#READINGS
    this.#last = spentMicros()
  }

  next(): number {
    const now = spentMicros()
    const lap = now - this.#last
    this.#last = now
    return Math.max(0, lap - this.#readingMicros)
  }
}
