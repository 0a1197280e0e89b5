/** A member of a room that says nothing but nonsense, inside a page. The tests drive it from outside. */
import { openRoom, parseInvite, type ReplicatedMap, type Room, relayRoom, replicatedMap } from 'epaxos'
import type { GroupId, InstanceId, Message, ReplicaId } from 'epaxos/core'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'

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
  | { readonly kind: 'join'; readonly self: Address; readonly token: string; readonly room: string }
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

/** To whoever is met. */
interface Says {
  send(to: Address, bytes: Uint8Array): boolean
}

interface Sending {
  send(this: Sending, to: Address, bytes: Uint8Array): boolean
  sendAll(this: Sending, to: readonly Address[], bytes: Uint8Array): void
}

/** The module of what rooms seal with: what a member that lies sends is sealed as what an honest one sends. */
export interface Sealing {
  readonly SealedLink: { readonly prototype: Sending }
}

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
  readonly #link: Says
  readonly #relayRoom: string
  readonly #mute: () => void

  private constructor(room: Room<ReplicatedMap>, link: Says, meeting: string, mute: () => void) {
    this.#room = room
    this.#link = link
    this.#relayRoom = meeting
    this.#mute = mute
  }

  /** Comes in as an honest member would. @param sealing the page's own: a second copy of the module would be another one */
  static async enter(invite: string, { SealedLink }: Sealing): Promise<Liar> {
    let sealed: Sending | undefined
    let muted = false
    const { send, sendAll } = SealedLink.prototype
    SealedLink.prototype.send = function (to, bytes) {
      sealed = this
      return muted || send.call(this, to, bytes)
    }
    SealedLink.prototype.sendAll = function (to, bytes) {
      if (!muted) sendAll.call(this, to, bytes)
    }
    const options = { state: replicatedMap(), storage: indexedDb(), transport: webSocket(), autopilot: false } as const
    const room = await openRoom(invite, options)
    const link: Says = { send: (to, bytes) => sealed !== undefined && send.call(sealed, to, bytes) }
    return new Liar(room, link, await relayRoom(invite), () => {
      muted = true
    })
  }

  get id(): ReplicaId {
    return this.#room.id
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

  /** Its own link would take the seat back that it floods from. */
  giveUpSeat(): Promise<void> {
    return this.#room.close()
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
   * From its own seat, sends a peer one sound message as fast as it can, which nobody has sealed.
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
    socket.send(wire.encodeRelayFrame({ kind: 'join', self: this.#self, token: '', room: this.#relayRoom }))
    const answer = await new Promise<ArrayBuffer>((resolve) => {
      socket.onmessage = ({ data }) => resolve(data)
    })
    const { kind } = wire.decodeRelayFrame(new Uint8Array(answer))
    if (kind !== 'joined') throw new Error(`the relay answers a join with ${kind}`)
    return { socket, closed }
  }

  async #sendToAll(packet: Uint8Array): Promise<void> {
    for (const peer of this.#room.status.get().link.peers) {
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

  get #invite(): { readonly group: GroupId; readonly relay: string } {
    const { group, relay = '' } = parseInvite(this.#room.invite())
    return { group, relay }
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
