/** A member of a room that says nothing but nonsense, inside a page. The tests drive it from outside. */
import type { GroupId, ReplicaId } from 'epaxos/core'
import { webSocket } from 'epaxos/transport/websocket'

type Link = ReturnType<ReturnType<typeof webSocket>>

interface Membership {
  readonly group: GroupId
  readonly epoch: number
  readonly voters: readonly ReplicaId[]
  readonly founded: boolean
}

interface Greeting {
  readonly kind: 'greeting'
  readonly incarnation: number
  readonly membership: Membership | undefined
}

// What no application can get at: the package doesn't export its codec, nor the packets made to break it.
const codec: {
  encodePacket(packet: Greeting): Uint8Array
  decodePacket(bytes: Uint8Array): Greeting | { readonly kind: 'messages' }
} = await import(/* @vite-ignore */ String('/src/wire/index.ts'))
const equipment: { hostilePackets(): Iterable<Uint8Array> } = await import(
  /* @vite-ignore */ String('/src/wire/hostile.ts')
)

export class Liar {
  readonly #relay: string
  readonly #link: Link
  #membership: Membership | undefined

  /** Joins, and binds itself to the first list that names it, as an honest one would. */
  constructor(relay: string, room: string, replica: ReplicaId) {
    this.#relay = relay
    this.#link = webSocket({ relay })({ room, self: { replica, incarnation: 1 } })
    this.#link.onPeer(() => this.#greet())
    this.#link.onMessage((_, bytes) => {
      const packet = codec.decodePacket(bytes)
      if (packet.kind !== 'greeting' || packet.membership === undefined || this.#membership !== undefined) return
      this.#membership = { ...packet.membership, founded: false }
      this.#greet()
    })
  }

  /** Sends every packet that must be refused to every peer; resolves with how many each was sent. */
  async lie(): Promise<number> {
    let count = 0
    for (const packet of equipment.hostilePackets()) {
      count++
      for (const peer of this.#link.status().peers) {
        // The link takes what it can carry: a liar has time.
        while (!this.#link.send(peer, packet)) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    return count
  }

  /** Sends frames of random bytes to the relay, first on sockets that never join; resolves with the reasons it was thrown out for. */
  async flood(sockets: number): Promise<string[]> {
    const reasons: string[] = []
    for (let i = 0; i < sockets; i++) {
      const socket = new WebSocket(this.#relay)
      socket.binaryType = 'arraybuffer'
      const closed = new Promise<string>((resolve) => {
        socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`)
      })
      await new Promise((resolve) => {
        socket.onopen = resolve
      })
      for (let frame = 0; frame < 200; frame++) {
        if (frame % 10 === 0) socket.send('text, which is no frame either')
        else socket.send(crypto.getRandomValues(new Uint8Array(1 + Math.floor(Math.random() * 1000))))
      }
      reasons.push(await closed)
    }
    return reasons
  }

  #greet(): void {
    const greeting = codec.encodePacket({ kind: 'greeting', incarnation: 1, membership: this.#membership })
    for (const peer of this.#link.status().peers) this.#link.send(peer, greeting)
  }
}
