import type { Digest, Json, Proposal, Reading, StateDefinition, StateMachine, View } from '../state/index.js'
import { Applied } from './checkers/exactly-once.js'
import type { Lines } from './checkers/lines.js'

/** A state's machine. What it has applied is part of its state, so that the checkers know it of every snapshot. */
export class Watched implements StateMachine<View> {
  #applied: Applied
  readonly #machine: StateMachine<View>
  readonly #lines: Lines
  #broken: Error | undefined

  constructor(
    readonly owner: string,
    lines: Lines,
    { create }: StateDefinition<unknown, View>,
  ) {
    this.#lines = lines
    this.#applied = new Applied(owner, lines)
    this.#machine = create()
  }

  get applied(): Applied {
    return this.#applied
  }

  get value(): View {
    return this.#machine.value
  }

  reading(spans: Proposal['spans']): Reading {
    return this.#machine.reading(spans)
  }

  fork(): StateMachine<View> {
    return this.#machine.fork()
  }

  apply(command: Proposal): Json | undefined {
    try {
      this.#applied.applied(command)
    } catch (error) {
      // What is thrown here would be the command's outcome, and no more than that.
      this.#broken ??= error as Error
    }
    return this.#machine.apply(command)
  }

  /** @throws Violation where what was applied should not have been */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken
  }

  snapshot(): Iterable<Uint8Array> {
    return joined(new TextEncoder().encode(JSON.stringify(this.#applied.numbers)), this.#machine.snapshot())
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const [first, ...others] = pieces
    this.#machine.restore(others, version)
    this.#applied = new Applied(this.owner, this.#lines, JSON.parse(new TextDecoder().decode(first)))
  }

  migrate(version: number): void {
    this.#machine.migrate?.(version)
  }

  digest(): Digest {
    return this.#machine.digest?.() as Digest
  }

  restartDigest(): void {
    this.#machine.restartDigest?.()
  }
}

function* joined(first: Uint8Array, others: Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield first
  yield* others
}
