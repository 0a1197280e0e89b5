import { type RelayRate, TokenBucket } from '../wire/index.js'

/** What one socket may still send. */
export class Allowance {
  readonly rate: RelayRate
  readonly #bytes: TokenBucket
  readonly #frames: TokenBucket

  constructor(rate: RelayRate, burstSeconds: number, nowMs: number) {
    this.rate = rate
    this.#bytes = new TokenBucket(rate.bytesPerSecond, rate.bytesPerSecond * burstSeconds, nowMs)
    this.#frames = new TokenBucket(rate.framesPerSecond, rate.framesPerSecond * burstSeconds, nowMs)
  }

  /** For one frame. False: it has sent too much already. */
  spend(bytes: number, nowMs: number): boolean {
    if (!this.#frames.isOpen(nowMs) || !this.#bytes.isOpen(nowMs)) return false
    this.#frames.spend(1)
    this.#bytes.spend(bytes)
    return true
  }
}
