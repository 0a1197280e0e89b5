import type { ChannelSignal } from './channel-signal.js'
import type { ChannelStats, DirectFault } from './contract.js'

/** One attempt at a data channel, and the channel it becomes. */
export interface Connection {
  /** What it lacks, as far as it knows: where it ends, that is why. */
  readonly fault: DirectFault | undefined
  /** What the other end's `onSignal` was called with. */
  signal(description: ChannelSignal['description']): void
  /** Only once open. False: wait for `onDrain`. */
  write(message: Uint8Array): boolean
  /** Undefined while it is not open. */
  stats(): Promise<ChannelStats | undefined>
  destroy(): void
}

/** None is called within the factory's call, nor after `destroy` or `onEnd`. */
export interface ConnectionEvents {
  /** To be brought to the other end, in order. What is no `ChannelSignal`'s description may be left out. */
  onSignal(description: unknown): void
  onOpen(): void
  onMessage(message: Uint8Array): void
  onDrain(): void
  /** It failed, or the other end closed it: nothing comes of it any more. */
  onEnd(): void
}

/** Of the two ends one is the initiator. */
export type ConnectionFactory = (initiator: boolean, events: ConnectionEvents) => Connection
