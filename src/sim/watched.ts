import type { Command } from '../core/index.js'
import { type Json, replicatedMap, type StateMachine } from '../state/index.js'
import { Applied } from './checkers/exactly-once.js'

/** The machine of a map. What it has applied is part of its state, so that the checkers know it of every snapshot. */
export class Watched implements StateMachine {
  #applied: Applied
  readonly #machine: StateMachine

  constructor(readonly owner: string) {
    this.#applied = new Applied(owner)
    // Clients make their commands elsewhere.
    this.#machine = replicatedMap().create(() => Promise.reject(new Error('no client here'))).machine
  }

  get applied(): Applied {
    return this.#applied
  }

  apply(command: Command): Json | undefined {
    this.#applied.applied(command)
    return this.#machine.apply(command)
  }

  snapshot(): Iterable<Uint8Array> {
    return joined(new TextEncoder().encode(JSON.stringify(this.#applied.names)), this.#machine.snapshot())
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const [first, ...others] = pieces
    this.#machine.restore(others, version)
    this.#applied = new Applied(this.owner, JSON.parse(new TextDecoder().decode(first)))
  }
}

function* joined(first: Uint8Array, others: Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield first
  yield* others
}
