/** How the relays of one service reach each other: by name, without order between senders, and without a promise to arrive. */
export interface Bus {
  /** In order, to all who have subscribed, ourselves too. False: not possible now, and lost. @param message not changed later */
  publish(channel: string, message: Uint8Array): boolean
  subscribe(channel: string): void
  unsubscribe(channel: string): void
}

export interface BusEvents {
  /** On whatever channel. The bytes are ours. */
  received(message: Uint8Array): void
  /** What is published there from now on arrives. */
  subscribed(channel: string): void
  /** As `subscribed`, for all channels: what was published meanwhile is lost. */
  connected(): void
}
