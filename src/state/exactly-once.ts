import type { Command, Proposed } from '../core/index.js'
import { decodeRow, encodeRow, frozenResult, isCount, type Json } from './json.js'
import type { Digest, StateMachine } from './machine.js'
import { faultOfMigration, type MigrationThrew, migrateMachine } from './migration.js'
import { NeedsUpdate } from './needs-update.js'
import { isRosterCommand, Roster } from './roster.js'
import { type Outcome, Sessions, type Settled, SWEEP_AFTER_ENTRIES } from './sessions.js'
import { fromChunks, InvalidSnapshot, toChunks } from './snapshot.js'
import { messageOf } from './thrown.js'

/** What every snapshot begins with. */
const FORMAT = 'epaxos state'
/** Raised with every change of what a snapshot holds, the rows of roster and session table included. */
const VERSION = 3
/** Behind the rows of the roster, and those of the session table: no row is empty. */
const END_OF_ROWS: Uint8Array = new Uint8Array()

export interface ExactlyOnceOptions {
  /** Those of the machine's `StateDefinition`; [1, 1] without. */
  readonly versions?: readonly [number, number]
  /** New entries of the session table that make a sweep worth while; tests take few. */
  readonly sweepAfter?: number
}

/** What replicas compare where they have executed the same. */
export interface CountedDigest extends Digest {
  /** Names the place from which on `parts` count: the same at all that count from there. Undefined: that is not known. */
  readonly since: string | undefined
  /**
   * What there was to compare at the place where the parts began anew last. All that have been there have executed the same
   * by then, however far they have gone since. Undefined where this state was restored at that place, or after it.
   */
  readonly ended: (Digest & Pick<CountedDigest, 'since'> & { readonly place: string }) | undefined
}

/** Where the parts of a state that was empty begin to count. */
const FOUNDED = '0'

/** Where the commands of the epoch before that one end. */
const sealOf = (epoch: number): string => `seal ${epoch}`

/** A state machine behind the session table: a command that is committed twice is applied once (protocol §10). */
export class ExactlyOnce {
  readonly #machine: StateMachine
  readonly #versions: readonly [number, number]
  #roster = new Roster()
  #sessions: Sessions
  #stateVersion: number
  #countsSince: string | undefined = FOUNDED
  #ended: CountedDigest['ended']

  /** @param machine as its definition made it: empty, and of the highest version */
  constructor(machine: StateMachine, { versions = [1, 1], sweepAfter = SWEEP_AFTER_ENTRIES }: ExactlyOnceOptions = {}) {
    const [lowest, highest] = versions
    if (!isCount(lowest) || !isCount(highest) || lowest < 1 || lowest > highest) {
      throw new TypeError(`versions of a state are 1, 2, 3 …, lowest and highest: not [${versions}]`)
    }
    if (lowest < highest && machine.migrate === undefined) {
      throw new TypeError(`a machine of the versions ${lowest} to ${highest} has to migrate from one to the other`)
    }
    this.#machine = machine
    this.#versions = versions
    this.#stateVersion = highest
    this.#sessions = new Sessions(sweepAfter)
  }

  /** As which version of itself the machine executes commands. */
  get stateVersion(): number {
    return this.#stateVersion
  }

  /** Sweeps that took effect so far: what a new session's id begins with, see `sessionId`. */
  get sweeps(): number {
    return this.#sessions.sweeps
  }

  /** Who can be told secrets, and who is to go. Another one after `restore`. */
  get roster(): Pick<Roster, 'registered' | 'expelled' | 'knowing' | 'change'> {
    return this.#roster
  }

