import { checkKey, type Span, writeRange } from '../core/index.js'
import { decodeCall } from './call.js'
import { checkedArguments } from './checked-arguments.js'
import type { Definition } from './definition.js'
import { hashBytes, hashText } from './digest.js'
import { decodeRow, encodeRow, frozenCopy, frozenResult, type Json } from './json.js'
import type { Circumstances, Digest, Proposal, StateMachine } from './machine.js'
import type { Reading, View } from './mutator.js'
import { OrderedMap } from './ordered-map.js'
import { type Row, RowsView, rowOf } from './rows.js'
import { InvalidSnapshot } from './snapshot.js'
import { Asynchronous, UnknownMutator } from './state-errors.js'
import { DeclaredReading, Transaction, type Written } from './transaction.js'

/** What a machine holds: forked as one. */
interface Held {
  readonly rows: OrderedMap<Row>
  readonly version: number
  /** The sum of the rows' hashes. */
  readonly sum: number
  readonly parts: ReadonlyMap<string, number>
}

/** A mutator that was run. */
interface Ran {
  readonly name: string
  readonly tx: Transaction
  readonly returned: Json | undefined
  readonly thrown: { readonly error: unknown } | undefined
}

/** What a migration may touch. */
const ALL: readonly Span[] = [writeRange('')]
/** No command has called it. */
const NOBODY: Circumstances = { now: 0, seed: 0, author: '' }

/** Executes the mutators of a definition on an ordered map of JSON values. */
export class MutatorMachine implements StateMachine<View> {
  readonly #definition: Definition
  #rows: OrderedMap<Row>
  #version: number
  #sum: number
  readonly #parts: Map<string, number>
  #view: View | undefined

  constructor(definition: Definition, held?: Held) {
    this.#definition = definition
    this.#rows = held?.rows ?? new OrderedMap()
    this.#version = held?.version ?? definition.versions[1]
    this.#sum = held?.sum ?? 0
    this.#parts = new Map(held?.parts)
  }

  get value(): View {
    this.#view ??= new RowsView(this.#rows.fork())
    return this.#view
  }

  apply(proposal: Proposal): Json | undefined {
    const { payload } = proposal
    const { name, tx, returned, thrown } = this.#run(proposal)
    if (thrown !== undefined) {
      tx.undo()
      // Not its message: engines word their errors in their own ways.
      this.#count(name, payload, 'threw', tx.written)
      throw thrown.error
    }
    if (isRefusal(returned)) tx.undo()
    this.#changed(tx.written)
    this.#count(name, payload, JSON.stringify(returned), tx.written)
    return returned
  }

  tryOut(proposal: Proposal): Json | undefined {
    const { tx, returned, thrown } = this.#run(proposal)
    tx.undo()
    if (thrown !== undefined) throw thrown.error
    return returned
  }

