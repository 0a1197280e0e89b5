import { type ExecutedSet, type ReplicaId, sameConfiguration } from '../core/index.js'
import { MAX_CHUNK_BYTES } from '../state/index.js'
import { crc32 } from './crc32.js'
import {
  type Chunk,
  MAX_WANTED_CHUNKS,
  type MemberMessage,
  type Offer,
  type SnapshotHeader,
  type WantSnapshot,
} from './message.js'

/** What is unanswered is asked for again: above a round trip and the tick in which it is answered. */
const REPEAT_MS = 1000

/** Repeats without anything new, before another one is asked: to make a large state ready takes some seconds. */
const MOST_REPEATS = 10

/** Who had nothing, or nothing of use, is not asked again for so long, as long as there are others. */
const AVOID_MS = 10_000

/** What to get, and from whom. */
export interface Wanted {
  /** Exactly the start of this epoch; undefined: whichever there is. */
  readonly cut: number | undefined
  /** The best first. */
  readonly sources: readonly ReplicaId[]
}

/** A snapshot that arrived whole. */
export interface Fetched {
  readonly from: ReplicaId
  readonly header: SnapshotHeader
  readonly chunks: readonly Uint8Array[]
  /** Whether some of it came from another member, or before the transfer was cut off. */
  readonly resumed: boolean
}

export interface FetchPorts {
  readonly send: (to: ReplicaId, message: MemberMessage) => void
  /** Whether what is offered would be of use here. */
  readonly useful: (header: SnapshotHeader) => boolean
}

/** Getting a snapshot, in ranges of chunks; what has come stays when it goes on with another member that has the same one. */
export class SnapshotFetch {
  readonly #ports: FetchPorts
  #now = 0
  #cut: number | undefined
  #source: ReplicaId | undefined
  /** The source's name for it; undefined: it has not offered any yet. */
  #snapshot: number | undefined
  #header: SnapshotHeader | undefined
  #chunks: (Uint8Array | undefined)[] = []
  /** All before it are there. */
  #next = 0
  /** The last one asked for. */
  #last = -1
  #doneBytes = 0
  #resumed = false
  #askedAtMs = 0
  #repeats = 0
  readonly #avoidedAtMs = new Map<ReplicaId, number>()

  constructor(ports: FetchPorts) {
    this.#ports = ports
  }

  /** How much of it has come; undefined while none is on its way. */
  get progress(): { readonly done: number; readonly bytes: number } | undefined {
    return this.#header && { done: this.#doneBytes, bytes: this.#header.bytes }
  }

  /** To be called with every tick. @param wanted undefined: none is needed, or no more */
  tick(nowMs: number, wanted: Wanted | undefined): void {
    this.#now = nowMs
    if (wanted === undefined) return this.#forget()
    if (wanted.cut !== this.#cut) this.#forget()
    this.#cut = wanted.cut
    if (this.#source !== undefined && !wanted.sources.includes(this.#source)) this.#leave()
    if (this.#source === undefined) return this.#begin(wanted)
    if (nowMs - this.#askedAtMs < REPEAT_MS) return
    if (++this.#repeats <= MOST_REPEATS) this.#ask()
    else this.avoid(this.#source)
  }

  offered(from: ReplicaId, { snapshot, header }: Offer): void {
    // The answer to a repeat changes nothing.
    if (from !== this.#source || this.#snapshot === snapshot) return
    if (!wellFormed(header) || !this.#ports.useful(header)) return this.avoid(from)
    if (this.#header !== undefined && sameHeader(header, this.#header)) this.#resumed ||= this.#doneBytes > 0
    else this.#start(header)
    this.#snapshot = snapshot
    this.#repeats = 0
    this.#ask()
  }

  /** @returns the snapshot, with its last chunk */
  arrived(from: ReplicaId, { snapshot, index, bytes }: Chunk): Fetched | undefined {
    const header = this.#header
    const known = from === this.#source && snapshot === this.#snapshot && header !== undefined
    if (!known || index >= header.checksums.length || this.#chunks[index] !== undefined) return undefined
    if (crc32(bytes) !== header.checksums[index]) {
      this.avoid(from)
      return undefined
    }
    this.#chunks[index] = bytes
    this.#doneBytes += bytes.length
    this.#repeats = 0
    this.#askedAtMs = this.#now
    while (this.#chunks[this.#next] !== undefined) this.#next++
    if (this.#next === header.checksums.length) return this.#finish(from, header)
    if (this.#next > this.#last) this.#ask()
    return undefined
  }

  /** It has none such, or no more. */
  refused(from: ReplicaId): void {
    if (from === this.#source) this.avoid(from)
  }

  /** What it has is of no use: others are asked. */
  avoid(source: ReplicaId): void {
    this.#avoidedAtMs.set(source, this.#now)
    this.#leave()
  }

  #begin({ sources }: Wanted): void {
    const avoidedAtMs = (id: ReplicaId): number => this.#avoidedAtMs.get(id) ?? Number.NEGATIVE_INFINITY
    // The best first; of those that were of no use before, the one that had its turn longest ago.
    const [first] = [...sources].sort((a, b) => avoidedAtMs(a) - avoidedAtMs(b) || 0)
    this.#source = first !== undefined && this.#now - avoidedAtMs(first) >= AVOID_MS ? first : undefined
    if (this.#source === undefined) return
    this.#repeats = 0
    this.#ask()
  }

  #ask(): void {
    const to = this.#source as ReplicaId
    this.#askedAtMs = this.#now
    if (this.#snapshot === undefined || this.#header === undefined) {
      const message: WantSnapshot = { kind: 'want-snapshot', cut: this.#cut }
      return this.#ports.send(to, message)
    }
    const from = this.#next
    this.#last = Math.min(from + MAX_WANTED_CHUNKS, this.#header.checksums.length) - 1
    this.#ports.send(to, { kind: 'want-chunks', snapshot: this.#snapshot, from, to: this.#last })
  }

  #start(header: SnapshotHeader): void {
    this.#header = header
    this.#chunks = new Array<undefined>(header.checksums.length).fill(undefined)
    this.#next = 0
    this.#doneBytes = 0
    this.#resumed = false
  }

  #finish(from: ReplicaId, header: SnapshotHeader): Fetched {
    const chunks = this.#chunks as readonly Uint8Array[]
    const resumed = this.#resumed
    this.#forget()
    return { from, header, chunks, resumed }
  }

  /** What has come so far stays. */
  #leave(): void {
    this.#source = undefined
    this.#snapshot = undefined
  }

  #forget(): void {
    this.#leave()
    this.#header = undefined
    this.#chunks = []
    this.#doneBytes = 0
    this.#resumed = false
  }
}

/** Its chunks can hold what it says, and its numbers are one for each row. */
const wellFormed = ({ configuration, executed, bytes, checksums }: SnapshotHeader): boolean =>
  checksums.length > 0 &&
  bytes <= checksums.length * MAX_CHUNK_BYTES &&
  executed.frontier.length === configuration.voters.length &&
  executed.beyond.length === configuration.voters.length

const sameHeader = (a: SnapshotHeader, b: SnapshotHeader): boolean =>
  a.bytes === b.bytes &&
  sameConfiguration(a.configuration, b.configuration) &&
  sameExecuted(a.executed, b.executed) &&
  sameNumbers(a.checksums, b.checksums)

const sameExecuted = (a: ExecutedSet, b: ExecutedSet): boolean =>
  sameNumbers(a.frontier, b.frontier) && a.beyond.every((numbers, slot) => sameNumbers(numbers, b.beyond[slot] ?? []))

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((number, i) => number === b[i])
