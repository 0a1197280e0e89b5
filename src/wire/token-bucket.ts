/** A rate with bursts: it fills at `perSecond` up to `burst`, and is open while anything is in it. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #filledAtMs: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
    this.#filledAtMs = nowMs
  }

  /** `nowMs` never decreases. */
  isOpen(nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond)
    this.#filledAtMs = nowMs
    return this.#tokens > 0
  }

  /** The last message to pass may owe a part of itself. */
  spend(tokens: number): void {
    this.#tokens -= tokens
  }
}
