import type { Command, Proposed } from '../core/index.js'
import { decodeRow, encodeRow, frozenResult, isCount } from './json.js'
import type { StateMachine } from './machine.js'
import { type Outcome, Sessions, type Settled, SWEEP_AFTER_ENTRIES } from './sessions.js'
import { fromChunks, InvalidSnapshot, toChunks } from './snapshot.js'

/** What every snapshot begins with. */
const FORMAT = 'epaxos state'
/** Raised with every change of what a snapshot holds, the session table's rows included. */
const VERSION = 1

/** A state machine behind the session table: a command that is committed twice is applied once (protocol §10). */
export class ExactlyOnce {
  readonly #machine: StateMachine
  readonly #sessions: Sessions
  #untouched = true

  /** @param sweepAfter new entries of the session table that make a sweep worth while; tests take few */
  constructor(machine: StateMachine, sweepAfter: number = SWEEP_AFTER_ENTRIES) {
    this.#machine = machine
    this.#sessions = new Sessions(sweepAfter)
  }

  /** Sweeps that took effect so far: what a new session's id begins with, see `sessionId`. */
  get sweeps(): number {
    return this.#sessions.sweeps
  }

  /** The outcome of each command, in order; a sweep has none. In constant time but for what the machine takes. */
  execute(value: Proposed): readonly { readonly command: Command; readonly outcome: Outcome }[] {
    this.#untouched = false
    if (value.kind === 'sweep') {
      this.#sessions.sweep(value.payload)
      return []
    }
    return value.commands.map((command) => ({
      command,
      outcome: this.#sessions.execute(command, () => this.#run(command)),
    }))
  }

  /**
   * The payload of a sweep worth proposing now; undefined while the table has not grown by much, and after it was
   * asked for. May be asked after every execution: nearly always that is one comparison.
   * @param slot the proposer's, see `Sessions.due`
   */
  sweepDue(slot: number = 0): Uint8Array | undefined {
    return this.#sessions.due(slot)
  }

  /** State and session table, in chunks of `MAX_CHUNK_BYTES` at most. Equal ones of equal machines are equal bytes. */
  snapshot(): readonly Uint8Array[] {
    const table = this.#sessions.rows().map(encodeRow)
    const state = [...this.#machine.snapshot()]
    return toChunks([encodeRow([FORMAT, VERSION, table.length, state.length]), ...table, ...state])
  }

  /**
   * Takes back a snapshot, before anything was executed here.
   * @throws InvalidSnapshot for chunks that no `snapshot` of this version made; then make a new one, of a new machine
   */
  restore(chunks: readonly Uint8Array[]): void {
    if (!this.#untouched) throw new Error('a snapshot is restored before anything else, and once')
    this.#untouched = false
    const [header, ...pieces] = fromChunks(chunks)
    const tableLength = tableLengthOf(header, pieces.length)
    this.#sessions.restore(pieces.slice(0, tableLength).map(decodeRow))
    this.#machine.restore(pieces.slice(tableLength))
  }

  #run(command: Command): Settled {
    try {
      const result = this.#machine.apply(command)
      return Object.freeze({ kind: 'done', result: result === undefined ? result : frozenResult(result) })
    } catch (error) {
      // It throws at every replica alike: that is the proposer's answer, and no reason to stop all of them.
      return Object.freeze({ kind: 'threw', message: error instanceof Error ? error.message : String(error) })
    }
  }
}

const tableLengthOf = (header: Uint8Array | undefined, pieces: number): number => {
  const fields = header && decodeRow(header)
  const [format, version, table, state] = Array.isArray(fields) ? fields : []
  if (format !== FORMAT || !isCount(version)) throw new InvalidSnapshot('malformed', 'it is no state of a replica')
  if (version > VERSION) throw new InvalidSnapshot('newer-version', `it has version ${version}, after ${VERSION}`)
  if (version !== VERSION || !isCount(table) || !isCount(state) || table + state !== pieces) {
    throw new InvalidSnapshot('malformed', 'it is not complete')
  }
  return table
}
