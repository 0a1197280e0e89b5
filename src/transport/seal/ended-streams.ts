/** Several for each of a large room's members. */
const MAX_REMEMBERED = 4096

/** Tags of streams that have ended, so that what was recorded of them is known for what it is. */
export class EndedStreams {
  readonly #tags = new Set<number>()

  add(tag: number): void {
    this.#tags.delete(tag)
    this.#tags.add(tag)
    for (const oldest of this.#tags) {
      if (this.#tags.size <= MAX_REMEMBERED) return
      this.#tags.delete(oldest)
    }
  }

  has(tag: number): boolean {
    return this.#tags.has(tag)
  }
}
