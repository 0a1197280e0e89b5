import { seededRandom } from '../../state/index.js'

/** Repeatable chance: all that is random in a world comes from its seed. */
export class Chance {
  /** Uniform in [0, 1). */
  readonly next: () => number

  /** @param seed any integer; equal seeds give equal numbers */
  constructor(seed: number) {
    this.next = seededRandom(seed)
  }

  /** Uniform in [from, to). */
  within([from, to]: readonly [from: number, to: number]): number {
    return from + (to - from) * this.next()
  }

  /** Another sequence, which draws nothing from this one any more. */
  fork(): Chance {
    return new Chance(Math.floor(this.next() * 2 ** 32))
  }

  /** 32 lower-case hex digits. */
  id(): string {
    let id = ''
    for (let i = 0; i < 32; i++) id += Math.floor(this.next() * 16).toString(16)
    return id
  }
}
