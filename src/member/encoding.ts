import type { Configuration, ExecutedSet } from '../core/index.js'
import { crc32 } from './crc32.js'
import type { SnapshotHeader } from './message.js'

/** A snapshot that is there whole, for others to get. */
export interface KeptSnapshot {
  readonly header: SnapshotHeader
  /** Of 0 … `header.checksums.length` − 1; the same bytes every time. */
  chunk(index: number): Uint8Array
}

/** The state as it was at one moment, turned into chunks a little at a time, so that a page never stands still for it. */
export class Encoding implements KeptSnapshot {
  readonly chunks: Uint8Array[] = []
  readonly #checksums: number[] = []
  readonly #source: Iterator<Uint8Array>
  #bytes = 0
  #done = false

  /** @param chunks made as they are asked for, of what is frozen already: see `ExactlyOnce.snapshot` */
  constructor(
    readonly configuration: Configuration,
    readonly executed: ExecutedSet,
    chunks: Iterable<Uint8Array>,
  ) {
    this.#source = chunks[Symbol.iterator]()
  }

  /** Every chunk is made. */
  get done(): boolean {
    return this.#done
  }

  /** Complete once it is `done`. */
  get header(): SnapshotHeader {
    return {
      configuration: this.configuration,
      executed: this.executed,
      bytes: this.#bytes,
      checksums: this.#checksums,
    }
  }

  chunk(index: number): Uint8Array {
    return this.chunks[index] as Uint8Array
  }

  /** Makes chunks until there are some `bytes` more of them. @returns whether it is done */
  advance(bytes: number): boolean {
    const enough = this.#bytes + bytes
    while (!this.#done && this.#bytes < enough) {
      const next = this.#source.next()
      if (next.done) {
        this.#done = true
        break
      }
      this.chunks.push(next.value)
      this.#checksums.push(crc32(next.value))
      this.#bytes += next.value.length
    }
    return this.#done
  }
}
