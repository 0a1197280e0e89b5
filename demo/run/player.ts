/** A page that was busy, or in the background, goes on where it was: nobody has seen more time pass. */
const LONGEST_FRAME_MS = 100

/** What a player moves on. */
interface Playable {
  readonly positionMs: number
  advance(byMs: number): void
}

/** Plays a session, frame by frame. */
export class Player {
  /** Virtual milliseconds in a millisecond. */
  speed = 0.05
  #frame: number | undefined
  #lastMs: number | undefined

  /**
   * @param session what is played just now
   * @param moved after each frame
   * @param ended when it goes no further
   */
  constructor(
    readonly session: () => Playable,
    readonly moved: () => void,
    readonly ended: () => void,
  ) {}

  get playing(): boolean {
    return this.#frame !== undefined
  }

  play(): void {
    this.#frame ??= requestAnimationFrame(this.#turn)
  }

  pause(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    this.#lastMs = undefined
  }

  readonly #turn = (nowMs: number): void => {
    this.#frame = requestAnimationFrame(this.#turn)
    const passedMs = Math.min(LONGEST_FRAME_MS, nowMs - (this.#lastMs ?? nowMs))
    this.#lastMs = nowMs
    if (passedMs <= 0) return
    const session = this.session()
    const beforeMs = session.positionMs
    session.advance(passedMs * this.speed)
    if (session.positionMs > beforeMs) this.moved()
    else {
      this.pause()
      this.ended()
    }
  }
}
