import type { ChannelStats } from './contract.js'

/** A way to one life of one peer that does not lead through the relay, and comes and goes by itself. */
export interface DirectPath {
  readonly open: boolean
  /** Open, and not congested. */
  readonly writable: boolean
  /** Only while writable. */
  send(frame: Uint8Array): void
  /** What the other end's `onSignal` was called with. */
  signalled(body: Uint8Array): void
  stats(): Promise<ChannelStats | undefined>
  /** To be called every second. */
  tick(): void
  close(): void
}

export interface DirectPathEvents {
  /** To be brought to the other end by other means; at most `MAX_BODY_BYTES`. */
  onSignal(body: Uint8Array): void
  onFrame(frame: Uint8Array): void
  /** `open` has changed. */
  onChange(): void
  /** Writable again. */
  onDrain(): void
}

/** `initiator` is true at exactly one of the two ends. */
export type DirectPathFactory = (initiator: boolean, events: DirectPathEvents) => DirectPath
