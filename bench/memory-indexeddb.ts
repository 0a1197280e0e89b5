/**
 * As much of IndexedDB and of Web Locks as `epaxos/storage/indexeddb` takes, in memory. Node has neither, and the package
 * no durable storage for Node yet: so its own one runs here, with its log, its encoding and its checksums, on cells that
 * cost nothing and never fail. What a disk does can only be seen in a browser.
 */

/** Both ends included, but for the upper one where it is open. */
interface Range {
  readonly lower: number
  readonly upper: number
  readonly open: boolean
}

type Key = number | string

/** An object store. */
class Cells {
  readonly held: Map<Key, Uint8Array> = new Map()
  /** The keys that are numbers, ascending. */
  #numbers: number[] = []

  put(value: Uint8Array, key: Key): Request<undefined> {
    if (typeof key === 'number' && !this.held.has(key)) {
      if (key < (this.#numbers.at(-1) ?? key)) throw new Error(`cell ${key} is written after a later one`)
      this.#numbers.push(key)
    }
    this.held.set(key, value)
    return new Request(undefined)
  }

  delete(key: Key | Range): Request<undefined> {
    if (typeof key !== 'object') this.held.delete(key)
    else {
      const gone = this.#within(key)
      for (const number of gone) this.held.delete(number)
      this.#numbers = this.#numbers.slice(this.#firstFrom(key.lower) + gone.length)
    }
    return new Request(undefined)
  }

  get(key: Key): Request<Uint8Array | undefined> {
    return new Request(this.held.get(key))
  }

  getKey(range: Range): Request<number | undefined> {
    return new Request(this.#within(range)[0])
  }

  getAllKeys(range: Range): Request<readonly number[]> {
    return new Request(this.#within(range))
  }

  getAll(range: Range): Request<readonly (Uint8Array | undefined)[]> {
    return new Request(this.#within(range).map((number) => this.held.get(number)))
  }

  /** At the last key, which is the only one that is asked for. */
  openKeyCursor(range: Range): Request<{ readonly key: number } | null> {
    const key = this.#within(range).at(-1)
    return new Request(key === undefined ? null : { key })
  }

  #within({ lower, upper, open }: Range): readonly number[] {
    const from = this.#firstFrom(lower)
    const to = upper === Number.POSITIVE_INFINITY ? undefined : this.#firstFrom(open ? upper : upper + 1)
    return this.#numbers.slice(from, to)
  }

  /** Where the numbers from this whole one on begin. */
  #firstFrom(number: number): number {
    let [low, high] = [0, this.#numbers.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#numbers[middle] as number) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** It succeeds, once its caller has had the time to listen. */
class Request<T> {
  onsuccess: (() => void) | undefined
  onupgradeneeded: (() => void) | undefined

  constructor(
    readonly result: T,
    fresh = false,
  ) {
    queueMicrotask(() => {
      if (fresh) this.onupgradeneeded?.()
      this.onsuccess?.()
    })
  }
}

/** Complete when nothing else is left to be done in this turn: the library asks for nothing later than that. */
class Transaction extends EventTarget {
  readonly #cells: Cells

  constructor(cells: Cells) {
    super()
    this.#cells = cells
    process.nextTick(() => this.dispatchEvent(new Event('complete')))
  }

  objectStore(): Cells {
    return this.#cells
  }
}

class Database {
  readonly #cells: Cells

  constructor(cells: Cells) {
    this.#cells = cells
  }

  createObjectStore(): void {}

  transaction(): Transaction {
    return new Transaction(this.#cells)
  }

  close(): void {}
}

const databases = new Map<string, Cells>()

const open = (name: string): Request<Database> => {
  const known = databases.get(name)
  const cells = known ?? new Cells()
  databases.set(name, cells)
  return new Request(new Database(cells), known === undefined)
}

const ranges = {
  bound: (lower: number, upper: number): Range => ({ lower, upper, open: false }),
  upperBound: (upper: number, open: boolean): Range => ({ lower: 0, upper, open }),
}

const locked = new Set<string>()

const request = async <T>(name: string, _: LockOptions, callback: (lock: Lock) => Promise<T>): Promise<T> => {
  if (locked.has(name)) throw new Error(`lock ${name} is taken, and here nobody waits for one`)
  locked.add(name)
  try {
    return await callback({ name, mode: 'exclusive' })
  } finally {
    locked.delete(name)
  }
}

/** From now on this process has an IndexedDB, which is empty. */
export const installIndexedDb = (): void => {
  const globals = {
    indexedDB: { open },
    IDBDatabase: Database,
    IDBKeyRange: ranges,
    navigator: { locks: { request } },
  }
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { configurable: true, value })
  }
}

/** What the database of this name holds. */
export const sizeOf = (name: string): { readonly cells: number; readonly bytes: number } => {
  const values = [...(databases.get(name)?.held.values() ?? [])]
  return { cells: values.length, bytes: values.reduce((sum, { length }) => sum + length, 0) }
}

/** What an application does with the database of a member that has left for good. */
export const removeDatabase = (name: string): void => {
  databases.delete(name)
}
