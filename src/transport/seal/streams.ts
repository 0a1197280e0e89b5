import {
  counterOf,
  open,
  PROOF_BYTES,
  STREAM_HEADER_BYTES,
  type StreamKind,
  seal,
  streamHeader,
  tagOf,
} from './frames.js'
import type { StreamKey } from './key-schedule.js'
import { ReplayWindow } from './replay-window.js'

/** What one end says under one key, frame after frame. */
export class OutgoingStream {
  readonly number: number
  readonly #subtle: SubtleCrypto
  readonly #kind: StreamKind
  readonly #key: StreamKey | Promise<StreamKey>
  #next = 0

  /** @param number of the secret that the key was made from */
  constructor(subtle: SubtleCrypto, kind: StreamKind, number: number, key: StreamKey | Promise<StreamKey>) {
    this.#subtle = subtle
    this.#kind = kind
    this.number = number
    this.#key = key
  }

  /** The counter of the frame that is sealed next. */
  get next(): number {
    return this.#next
  }

  async seal(content: Uint8Array): Promise<Uint8Array> {
    // Before anything is waited for: no two frames have the same.
    const counter = this.#next++
    const { key, tag } = await this.#key
    return seal(this.#subtle, key, streamHeader(this.#kind, this.number, tag, counter), content)
  }
}

/** Why a frame of the right stream is not let through. */
export type StreamRefusal = 'forged' | 'replayed'

/** What one end hears under one key. */
export class IncomingStream {
  readonly tag: number
  readonly #subtle: SubtleCrypto
  readonly #key: CryptoKey
  readonly #window: ReplayWindow

  /** @param first counters below this one were said too long ago */
  constructor(subtle: SubtleCrypto, { key, tag }: StreamKey, first: number) {
    this.#subtle = subtle
    this.#key = key
    this.tag = tag
    this.#window = new ReplayWindow(first)
  }

  /** By its mark in clear; whether it really does shows when it is opened. */
  holds(frame: Uint8Array): boolean {
    return frame.length >= STREAM_HEADER_BYTES + PROOF_BYTES && tagOf(frame) === this.tag
  }

  /** Takes the content out; whether it is the first time `accept` decides. */
  async open(frame: Uint8Array): Promise<Uint8Array | StreamRefusal> {
    if (!this.#window.isFresh(counterOf(frame))) return 'replayed'
    return (await open(this.#subtle, this.#key, frame)) ?? 'forged'
  }

  /** Of frames that have opened: false for one that has come before. */
  accept(frame: Uint8Array): boolean {
    return this.#window.accept(counterOf(frame))
  }
}