  /** What the state has come to; undefined where its machine can't tell. */
  digest(): CountedDigest | undefined {
    const digest = this.#machine.digest?.()
    return digest && { ...digest, since: this.#countsSince, ended: this.#ended }
  }

  /**
   * The outcome of each command, in order; a sweep has none. Nor has a seal, which changes nothing here: see `migrate`.
   * In constant time but for what the machine takes.
   */
  execute(value: Proposed): readonly { readonly command: Command; readonly outcome: Outcome }[] {
    if (value.kind === 'seal') {
      this.#ends(sealOf(value.next.number))
      return []
    }
    if (value.kind === 'sweep') {
      const { sweeps } = this
      this.#sessions.sweep(value.payload)
      if (this.sweeps > sweeps) this.#ends(`sweep ${this.sweeps}`)
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

  /**
   * State and session table as they are now, in chunks of `MAX_CHUNK_BYTES` at most. Each is made when it is asked
   * for, while commands go on being executed; they can be gone through once. Equal ones of equal machines are equal
   * bytes. The version of the state is no part of them.
   */
  snapshot(): Iterable<Uint8Array> {
    return toChunks(piecesOf([...this.#roster.rows()], this.#sessions.rows(), this.#machine.snapshot()))
  }

  /** The same for another group, whose members and secrets are others: without the roster. */
  snapshotForAnother(): Iterable<Uint8Array> {
    return toChunks(piecesOf([], this.#sessions.rows(), this.#machine.snapshot()))
  }

  /**
   * Takes a snapshot in place of all that is here.
   * @param stateVersion of the machine whose snapshot it is
   * @throws InvalidSnapshot for chunks that no `snapshot` of this version made; NeedsUpdate where the machine can't go
   * on as that version. Nothing has changed then
   */
  restore(chunks: readonly Uint8Array[], stateVersion: number): void {
    this.#checkExecutable(stateVersion)
    const pieces = fromChunks(chunks)
    checkHeader(pieces.next().value)
    const rest = [...pieces]
    const roster = Roster.restored(takeRows(rest))
    const sessions = new Sessions(this.#sessions.sweepAfter)
    sessions.restore(takeRows(rest))
    this.#machine.restore(rest, stateVersion)
    this.#roster = roster
    this.#sessions = sessions
    this.#stateVersion = stateVersion
    this.#countsSince = undefined
    this.#ended = undefined
  }

  /**
   * Has the machine go on as this version, at the start of an epoch that asks for it.
   * @throws NeedsUpdate where its code, MigrationThrew where its state does not let it: it must not execute anything of that
   * epoch then
   */
  migrate(stateVersion: number): void {
    if (stateVersion === this.#stateVersion) return
    this.#checkExecutable(stateVersion)
    if (stateVersion < this.#stateVersion) {
      throw new RangeError(`a state of version ${this.#stateVersion} can't go back to version ${stateVersion}`)
    }
    migrateMachine(this.#machine, this.#stateVersion, stateVersion)
    this.#stateVersion = stateVersion
  }

  /** Why `migrate` would throw if it were called now; undefined: it would not. Takes as long, on a fork of the state. */
  faultOfMigration(stateVersion: number): MigrationThrew | undefined {
    return faultOfMigration(this.#machine, this.#stateVersion, stateVersion)
  }

  /** What the machine holds is the start of this epoch, as every replica has it that holds one. */
  begins(epoch: number): void {
    this.#countFrom(sealOf(epoch))
  }

  #ends(place: string): void {
    const digest = this.#machine.digest?.()
    this.#ended = digest && { ...digest, since: this.#countsSince, place }
    this.#countFrom(place)
  }

  /** Here every replica has executed the same; anywhere else one would count what another has had before. */
  #countFrom(place: string): void {
    this.#machine.restartDigest?.()
    this.#countsSince = place
  }

  #checkExecutable(version: number): void {
    const [lowest, highest] = this.#versions
    if (version < lowest || version > highest) throw new NeedsUpdate(version, this.#versions)
  }

  #run(command: Command): Settled {
    try {
      const result = isRosterCommand(command) ? this.#roster.execute(command.payload) : this.#machine.apply(command)
      return Object.freeze({ kind: 'done', result: result === undefined ? result : frozenResult(result) })
    } catch (error) {
      // It throws at every replica alike: that is the proposer's answer, and no reason to stop all of them.
      return Object.freeze({ kind: 'threw', message: messageOf(error) })
    }
  }
}

function* piecesOf(roster: Iterable<Json>, table: Iterable<Json>, state: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield encodeRow([FORMAT, VERSION])
  for (const row of roster) yield encodeRow(row)
  yield END_OF_ROWS
  for (const row of table) yield encodeRow(row)
  yield END_OF_ROWS
  yield* state
}

/** Takes the rows off that come first, and what ends them. */
const takeRows = (pieces: Uint8Array[]): (Json | undefined)[] => {
  const end = pieces.findIndex(({ length }) => length === 0)
  if (end < 0) throw new InvalidSnapshot('malformed', 'it has no state')
  return pieces
    .splice(0, end + 1)
    .slice(0, -1)
    .map(decodeRow)
}

/** What follows the header of another version may look like anything. */
const checkHeader = (header: Uint8Array | undefined): void => {
  const fields = header && decodeRow(header)
  const [format, version] = Array.isArray(fields) ? fields : []
  if (format !== FORMAT || !isCount(version)) throw new InvalidSnapshot('malformed', 'it is no state of a replica')
  if (version > VERSION) {
    throw new InvalidSnapshot(
      'newer-version',
      `it has format ${version}, and this program reads format ${VERSION}: update it`,
    )
  }
  if (version < VERSION) throw new InvalidSnapshot('malformed', `it has format ${version}, before ${VERSION}`)
}
