import type { KeptProposal } from '../member/index.js'
import { decodeProposal, encodeProposal } from '../wire/index.js'
import { type Cell, type Cells, cellOf, emptied, type ProposalKey, readCell, readOptionalCell } from './cells.js'
import type { Salvage } from './contract.js'
import { StorageCorrupt } from './error.js'

/** Far more than waits for one client, and read in a moment: what names more is no queue. */
const MAX_QUEUED = 1 << 16

const NUMBER_BYTES = 8
const STRETCH_BYTES = 2 * NUMBER_BYTES

const keyOf = (number: number): ProposalKey => `proposal/${number}`

/** Ascending numbers as the ends of the stretches without a gap that they form: in a queue there are few. */
const encodeNumbers = (numbers: Iterable<number>): Uint8Array => {
  const ends: number[] = []
  let last = 0
  for (const number of numbers) {
    if (number === last + 1 && ends.length > 0) ends[ends.length - 1] = number
    else ends.push(number, number)
    last = number
  }
  const bytes = new Uint8Array(ends.length * NUMBER_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [i, end] of ends.entries()) view.setFloat64(i * NUMBER_BYTES, end)
  return bytes
}

/** What `encodeNumbers` wrote. Throws a `RangeError`. */
const decodeNumbers = (bytes: Uint8Array): readonly number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers: number[] = []
  let last = 0
  for (let at = 0; at < bytes.length; at += STRETCH_BYTES) {
    const from = view.getFloat64(at)
    const to = view.getFloat64(at + NUMBER_BYTES)
    const legal = Number.isSafeInteger(from) && Number.isSafeInteger(to) && last < from && from <= to
    if (!legal || numbers.length + to - from >= MAX_QUEUED) throw new RangeError(`${from} to ${to} is no stretch of it`)
    for (let number = from; number <= to; number++) numbers.push(number)
    last = to
  }
  return numbers
}

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof StorageCorrupt) return undefined
    throw error
  }
}

/** What waits for its answer: a cell for each, numbered in their order, and one that says which numbers there are. */
export class Queue {
  /** By id, ascending. */
  readonly #numbers: Map<string, number>
  #next: number

  private constructor(numbers: Map<string, number>, next: number) {
    this.#numbers = numbers
    this.#next = next
  }

  /** Rejects with `StorageCorrupt` where what is held is not what was written. */
  static async read(cells: Cells): Promise<{ readonly queue: Queue; readonly proposals: readonly KeptProposal[] }> {
    const [index] = await cells.read(['queue'])
    const held = readOptionalCell('queue', index, decodeNumbers) ?? []
    const keys = held.map(keyOf)
    const values = await cells.read(keys)
    const numbers = new Map<string, number>()
    const proposals = keys.map((key, i) =>
      readCell(key, values[i], (content) => {
        const proposal = decodeProposal(content)
        if (numbers.has(proposal.id)) throw new RangeError(`${proposal.id} is there twice`)
        numbers.set(proposal.id, held[i] as number)
        return proposal
      }),
    )
    return { queue: new Queue(numbers, (held.at(-1) ?? 0) + 1), proposals }
  }

  /**
   * Of what is held, that which can be read, in order, where the rest can't be trusted. `lost`: how many can't, at least;
   * undefined: nobody knows, since what says which there are can't be read.
   */
  static async salvage(cells: Cells): Promise<Salvage> {
    const [index] = await cells.read(['queue'])
    const numbers = attempt(() => readOptionalCell('queue', index, decodeNumbers) ?? [])
    if (numbers === undefined) return { proposals: [], lost: undefined }
    const keys = numbers.map(keyOf)
    const values = await cells.read(keys)
    const proposals = keys.flatMap((key, i) =>
      values[i] === undefined ? [] : (attempt(() => readCell(key, values[i], decodeProposal)) ?? []),
    )
    return { proposals, lost: keys.length - proposals.length }
  }

  /** The cells to write. Throws a `WireError` or a `RangeError` for what breaks a limit. */
  change(put: readonly KeptProposal[], removed: readonly string[]): readonly Cell[] {
    const before = this.#next
    const cells = put.map((proposal) => cellOf(keyOf(this.#numberOf(proposal)), encodeProposal(proposal)))
    const gone = removed.flatMap((id) => this.#remove(id))
    if (this.#numbers.size > MAX_QUEUED) throw new RangeError(`${this.#numbers.size} are more than ${MAX_QUEUED}`)
    if (this.#next === before && gone.length === 0) return cells
    return [...cells, ...gone, this.#index()]
  }

  #numberOf({ id }: KeptProposal): number {
    const number = this.#numbers.get(id) ?? this.#next++
    this.#numbers.set(id, number)
    return number
  }

  #remove(id: string): readonly Cell[] {
    const number = this.#numbers.get(id)
    if (number === undefined) return []
    this.#numbers.delete(id)
    return [emptied(keyOf(number))]
  }

  #index(): Cell {
    return this.#numbers.size === 0 ? emptied('queue') : cellOf('queue', encodeNumbers(this.#numbers.values()))
  }
}
