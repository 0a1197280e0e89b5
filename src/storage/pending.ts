import type { Cell, CellKey, Change } from './cells.js'

/** Changes that are to be made still, together, as what comes of them: most of what a log writes it soon replaces or deletes. */
export class Pending {
  readonly #cells = new Map<CellKey, Cell>()
  #below = 0

  get isEmpty(): boolean {
    return this.#cells.size === 0 && this.#below === 0
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      if ('key' in change) this.#cells.set(change.key, change)
      else this.#cut(change.below)
    }
  }

  /** What comes to the same as all that was added, in order. */
  changes(): readonly Change[] {
    return this.#below === 0 ? [...this.#cells.values()] : [{ below: this.#below }, ...this.#cells.values()]
  }

  clear(): void {
    this.#cells.clear()
    this.#below = 0
  }

  #cut(below: number): void {
    this.#below = Math.max(this.#below, below)
    for (const key of this.#cells.keys()) if (typeof key === 'number' && key < below) this.#cells.delete(key)
  }
}
