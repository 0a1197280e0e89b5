import type { ChannelStats, DirectFault } from './contract.js'
import type { Waking } from './page-life.js'

/**
 * A way to one life of one peer that does not lead through the relay. It is there while one of its two ends wants it,
 * and comes and goes by itself meanwhile.
 */
export interface DirectPath {
  /** Open, and wanted by one of its ends. */
  readonly open: boolean
  /** Open, and not congested. */
  readonly writable: boolean
  /** Whether it takes up anything: wanted here, or being built, open, or about to be dropped. */
  readonly busy: boolean
  /** Why it is not open; undefined while it is. */
  readonly fault: DirectFault | undefined
  /** To open it, since it was open last; the one under way counts. */
  readonly attempts: number
  /** Whether this end wants it. */
  want(wanted: boolean): void
  /** Only while writable. */
  send(frame: Uint8Array): void
  /** What the other end's `onSignal` was called with: it may want the path, which is as good as this end's wanting it. */
  signalled(body: Uint8Array): void
  /** What `onSignal` was called with can't be brought over just now. */
  unsent(): void
  stats(): Promise<ChannelStats | undefined>
  /** To be called every second. */
  tick(): void
  /** There may be a way now: what waits for the next attempt waits no longer. */
  wake(waking: Waking): void
  /** Ends at once what there is, and this end's wanting it. A later `want` or `signalled` begins anew. */
  close(): void
}

export interface DirectPathEvents {
  /** To be brought to the other end by other means; at most `MAX_SIGNAL_BYTES`. */
  onSignal(body: Uint8Array): void
  onFrame(frame: Uint8Array): void
  /** The other end has shown that it is there; the frame that did, if it was one, follows. */
  onSign(): void
  /** `open` has changed. */
  onChange(): void
  /** Writable again. */
  onDrain(): void
}

/** `initiator` is true at exactly one of the two ends. */
export type DirectPathFactory = (initiator: boolean, events: DirectPathEvents) => DirectPath
