import { LabSession } from 'epaxos/sim'
import type { Beat, Chapter } from './chapter.js'
import { type Mark, rehearse } from './rehearsal.js'

/** A reader's way through a chapter: which beat it is, and how far that has played. */
export class Tour {
  readonly session: LabSession
  readonly #marks: readonly Mark[]
  #index = 0
  /** Beats whose hand was done are of the past: they play again without it. */
  #reached = 0

  constructor(readonly chapter: Chapter) {
    this.session = LabSession.begin(chapter.setup)
    this.#marks = rehearse(chapter)
    this.go(0)
  }

  get index(): number {
    return this.#index
  }

  get beat(): Beat {
    return this.#at(this.chapter.beats, this.#index)
  }

  get mark(): Mark {
    return this.#at(this.#marks, this.#index)
  }

  get positionMs(): number {
    return this.session.positionMs
  }

  /** The reader has to do something before it plays. */
  get waits(): boolean {
    return this.beat.hand !== undefined && this.#index >= this.#reached
  }

  get ended(): boolean {
    return !this.waits && this.positionMs >= this.mark.untilMs
  }

  /** Does what the beat waits for. */
  act(): void {
    if (this.waits) {
      // Wherever the reader has looked meanwhile: done earlier, it would make another run.
      this.session.seek(this.mark.fromMs)
      for (const action of this.beat.hand?.actions ?? []) this.session.act(action)
    }
    this.#reached = Math.max(this.#reached, this.#index + 1)
  }

  /** Plays on, to the end of the beat at most. */
  advance(byMs: number): void {
    if (!this.waits) this.session.advance(Math.min(byMs, this.mark.untilMs - this.positionMs))
  }

  /** Looks at another moment, as far as it has played. */
  look(ms: number): void {
    this.session.seek(Math.min(ms, this.waits ? this.mark.fromMs : this.mark.untilMs))
  }

  /** To the end of the beat, at once. */
  finish(): void {
    this.act()
    this.session.seek(this.mark.untilMs)
  }

  /** To the beginning of a beat: all before it has happened. */
  go(index: number): void {
    while (this.#reached < index) {
      this.#index = this.#reached
      this.session.seek(this.mark.fromMs)
      this.finish()
    }
    this.#index = index
    this.session.seek(this.mark.fromMs)
  }

  #at<T>(list: readonly T[], index: number): T {
    const found = list[index]
    if (found === undefined) throw new RangeError(`a chapter has the beats 0 … ${list.length - 1}, not ${index}`)
    return found
  }
}
