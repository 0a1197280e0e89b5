import type { Command } from '../../core/index.js'
import type { Json, Outcome, StateMachine } from '../../state/index.js'
import type { Applied } from '../checkers/exactly-once.js'
import { Watched } from '../watched.js'

/**
 * The map in two versions. Results say as which version they were made, and how many pieces the state had when it was
 * converted: who migrates elsewhere than all others, or not at all, answers otherwise, and its snapshots differ.
 */
export class Versioned implements StateMachine {
  readonly #watched: Watched
  readonly #filler: Uint8Array
  #version: number
  #pieces = 0

  /** @param fillerBytes in every snapshot, so that it takes several chunks */
  constructor(owner: string, version: number, fillerBytes: number) {
    this.#watched = new Watched(owner)
    this.#version = version
    this.#filler = new Uint8Array(fillerBytes).fill(1)
  }

  get applied(): Applied {
    return this.#watched.applied
  }

  apply(command: Command): Json {
    const result = this.#watched.apply(command)
    return result === undefined ? [this.#version, this.#pieces] : [this.#version, this.#pieces, result]
  }

  snapshot(): Iterable<Uint8Array> {
    return joined(new TextEncoder().encode(String(this.#pieces)), this.#filler, this.#watched.snapshot())
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const [first, , ...others] = pieces
    this.#watched.restore(others, version)
    this.#pieces = Number(new TextDecoder().decode(first))
    this.#version = version
  }

  migrate(version: number): void {
    this.#pieces = [...this.#watched.snapshot()].length
    this.#version = version
  }
}

/** What the client is answered, without the version. */
export const plain = (outcome: Outcome): Outcome =>
  outcome.kind === 'done' ? { kind: 'done', result: (outcome.result as readonly Json[])[2] } : outcome

function* joined(first: Uint8Array, second: Uint8Array, others: Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield first
  yield second
  yield* others
}
