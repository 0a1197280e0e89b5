/** One member of a room, inside a page. The tests drive it from outside. */
import { webRtc } from 'epaxos/transport/webrtc'

type Link = ReturnType<ReturnType<typeof webRtc>>
type LinkStatus = ReturnType<Link['status']>
type PeerStatus = LinkStatus['peers'][number]

const connections: RTCPeerConnection[] = []
const channels = new Set<RTCDataChannel>()
const muted = new WeakSet<RTCDataChannel>()
let hidden = false

// What WebRTC objects the library makes, so that a test can break them under it.
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(config?: RTCConfiguration) {
    super(config)
    connections.push(this)
  }
}
const { addIceCandidate } = RTCPeerConnection.prototype
RTCPeerConnection.prototype.addIceCandidate = async function (
  this: RTCPeerConnection,
  ...candidate: unknown[]
): Promise<void> {
  if (!hidden) await Reflect.apply(addIceCandidate, this, candidate)
}
const send = RTCDataChannel.prototype.send
RTCDataChannel.prototype.send = function (this: RTCDataChannel, ...message: unknown[]): void {
  channels.add(this)
  if (!muted.has(this)) Reflect.apply(send, this, message)
}

export class Member {
  readonly link: Link
  readonly received: { readonly byteLength: number; readonly digest: number }[] = []
  readonly kindsSeen: string[] = []
  readonly arrivals: { readonly replica: string; readonly here: boolean }[] = []

  constructor(relay: string, room: string, replica: string, incarnation: number) {
    this.link = webRtc()({ relay, room, self: { replica, incarnation } })
    this.link.onMessage((_from, bytes) => this.received.push({ byteLength: bytes.length, digest: digestOf(bytes) }))
    this.link.onPeer(({ replica, incarnation }, here) =>
      this.arrivals.push({ replica: `${replica}/${incarnation}`, here }),
    )
    this.link.onStatus(({ peers }) => {
      const kind = peers[0]?.kind
      if (kind !== undefined && kind !== this.kindsSeen.at(-1)) this.kindsSeen.push(kind)
    })
  }

  get peer(): PeerStatus | undefined {
    return this.link.status().peers[0]
  }

  /** Sends a packet of so many bytes to the only peer; its digest, or undefined where it was not accepted. */
  send(byteLength: number): number | undefined {
    const bytes = new Uint8Array(byteLength)
    for (let at = 0; at < byteLength; at++) bytes[at] = (at * 31) >> 3
    const peer = this.peer
    return peer !== undefined && this.link.send(peer, bytes) ? digestOf(bytes) : undefined
  }

  /** Why there is no channel to the only peer. */
  get fault(): string | undefined {
    return this.link.report?.()[0]?.direct
  }

  async stats(): Promise<Awaited<ReturnType<NonNullable<Link['channelStats']>>>> {
    const peer = this.peer
    return peer && this.link.channelStats?.(peer)
  }

  /** Packets of so many bytes, sent as fast as they are taken, until `count` are sent. */
  async stream(count: number, byteLength: number): Promise<void> {
    for (let sent = 0; sent < count; ) {
      if (this.send(byteLength) !== undefined) sent++
      else await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** Enough to tell a whole packet from a mangled one. */
const digestOf = (bytes: Uint8Array): number => {
  let digest = bytes.length
  for (const byte of bytes) digest = (Math.imul(digest, 31) + byte) | 0
  return digest
}

export const closeConnections = (): void => {
  for (const connection of connections) connection.close()
}

/** From now on what is sent on the channels of this moment vanishes. */
export const muteChannels = (): void => {
  for (const channel of channels) muted.add(channel)
}

/** From now on no connection is told any address of its other end, or is again. */
export const hideAddresses = (hide: boolean): void => {
  hidden = hide
}

export const connectionStates = (): string[] => connections.map(({ connectionState }) => connectionState)
