/** So many neighbouring places are looked at for a key: who makes many of one hash slows nobody down. */
const MAX_PROBES = 32

/** Where a key is in every `KeyTable`: computed once, looked up in several. */
export const hashOf = (key: string): number => {
  let hash = key.length
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15)
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b)
  return hash ^ (hash >>> 16)
}

/**
 * A Map from strings to numbers that only grows, in flat memory. Most keys of the conflict index are looked for in vain,
 * and a Map goes to the strings themselves, scattered over the heap, to find that out: it took half of a command's time.
 */
export class KeyTable {
  /** In pairs: the hash, and which key it is of, from 1. */
  #places = new Int32Array(2 * 64)
  readonly #keys: string[] = []
  readonly #values: number[] = []
  /** Those that found no place among their neighbours. */
  readonly #crowded = new Map<string, number>()

  get(key: string, hash: number): number | undefined {
    const places = this.#places
    const last = places.length / 2 - 1
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const place = 2 * ((hash + probe) & last)
      const which = places[place + 1] as number
      if (which === 0) break
      if (places[place] === hash && this.#keys[which - 1] === key) return this.#values[which - 1]
    }
    return this.#crowded.size === 0 ? undefined : this.#crowded.get(key)
  }

  /** @param key one that is not in it */
  add(key: string, hash: number, value: number): void {
    this.#keys.push(key)
    this.#values.push(value)
    // At most half full, so that few neighbours are looked at.
    if (4 * this.#keys.length > this.#places.length) this.#grow()
    this.#enter(hash, this.#keys.length)
  }

  /** In the order in which they came. */
  *entries(): Iterable<readonly [string, number]> {
    for (const [i, key] of this.#keys.entries()) yield [key, this.#values[i] as number]
  }

  #grow(): void {
    const old = this.#places
    this.#places = new Int32Array(2 * old.length)
    for (let place = 0; place < old.length; place += 2) {
      const which = old[place + 1] as number
      if (which > 0) this.#enter(old[place] as number, which)
    }
  }

  #enter(hash: number, which: number): void {
    const places = this.#places
    const last = places.length / 2 - 1
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const place = 2 * ((hash + probe) & last)
      if (places[place + 1] !== 0) continue
      places[place] = hash
      places[place + 1] = which
      return
    }
    this.#crowded.set(this.#keys[which - 1] as string, this.#values[which - 1] as number)
  }
}
