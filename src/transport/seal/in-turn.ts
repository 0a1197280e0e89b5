/** Work that waits for what the platform computes elsewhere, and ends in the order in which it was begun. */
export class InTurn {
  #last: Promise<void> = Promise.resolve()
  #pending = 0

  /** Pieces of work that have not ended. */
  get pending(): number {
    return this.#pending
  }

  /** `finish` runs once all earlier ones have ended and `work` is there; neither may reject. */
  add<Result>(work: Promise<Result>, finish: (result: Result) => void): void {
    this.follow(async () => finish(await work))
  }

  /** `work` begins once all earlier work has ended. It may not reject. */
  follow(work: () => Promise<void>): void {
    this.#pending++
    this.#last = this.#last.then(work).then(() => {
      this.#pending--
    })
  }

  /** `next` runs once all that was added so far has ended: at once where nothing is under way. */
  after(next: () => void): void {
    if (this.#pending === 0) next()
    else void this.#last.then(next)
  }
}
