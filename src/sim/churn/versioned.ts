import type { Digest, Json, Outcome, Proposal, Reading, StateMachine, View } from '../../state/index.js'
import type { Done } from '../asks.js'
import type { Applied } from '../checkers/exactly-once.js'
import type { Lines } from '../checkers/lines.js'
import { convertedOf, laterState, simulatedState } from '../state.js'
import { Watched } from '../watched.js'

/**
 * The state in two versions. Results say as which version they were made, and how many keys the state had when it was
 * converted: who migrates elsewhere than all others, or not at all, answers otherwise, and its snapshots differ.
 */
export class Versioned implements StateMachine<View> {
  readonly #watched: Watched
  readonly #filler: Uint8Array
  #version: number

  /**
   * @param version the highest that its code knows
   * @param fillerBytes in every snapshot, so that it takes several chunks
   */
  constructor(owner: string, lines: Lines, version: number, fillerBytes: number) {
    this.#watched = new Watched(owner, lines, version === 1 ? simulatedState : laterState)
    this.#version = version
    this.#filler = new Uint8Array(fillerBytes).fill(1)
  }

  get applied(): Applied {
    return this.#watched.applied
  }

  get value(): View {
    return this.#watched.value
  }

  reading(spans: Proposal['spans']): Reading {
    return this.#watched.reading(spans)
  }

  fork(): StateMachine<View> {
    return this.#watched.fork()
  }

  apply(command: Proposal): Json {
    const result = this.#watched.apply(command)
    const made = [this.#version, convertedOf(this.value) ?? null]
    return result === undefined ? made : [...made, result]
  }

  /** @throws Violation where what was applied should not have been */
  check(): void {
    this.#watched.check()
  }

  snapshot(): Iterable<Uint8Array> {
    return joined(this.#filler, this.#watched.snapshot())
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const [, ...others] = pieces
    this.#watched.restore(others, version)
    this.#version = version
  }

  migrate(version: number): void {
    this.#watched.migrate(version)
    this.#version = version
  }

  digest(): Digest {
    return this.#watched.digest()
  }

  restartDigest(): void {
    this.#watched.restartDigest()
  }
}

/** What the client is answered, without the version. */
export const plain = <O extends Outcome | Done>(outcome: O): O =>
  outcome.kind === 'done' ? { ...outcome, result: (outcome.result as readonly Json[])[2] } : outcome

function* joined(first: Uint8Array, others: Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield first
  yield* others
}
