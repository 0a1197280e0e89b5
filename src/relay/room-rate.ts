import { TokenBucket } from '../wire/index.js'
import type { RelayLimits } from './limits.js'

type RateLimits = Pick<RelayLimits, 'roomBytesPerSecond' | 'roomFramesPerSecond' | 'burstSeconds'>

interface Use {
  /** In seconds of all that the room may send. */
  seconds: number
  atMs: number
}

/** What all members of a room together may send, and who of them takes the most of it. */
export class RoomRate<Member> {
  readonly #limits: RateLimits
  readonly #uses = new Map<Member, Use>()
  #bytes: TokenBucket
  #frames: TokenBucket
  /** By itself: who comes and goes must not be paid for by who sends. */
  readonly #news: TokenBucket

  constructor(limits: RateLimits, nowMs: number) {
    this.#limits = limits
    this.#bytes = this.#full(limits.roomBytesPerSecond, nowMs)
    this.#frames = this.#full(limits.roomFramesPerSecond, nowMs)
    this.#news = this.#full(limits.roomFramesPerSecond, nowMs)
  }

  /** False: there was so much coming and going that one more has to wait. */
  takesNews(nowMs: number): boolean {
    return this.#news.isOpen(nowMs)
  }

  /** So many members were told that somebody has come, or gone. */
  news(members: number): void {
    this.#news.spend(members)
  }

  /**
   * The one that has to go for it, where the room has used up what it may: who has sent the most lately, which need not be
   * who sends now.
   */
  spend(member: Member, frames: number, bytes: number, nowMs: number): Member | undefined {
    const { roomBytesPerSecond, roomFramesPerSecond } = this.#limits
    const use = this.#lately(member, nowMs)
    use.seconds += Math.max(bytes / roomBytesPerSecond, frames / roomFramesPerSecond)
    const isOpen = this.#bytes.isOpen(nowMs) && this.#frames.isOpen(nowMs)
    this.#bytes.spend(bytes)
    this.#frames.spend(frames)
    return isOpen ? undefined : this.#heaviest(nowMs)
  }

  /** With it goes what it used: the others need not wait for the bucket to fill. */
  expel(member: Member, nowMs: number): void {
    this.#uses.delete(member)
    this.#bytes = this.#full(this.#limits.roomBytesPerSecond, nowMs)
    this.#frames = this.#full(this.#limits.roomFramesPerSecond, nowMs)
  }

  left(member: Member): void {
    this.#uses.delete(member)
  }

  #full(perSecond: number, nowMs: number): TokenBucket {
    return new TokenBucket(perSecond, perSecond * this.#limits.burstSeconds, nowMs)
  }

  #heaviest(nowMs: number): Member | undefined {
    let heaviest: Member | undefined
    let most = 0
    for (const member of this.#uses.keys()) {
      const { seconds } = this.#lately(member, nowMs)
      if (seconds <= most) continue
      most = seconds
      heaviest = member
    }
    return heaviest
  }

  /** Fades as fast as the bucket fills. */
  #lately(member: Member, nowMs: number): Use {
    let use = this.#uses.get(member)
    if (use === undefined) {
      use = { seconds: 0, atMs: nowMs }
      this.#uses.set(member, use)
    }
    use.seconds *= Math.exp((use.atMs - nowMs) / 1000 / this.#limits.burstSeconds)
    use.atMs = nowMs
    return use
  }
}