  /** Runs what is proposed; what it has written stands. Throws where there is nothing that could be run. */
  #run({ spans, payload }: Proposal): Ran {
    const call = decodeCall(payload)
    if (call === undefined) throw new TypeError('this command is no call of a mutator: another program has made it')
    const { name, circumstances } = call
    const mutator = this.#definition.mutators.get(name)
    if (mutator === undefined || (mutator.since ?? 0) > this.#version) throw new UnknownMutator(name, this.#version)
    const tx = new Transaction(this.#rows, { mutator: name, spans, circumstances, version: this.#version })
    const outer = running
    running = name
    try {
      const returned = frozen(atOnce(name, mutator.run(tx, checkedArguments(name, mutator, call.args))))
      tx.end()
      return { name, tx, returned, thrown: undefined }
    } catch (error) {
      return { name, tx, returned: undefined, thrown: { error: tx.broken ?? error } }
    } finally {
      running = outer
    }
  }

  reading(spans: readonly Span[]): Reading {
    return new DeclaredReading(this.#rows, spans)
  }

  fork(): MutatorMachine {
    const held = { rows: this.#rows.fork(), version: this.#version, sum: this.#sum, parts: this.#parts }
    const fork = new MutatorMachine(this.#definition, held)
    fork.#view = this.value
    return fork
  }

  /** One piece for each key, in order. */
  snapshot(): Iterable<Uint8Array> {
    return piecesOf(this.#rows.entries())
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const rows = new OrderedMap<Row>()
    let sum = 0
    let last: string | undefined
    for (const piece of pieces) {
      const [key, value] = pairOf(piece)
      if (last !== undefined && key <= last) throw new InvalidSnapshot('malformed', `the key "${key}" is out of order`)
      const row = rowOf(key, value)
      rows.set(key, row)
      sum = (sum + row.hash) | 0
      last = key
    }
    this.#rows = rows
    this.#version = version
    this.#sum = sum
    this.#parts.clear()
    this.#view = undefined
  }

  migrate(version: number): void {
    const rows = this.#rows.fork()
    let sum = this.#sum
    for (let to = this.#version + 1; to <= version; to++) {
      const migration = this.#definition.migrations.get(to)
      if (migration === undefined) throw new RangeError(`no migration leads to version ${to} of this state`)
      const name = `migration to version ${to}`
      const tx = new Transaction(rows, { mutator: name, spans: ALL, circumstances: NOBODY, version: to })
      atOnce(name, migration(tx))
      sum = sumAfter(sum, tx.end(), rows)
    }
    this.#rows = rows
    this.#sum = sum
    this.#version = version
    this.#view = undefined
  }

  digest(): Digest {
    const parts = [...this.#parts].map(([name, sum]) => [name, sum >>> 0] as const)
    return { state: this.#sum >>> 0, parts: parts.sort(([a], [b]) => (a < b ? -1 : 1)) }
  }

  restartDigest(): void {
    this.#parts.clear()
  }

  #changed(written: Written): void {
    if (written.size === 0) return
    this.#sum = sumAfter(this.#sum, written, this.#rows)
    this.#view = undefined
  }

  #count(name: string, payload: Uint8Array, outcome: string | undefined, written: Written): void {
    let hash = hashText(outcome ?? '', hashBytes(payload))
    for (const key of written.keys()) hash = hashText(key, hash ^ (this.#rows.get(key)?.hash ?? 0))
    this.#parts.set(name, ((this.#parts.get(name) ?? 0) + hash) | 0)
  }
}

let running: string | undefined

/** The mutator that is being run just now, in this program: nothing can be called from within it. */
export const runningMutator = (): string | undefined => running

/** What has been returned; a promise would go on when all is over. */
const atOnce = (name: string, returned: unknown): unknown => {
  if (!(returned instanceof Promise)) return returned
  // It will fail on the transaction that has ended: nobody else would catch that.
  returned.catch(() => {})
  throw new Asynchronous(`the mutator "${name}" is asynchronous: it has to be done when it returns`)
}

const frozen = (result: unknown): Json | undefined => (result === undefined ? undefined : frozenResult(result))

const isRefusal = (result: Json | undefined): boolean =>
  typeof result === 'object' && result !== null && 'ok' in result && result.ok === false

const sumAfter = (sum: number, written: Written, rows: OrderedMap<Row>): number => {
  let after = sum
  for (const [key, before] of written) after = (after - (before?.hash ?? 0) + (rows.get(key)?.hash ?? 0)) | 0
  return after
}

function* piecesOf(entries: Iterable<readonly [key: string, row: Row]>): Generator<Uint8Array> {
  for (const [key, { value }] of entries) yield encodeRow([key, value])
}

const pairOf = (piece: Uint8Array): readonly [key: string, value: Json] => {
  const pair = decodeRow(piece)
  const [key, value, more] = Array.isArray(pair) ? (pair as readonly Json[]) : []
  if (typeof key !== 'string' || value === undefined || more !== undefined) {
    throw new InvalidSnapshot('malformed', 'a state has keys and values')
  }
  try {
    // A row may be nested deeper than a value, and hold longer texts than a key has.
    checkKey(key)
    return [key, frozenCopy(value)]
  } catch (error) {
    throw new InvalidSnapshot(
      'malformed',
      `the key "${key}" holds what no mutator can have set: ${(error as Error).message}`,
    )
  }
}
