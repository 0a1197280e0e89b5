import type { Span } from '../core/index.js'
import type { Digest, Json, Proposal, Reading, StateMachine } from '../state/index.js'
import { bytesToHex, hexToBytes } from '../wire/index.js'

/** What has happened to an executed state, for whoever keeps another one like it. */
export type Happening =
  /** It was applied, be it that it threw. */
  | { readonly kind: 'applied'; readonly spans: readonly Span[]; readonly payload: Uint8Array }
  | { readonly kind: 'migrated'; readonly version: number }
  /** A whole state has taken its place. */
  | { readonly kind: 'replaced'; readonly version: number }

/** A payload that begins so is a read: no state has it run, but the room that has proposed it. */
const READ = 0
const ID_BYTES = 16

export const readPayload = (id: string): Uint8Array => {
  const payload = new Uint8Array(1 + ID_BYTES)
  payload[0] = READ
  payload.set(hexToBytes(id), 1)
  return payload
}

/** A room's state machine: runs the room's own reads where they come in the order, and tells what has happened to it. */
export class ExecutedState<Value> implements StateMachine<Value> {
  readonly #machine: StateMachine<Value>
  readonly #tell: (happening: Happening) => void
  /** By the id of their proposals. */
  readonly #reads = new Map<string, (reading: Reading) => void>()
  // These four are as the machine has them: without the one or the other, it does without.
  readonly migrate?: (version: number) => void
  readonly tryOut?: (proposal: Proposal) => Json | undefined
  readonly digest?: () => Digest
  readonly restartDigest?: () => void

  constructor(machine: StateMachine<Value>, tell: (happening: Happening) => void) {
    this.#machine = machine
    this.#tell = tell
    const { migrate, tryOut, digest, restartDigest } = machine
    if (migrate !== undefined) {
      this.migrate = (version) => {
        migrate.call(machine, version)
        tell({ kind: 'migrated', version })
      }
    }
    if (tryOut !== undefined) this.tryOut = (proposal) => tryOut.call(machine, proposal)
    if (digest !== undefined) this.digest = () => digest.call(machine)
    if (restartDigest !== undefined) this.restartDigest = () => restartDigest.call(machine)
  }

  get value(): Value {
    return this.#machine.value
  }

  /** Has `read` called, once, when the proposal of that id is executed. */
  expect(id: string, read: (reading: Reading) => void): void {
    this.#reads.set(id, read)
  }

  /** Whoever wanted it has been told that it can't have it. */
  forget(id: string): void {
    this.#reads.delete(id)
  }

  apply(proposal: Proposal): Json | undefined {
    const { spans, payload } = proposal
    if (payload[0] !== READ) {
      try {
        return this.#machine.apply(proposal)
      } finally {
        this.#tell({ kind: 'applied', spans, payload })
      }
    }
    const id = bytesToHex(payload.subarray(1))
    const read = this.#reads.get(id)
    this.#reads.delete(id)
    read?.(this.#machine.reading(spans))
    // Those who follow have reads of their own.
    this.#tell({ kind: 'applied', spans, payload })
    return undefined
  }

  reading(spans: readonly Span[]): Reading {
    return this.#machine.reading(spans)
  }

  fork(): StateMachine<Value> {
    return this.#machine.fork()
  }

  snapshot(): Iterable<Uint8Array> {
    return this.#machine.snapshot()
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    this.#machine.restore(pieces, version)
    this.#tell({ kind: 'replaced', version })
  }
}
