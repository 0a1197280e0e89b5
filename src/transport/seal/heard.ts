import type { SealCounters } from '../contract.js'
import type { EndedStreams } from './ended-streams.js'
import { CAST, PAIR, PROOF_BYTES, STREAM_HEADER_BYTES, type StreamKind, tagOf } from './frames.js'
import type { Nonce } from './nonce.js'
import type { Session } from './session.js'
import type { IncomingStream } from './streams.js'

/** What a frame says, and the stream in which it says so. */
export interface Opened {
  readonly stream: IncomingStream
  readonly content: Uint8Array
}

interface Casts {
  readonly nonce: Nonce
  readonly stream: IncomingStream
}

/** The streams in which a peer is heard. */
export class Heard {
  readonly #ended: EndedStreams
  #session: Session | undefined
  #casts: Casts | undefined

  constructor(ended: EndedStreams) {
    this.#ended = ended
  }

  get session(): Session | undefined {
    return this.#session
  }

  get casts(): Casts | undefined {
    return this.#casts
  }

  begin(session: Session, casts: Casts): void {
    if (this.#casts?.stream === casts.stream) this.#endSession()
    else this.end()
    this.#session = session
    this.#casts = casts
  }

  end(): void {
    this.#endSession()
    if (this.#casts !== undefined) this.#ended.add(this.#casts.stream.tag)
    this.#casts = undefined
  }

  /** Takes the content out, or says why not. `stray` is called where the frame is of none of these streams. */
  async open(
    kind: StreamKind,
    frame: Uint8Array,
    stray: () => keyof SealCounters,
  ): Promise<Opened | keyof SealCounters> {
    const stream = this.#streamOf(kind)
    if (stream === undefined) return 'unmet'
    if (!stream.holds(frame)) {
      if (frame.length < STREAM_HEADER_BYTES + PROOF_BYTES) return 'forged'
      const why = stray()
      return this.#ended.has(tagOf(frame)) ? 'replayed' : why
    }
    const content = await stream.open(frame)
    return typeof content === 'string' ? content : { stream, content }
  }

  /** Why what was opened is not let through, if it is not. */
  judge(kind: StreamKind, stream: IncomingStream, frame: Uint8Array): keyof SealCounters | undefined {
    // The secret has changed while it was being opened.
    if (this.#streamOf(kind) !== stream) return 'outdated'
    return stream.accept(frame) ? undefined : 'replayed'
  }

  #streamOf(kind: StreamKind): IncomingStream | undefined {
    // Casts count only of one who has shown that it is there.
    if (kind === CAST) return this.#session && this.#casts?.stream
    return kind === PAIR ? this.#session?.pairs.fromPeer : this.#session?.signals.fromPeer
  }

  #endSession(): void {
    if (this.#session !== undefined) this.#ended.add(this.#session.pairs.fromPeer.tag)
    this.#session = undefined
  }
}
