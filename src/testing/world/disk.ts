import type { CellKey, Cells, Change } from '../../storage/index.js'
import { StorageError } from '../../storage/index.js'

/** Lets so much virtual time pass as a write takes. */
export type WriteTime = (written: () => void) => void

/** A disk in memory, which outlives the processes that use it. */
export class VirtualDisk {
  readonly #held = new Map<CellKey, unknown>()
  /** The numbers that are keys are among these. */
  #first = 1
  #last = 0

  /** As one process sees it. @param alive a process that is not writes nothing any more, and hears of nothing */
  cells(writeTime: WriteTime, alive: () => boolean): Cells {
    return {
      read: async (keys) => keys.map((key) => this.#held.get(key)),
      readNumbers: async (from, to) => Array.from({ length: to - from + 1 }, (_, i) => this.#held.get(from + i)),
      lastNumber: async () => (this.#held.has(this.#last) ? this.#last : 0),
      commit: (changes) =>
        new Promise((resolve, reject) => {
          writeTime(() => {
            if (!alive()) return
            const taken = this.#taken(changes)
            if (taken !== undefined) reject(new StorageError('shared', `another live copy has written cell ${taken}`))
            else resolve(this.#change(changes))
          })
        }),
      close: async () => {},
    }
  }

  #taken(changes: readonly Change[]): number | undefined {
    for (const change of changes) {
      if ('key' in change && typeof change.key === 'number') return change.key <= this.#last ? change.key : undefined
    }
    return undefined
  }

  #change(changes: readonly Change[]): void {
    for (const change of changes) {
      if ('below' in change) this.#deleteBelow(change.below)
      else if (change.bytes === undefined) this.#held.delete(change.key)
      else {
        this.#held.set(change.key, change.bytes)
        if (typeof change.key === 'number') this.#last = change.key
      }
    }
  }

  #deleteBelow(number: number): void {
    for (; this.#first < number; this.#first++) this.#held.delete(this.#first)
  }
}
