import type { RelaySocket } from '../../../src/relay/guest.js'
import { DEFAULT_LIMITS } from '../../../src/relay/limits.js'
import { Rooms } from '../../../src/relay/rooms.js'
import { decodeRelayFrame, encodeRelayFrame, LIVENESS_ANSWER, LIVENESS_QUESTION } from '../../../src/wire/index.js'
import { damaged } from '../bytes.js'
import type { Dice } from '../dice.js'
import { stepsIn, stepsOf } from '../sources.js'
import { type Target, Wrong } from '../target.js'

const SOCKETS = 6
/** Few enough that they are all met. */
const limits = {
  ...DEFAULT_LIMITS,
  ...{ sockets: 5, socketsPerAddress: 4, rooms: 2, peersPerRoom: 3, framesPerSecond: 20, bytesPerSecond: 50_000 },
  ...{ roomFramesPerSecond: 40, roomBytesPerSecond: 100_000, joinsPerSecondPerAddress: 5, outgoingBytes: 20_000 },
}

const peers = ['a', 'b', 'c', 'd'].flatMap((digit) =>
  [1, 2].map((incarnation) => ({ replica: digit.repeat(32), incarnation })),
)
const body = new Uint8Array(20)
const sound: readonly Uint8Array[] = peers.flatMap((peer) => [
  ...['one', 'two', 'three'].map((room) => encodeRelayFrame({ kind: 'join', self: peer, room, token: '' })),
  encodeRelayFrame({ kind: 'datagram', peer, body }),
  encodeRelayFrame({ kind: 'signal', peer, body }),
  encodeRelayFrame({ kind: 'cast', peers: peers.filter(({ incarnation }) => incarnation === peer.incarnation), body }),
  encodeRelayFrame({ kind: 'came', peer }),
])

/** One that finds out what must not be sent. */
class CheckedSocket implements RelaySocket {
  isClosed = false
  waitingBytes = 0

  constructor(readonly address: string) {}

  send(message: Uint8Array | string): void {
    if (this.isClosed) throw new Wrong('something was sent to a socket that was closed')
    if (typeof message !== 'string') decodeRelayFrame(message)
    else if (message !== LIVENESS_ANSWER) throw new Wrong(`the text ${message} was sent`)
  }

  close(): void {
    if (this.isClosed) throw new Wrong('a socket was closed twice')
    this.isClosed = true
  }

  bufferedBytes(): number {
    return this.waitingBytes
  }
}

const frame = (dice: Dice): Uint8Array =>
  dice.onceIn(3) ? damaged(dice, dice.of(sound), dice.of(sound)) : dice.of(sound)

/** What all of them may do to a relay, each once: what the sockets say, and when they come and go. */
const play = (input: Uint8Array): void => {
  let nowMs = 0
  const rooms = new Rooms(limits, () => nowMs, { dateMs: () => nowMs })
  const sockets: (CheckedSocket | undefined)[] = []
  const at = (slot: number): CheckedSocket => {
    const open = sockets[slot]
    if (open !== undefined && !open.isClosed) return open
    const socket = new CheckedSocket(`10.0.0.${slot % 2}`)
    sockets[slot] = socket
    rooms.opened(socket)
    return socket
  }
  for (const { what, bytes } of stepsIn(input)) {
    const socket = at(what % SOCKETS)
    const action = what >> 3
    if (action === 0) {
      rooms.disconnected(socket)
      sockets[what % SOCKETS] = undefined
    } else if (action === 1) socket.waitingBytes = socket.waitingBytes > 0 ? 0 : 30_000
    else if (action === 2) rooms.received(socket, LIVENESS_QUESTION)
    else if (action === 3) {
      nowMs += 1000 * bytes.length
      rooms.tick()
    } else rooms.received(socket, bytes)
  }
  for (const socket of sockets) if (socket !== undefined) rooms.disconnected(socket)
  const { sockets: left, rooms: open } = rooms.counters()
  if (left !== 0 || open !== 0) throw new Wrong(`all have gone, and ${left} sockets and ${open} rooms are left`)
}

/** What sockets say to a relay, in whatever order. */
export const relayRooms: Target = {
  name: 'relay-rooms',
  share: 6,
  source: () => stepsOf(16, frame),
  subject: () => play,
}
