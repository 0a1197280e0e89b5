import type { RelayId } from './cluster-message.js'

/** The names under which the relays of one service meet on their bus. */
export class Channels {
  readonly #prefix: string

  /** Who uses the same bus with another prefix does not meet us. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** All relays hear it. */
  get all(): string {
    return `${this.#prefix}:all`
  }

  /** That one hears it. */
  relay(relay: RelayId): string {
    return `${this.#prefix}:relay:${relay}`
  }

  /** Those at which somebody sits in the room. */
  room(room: string): string {
    return `${this.#prefix}:room:${room}`
  }

  /** Undefined: the channel is not that of a room. */
  roomOf(channel: string): string | undefined {
    const prefix = this.room('')
    return channel.startsWith(prefix) ? channel.slice(prefix.length) : undefined
  }
}
