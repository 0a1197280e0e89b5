import { MAX_RELAY_FRAME_BYTES } from '../wire/index.js'

/** What one relay puts up with. */
export interface RelayLimits {
  readonly sockets: number
  readonly rooms: number
  /** 1 to `MAX_PEERS_PER_ROOM`. */
  readonly peersPerRoom: number
  readonly frameBytes: number
  /** Per socket, on average. A link is told, and stays below by itself. */
  readonly bytesPerSecond: number
  readonly framesPerSecond: number
  /** How many seconds' worth may come at once. */
  readonly burstSeconds: number
  /** How long a socket may be open without joining. */
  readonly joinTimeoutMs: number
  /** What may wait in memory for one slow receiver. */
  readonly outgoingBytes: number
}

/** Who joins is told of all others in one frame, 20 bytes each: some 800 would fit. */
export const MAX_PEERS_PER_ROOM = 512

export const DEFAULT_LIMITS: RelayLimits = {
  // A few kilobytes each while idle, and one file descriptor: well below what a small host gives one process.
  sockets: 4096,
  rooms: 1024,
  // A few voters, and an audience. Each that comes or goes is a frame to every other.
  peersPerRoom: MAX_PEERS_PER_ROOM,
  frameBytes: MAX_RELAY_FRAME_BYTES,
  // An 8 MiB packet in half a second; links pack the small messages of a turn, so that thousands of frames are plenty,
  // and no more than a page that is sent all of them can take in.
  bytesPerSecond: 16 * 2 ** 20,
  framesPerSecond: 3000,
  // What a network that stalled for seconds delivers at once is no flood.
  burstSeconds: 4,
  // A handshake that takes longer is none.
  joinTimeoutMs: 5000,
  // One packet of 8 MiB behind another: a lost fragment loses its packet, so less would never let it through.
  outgoingBytes: 18 * 2 ** 20,
}
