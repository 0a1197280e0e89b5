import { type Command, read, readRange, type Span, write, writeRange } from '../core/index.js'
import type { Random } from './random.js'

/** How a run's commands look. */
export interface Workload {
  /** Fewer keys: more interference. */
  readonly keys: number
  /** Proposals per replica and virtual second. */
  readonly rate: number
  readonly reads: number
  readonly ranges: number
  /** Most spans of one command. */
  readonly spans: number
}

export const drawWorkload = (random: Random): Workload => ({
  keys: 1 + random.below(random.chance(0.5) ? 3 : 30),
  rate: random.between(1, 12),
  reads: random.next() * 0.6,
  ranges: random.chance(0.5) ? random.next() * 0.4 : 0,
  spans: 1 + random.below(3),
})

/** Random commands of one client, numbered as a client numbers them. */
export class Client {
  readonly session: string
  #sequence = 0

  constructor(
    readonly workload: Workload,
    readonly random: Random,
  ) {
    this.session = random.id()
  }

  next(): Command {
    const { random, workload } = this
    const spans = Array.from({ length: 1 + random.below(workload.spans) }, () => this.#span())
    return { spans, payload: new Uint8Array([random.below(256)]), session: this.session, sequence: ++this.#sequence }
  }

  #span(): Span {
    const { random, workload } = this
    const reads = random.chance(workload.reads)
    const key = this.#key(random.below(workload.keys))
    if (!random.chance(workload.ranges)) return reads ? read(key) : write(key)
    const upTo = random.chance(0.2) ? undefined : this.#key(random.below(workload.keys) + workload.keys)
    return reads ? readRange(key, upTo) : writeRange(key, upTo)
  }

  #key(index: number): string {
    return `k${String(index).padStart(3, '0')}`
  }
}
