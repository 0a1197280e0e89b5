import { MAX_CAST_PEERS, MAX_RELAY_FRAME_BYTES } from '../wire/index.js'

/** What one relay puts up with. */
export interface RelayLimits {
  readonly sockets: number
  /** From one network address: an IPv4 address, or a /64 of IPv6, which is what one customer has at least. */
  readonly socketsPerAddress: number
  /** From one network address, on average, refused ones included. */
  readonly joinsPerSecondPerAddress: number
  readonly rooms: number
  /** 1 to `MAX_PEERS_PER_ROOM`; in a service of several relays those at the others count, as far as they are known. */
  readonly peersPerRoom: number
  readonly frameBytes: number
  /** Per socket, on average. A link is told, and stays below by itself. */
  readonly bytesPerSecond: number
  readonly framesPerSecond: number
  /**
   * What all sockets of a room together may have forwarded, on average: a frame counts once for each of its receivers.
   * Who sends the most of it is closed. So many frames again may tell of who comes and goes: beyond it nobody comes.
   */
  readonly roomBytesPerSecond: number
  readonly roomFramesPerSecond: number
  /** How many seconds' worth may come at once. */
  readonly burstSeconds: number
  /** How long a socket may be open without joining. */
  readonly joinTimeoutMs: number
  /** What may wait in memory for one slow receiver. */
  readonly outgoingBytes: number
  /** What may wait for all of them together, as it is found at each tick. Whose is the most of it is closed. */
  readonly outgoingBytesTogether: number
}

/** All of them get what is cast to the room. */
export const MAX_PEERS_PER_ROOM: number = MAX_CAST_PEERS

export const DEFAULT_LIMITS: RelayLimits = {
  // A few kilobytes each while idle, and one file descriptor: well below what a small host gives one process.
  sockets: 4096,
  // A school or an office behind one address, or a proxy that nobody told the relay of: a quarter of the relay.
  socketsPerAddress: 1024,
  // All of these within the burst: what comes back at once after a restart.
  joinsPerSecondPerAddress: 256,
  // As many as sockets: with fewer, one address alone, with a room for each of its sockets, could take them all.
  rooms: 4096,
  // A few voters, and an audience. Each that comes or goes is a frame to every other.
  peersPerRoom: MAX_PEERS_PER_ROOM,
  frameBytes: MAX_RELAY_FRAME_BYTES,
  // An 8 MiB packet in half a second; links pack the small messages of a turn, so that thousands of frames are plenty,
  // and no more than a page that is sent all of them can take in.
  bytesPerSecond: 16 * 2 ** 20,
  framesPerSecond: 3000,
  // A gigabit line; and about half of the frames that one process can forward.
  roomBytesPerSecond: 128 * 2 ** 20,
  roomFramesPerSecond: 60_000,
  // What a network that stalled for seconds delivers at once is no flood.
  burstSeconds: 4,
  // A handshake that takes longer is none.
  joinTimeoutMs: 5000,
  // One packet of 8 MiB behind another: a lost fragment loses its packet, so less would never let it through.
  outgoingBytes: 18 * 2 ** 20,
  // Some thirty that read nothing at all. What is cast to a room is in memory once, and counts for each.
  outgoingBytesTogether: 512 * 2 ** 20,
}
