/** A member of a room that says nothing but nonsense, inside a page. The tests drive it from outside. */
import { openRoom, parseInvite, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import type { GroupId, InstanceId, Message, ReplicaId } from 'epaxos/core'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'

type TransportFactory = ReturnType<typeof webSocket>
type Link = ReturnType<TransportFactory>

interface Messages {
  readonly kind: 'messages'
  readonly group: GroupId
  readonly incarnation: number
  readonly batches: number
  readonly messages: readonly Message[]
}

interface Address {
  readonly replica: ReplicaId
  readonly incarnation: number
}

type LinkFrame =
  | { readonly kind: 'join'; readonly self: Address; readonly room: string }
  | { readonly kind: 'datagram'; readonly peer: Address; readonly body: Uint8Array }

// What no application can get at: the package doesn't export its codec, nor the packets made to break it.
const wire: {
  encodePacket(packet: Messages): Uint8Array<ArrayBuffer>
  encodeRelayFrame(frame: LinkFrame): Uint8Array<ArrayBuffer>
  decodeRelayFrame(bytes: Uint8Array): { readonly kind: string }
} = await import(/* @vite-ignore */ String('/src/wire/index.ts'))
const equipment: { hostilePackets(): Iterable<Uint8Array> } = await import(
  /* @vite-ignore */ String('/src/wire/hostile.ts')
)

/** The wire takes rounds up to this one. */
const MAX_ROUND = 2 ** 32
/** The last round whose ballots are numbers without a gap: above it there is none to recover at. */
const ABSURD_ROUND = Math.floor(Number.MAX_SAFE_INTEGER / 16)
/** A packet in one frame, by itself: packet id, index 0, count 1. */
const FRAME_HEADER = [0, 0, 0, 0, 0, 0, 0, 1]
/** About as much as one frame holds: so the relay's allowance of bytes is used up after some four thousand frames. */
const FLOOD_PAYLOAD_BYTES = 16_000
/** What the browser may hold of a flood: the rest would fill its memory, not the network. */
const FLOOD_BUFFER_BYTES = 2 ** 20

export class Liar {
  readonly #room: Room<ReplicatedMap>
  readonly #link: Link
  readonly #mute: () => void

  private constructor(room: Room<ReplicatedMap>, link: Link, mute: () => void) {
    this.#room = room
    this.#link = link
    this.#mute = mute
  }

  /** Comes in as an honest member would. */
  static async enter(invite: string): Promise<Liar> {
    let link: Link | undefined
    let muted = false
    const transport: TransportFactory = (options) => {
      const own = webSocket()(options)
      link = own
      return {
        send: (to, bytes) => muted || own.send(to, bytes),
        onMessage: (listener) => own.onMessage(listener),
        onPeer: (listener) => own.onPeer(listener),
        onStatus: (listener) => own.onStatus(listener),
        status: () => own.status(),
        bufferedBytes: (to) => own.bufferedBytes(to),
        sendAll: (to, bytes) => {
          if (!muted) own.sendAll(to, bytes)
        },
        close: () => own.close(),
      }
    }
    const room = await openRoom(invite, { state: replicatedMap(), storage: indexedDb(), transport, autopilot: false })
    if (link === undefined) throw new Error('the room has no link')
    return new Liar(room, link, () => {
      muted = true
    })
  }

  /** Resolves once it is a voter: from then on nothing honest is heard of it. */
  async turn(): Promise<void> {
    const { status } = this.#room
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (status.get().role === 'voter') resolve()
      }
      status.subscribe(look)
      look()
    })
    this.#mute()
  }

  /** Sends every packet that must be refused to every peer; resolves with how many each was sent. */
  async lie(): Promise<number> {
    let count = 0
    for (const packet of equipment.hostilePackets()) {
      count++
      await this.#sendToAll(packet)
    }
    return count
  }

  /**
   * Leaves an instance undecided that everything has to wait for, and promises it to itself: at the highest ballot
   * that is well formed, then at the highest that is a number. One packet each, to every peer.
   */
  async lieAboutBallots(): Promise<void> {
    await this.#sendToAll(this.#preAccept(0))
    const about = this.#about
    const { slot, number } = about.instance
    const { epoch } = about
    const ballot = MAX_ROUND * 16 + slot
    const recover = this.#message({ kind: 'recover', epoch, slot, from: number, to: number, ballot })
    await this.#sendToAll(recover)
    // The codec won't write such a ballot. It comes last, in eight bytes.
    const absurd = recover.slice()
    new DataView(absurd.buffer).setBigUint64(absurd.length - 8, BigInt(ABSURD_ROUND * 16 + slot))
    await this.#sendToAll(absurd)
  }

  /**
   * Sends text and random bytes to the relay, on one socket after the other: such that never join, or such that take
   * this liar's own seat first. Resolves with what each was thrown out for.
   */
  async flood(sockets: number, seated: boolean): Promise<string[]> {
    const reasons: string[] = []
    for (let i = 0; i < sockets; i++) {
      const { socket, closed } = await this.#open(seated)
      for (let frame = 0; frame < 200; frame++) {
        if (frame % 10 === 0) socket.send('text, which is no frame either')
        else socket.send(crypto.getRandomValues(new Uint8Array(1 + Math.floor(Math.random() * 1000))))
      }
      reasons.push(await closed)
    }
    return reasons
  }

  /**
   * From its own seat, sends a peer one sound message as fast as it can, which an honest peer answers each time.
   * Resolves with what it was thrown out for.
   */
  async floodPeer(replica: ReplicaId): Promise<string> {
    const { socket, closed } = await this.#open(true)
    const body = Uint8Array.from([...FRAME_HEADER, ...this.#preAccept(FLOOD_PAYLOAD_BYTES)])
    const frame = wire.encodeRelayFrame({ kind: 'datagram', peer: { replica, incarnation: 1 }, body })
    while (socket.readyState === WebSocket.OPEN) {
      for (let sent = 0; sent < 500 && socket.bufferedAmount < FLOOD_BUFFER_BYTES; sent++) socket.send(frame)
      await new Promise((resolve) => setTimeout(resolve))
    }
    return closed
  }

  /** A socket of the relay's, in this liar's seat or in none; `closed` says why it was closed. */
  async #open(seated: boolean): Promise<{ readonly socket: WebSocket; readonly closed: Promise<string> }> {
    const socket = new WebSocket(this.#invite.relay)
    socket.binaryType = 'arraybuffer'
    const closed = new Promise<string>((resolve) => {
      socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`)
    })
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    if (!seated) return { socket, closed }
    const { group, secret } = this.#invite
    socket.send(wire.encodeRelayFrame({ kind: 'join', self: this.#self, room: `${group}/${secret}` }))
    const answer = await new Promise<ArrayBuffer>((resolve) => {
      socket.onmessage = ({ data }) => resolve(data)
    })
    const { kind } = wire.decodeRelayFrame(new Uint8Array(answer))
    if (kind !== 'joined') throw new Error(`the relay answers a join with ${kind}`)
    return { socket, closed }
  }

  async #sendToAll(packet: Uint8Array): Promise<void> {
    for (const peer of this.#link.status().peers) {
      // The link takes what it can carry: a liar has time.
      while (!this.#link.send(peer, packet)) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Of its first instance, with a command that interferes with everything. */
  #preAccept(payloadBytes: number): Uint8Array<ArrayBuffer> {
    const spans = [{ kind: 'range', write: true, from: '', to: undefined }] as const
    const command = {
      spans,
      payload: new Uint8Array(payloadBytes),
      session: this.#self.replica,
      sequence: 1,
      acknowledged: 0,
      after: [],
    }
    const value = { kind: 'commands', commands: [command] } as const
    return this.#message({ kind: 'pre-accept', ...this.#about, value, deps: [0, 0, 0] })
  }

  get #invite(): { readonly group: GroupId; readonly secret: string; readonly relay: string } {
    const { group, secret, relay = '' } = parseInvite(this.#room.invite())
    return { group, secret, relay }
  }

  get #self(): Address {
    return { replica: this.#room.id, incarnation: this.#room.status.get().incarnation }
  }

  get #about(): { readonly epoch: number; readonly instance: InstanceId } {
    const { epoch = 0, voters } = this.#room.status.get()
    return { epoch, instance: { slot: voters.indexOf(this.#room.id), number: 1 } }
  }

  #message(message: Message): Uint8Array<ArrayBuffer> {
    const { group } = this.#invite
    const { incarnation } = this.#self
    return wire.encodePacket({ kind: 'messages', group, incarnation, batches: 0, messages: [message] })
  }
}
