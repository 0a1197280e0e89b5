/** What was gathered goes at once when it has grown to so many bytes, or to so many pieces. */
export const FULL_BYTES: number = 1 << 20

/** Gathers what one turn brings, so that it goes as one message. */
export class Gathering<T> {
  readonly #send: (items: readonly T[]) => void
  readonly #most: number
  #items: T[] = []
  #bytes = 0
  #scheduled = false

  /** @param most so many go at once */
  constructor(most: number, send: (items: readonly T[]) => void) {
    this.#most = most
    this.#send = send
  }

  /** @param bytes about what it takes */
  add(item: T, bytes: number): void {
    this.#items.push(item)
    this.#bytes += bytes
    if (this.#items.length === this.#most || this.#bytes >= FULL_BYTES) return this.flush()
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** What there is goes now. */
  flush(): void {
    if (this.#items.length === 0) return
    const items = this.#items
    this.#items = []
    this.#bytes = 0
    this.#send(items)
  }
}
