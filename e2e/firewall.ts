/**
 * What a firewall does to data channels, for pages that import this before they open one: nothing passes either way on
 * those that are open, nobody is told so, and new ones find no way.
 */
let isUp = false

export const raise = (): void => {
  isUp = true
}

export const lower = (): void => {
  isUp = false
}

/** Hears of each message before anyone else who listens to the channel does. */
const guard = (channel: RTCDataChannel): void => {
  channel.addEventListener('message', (event) => {
    if (isUp) event.stopImmediatePropagation()
  })
}

const send = RTCDataChannel.prototype.send
RTCDataChannel.prototype.send = function (this: RTCDataChannel, ...message: unknown[]): void {
  if (!isUp) Reflect.apply(send, this, message)
}

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    // Without a TURN server to go by there is no candidate at all.
    super(isUp ? { ...configuration, iceTransportPolicy: 'relay' } : configuration)
    this.addEventListener('datachannel', ({ channel }) => guard(channel))
  }

  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, options)
    guard(channel)
    return channel
  }
}
