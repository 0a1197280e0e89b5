import type { Link, LinkOptions, TransportFactory } from 'epaxos'

/** A transport that a visitor can cut: nothing passes then, either way, and neither end is told. */
export class Cable {
  /** While it is, everything is lost on its way. */
  cut = false
  readonly transport: TransportFactory

  constructor(within: TransportFactory) {
    this.transport = (options) => this.#through(within, options)
  }

  #through(within: TransportFactory, options: LinkOptions): Link {
    const link = within(options)
    const { direct, channelStats, report, tick } = link
    return {
      // Taken, as a network takes what it then loses.
      send: (to, bytes) => this.cut || link.send(to, bytes),
      sendAll: (to, bytes) => {
        if (!this.cut) link.sendAll(to, bytes)
      },
      onMessage: (listener) =>
        link.onMessage((from, bytes) => {
          if (!this.cut) listener(from, bytes)
        }),
      onPeer: (listener) => link.onPeer(listener),
      onStatus: (listener) => link.onStatus(listener),
      status: () => link.status(),
      bufferedBytes: (to) => link.bufferedBytes(to),
      close: () => link.close(),
      ...(direct !== undefined && { direct: direct.bind(link) }),
      ...(channelStats !== undefined && { channelStats: channelStats.bind(link) }),
      ...(report !== undefined && { report: report.bind(link) }),
      ...(tick !== undefined && { tick: tick.bind(link) }),
    }
  }
}
