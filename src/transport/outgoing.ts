import { MAX_CAST_PEERS } from '../wire/index.js'
import { CastQueue } from './cast-queue.js'
import type { Clock } from './clock.js'
import { HALF_OF_IDS } from './frames.js'
import type { RelayConnection } from './relay-connection.js'
import type { RemotePeer } from './remote-peer.js'

/** A socket has no event for "writable again". As often as browsers let timers come, and only while something waits. */
const RETRY_SEND_MS = 4

/** Who takes turns: a peer with what is for it alone, and what is cast. */
type Sender = RemotePeer | CastQueue<RemotePeer>

/** All that waits to be sent by one link, handed out to the paths as they take it. */
export class Outgoing {
  readonly #relay: RelayConnection
  readonly #clock: Clock
  readonly #casts: CastQueue<RemotePeer>
  /** Those who have something to send, in the order of their turns. */
  readonly #waiting = new Set<Sender>()
  #cancelRetry: (() => void) | undefined

  constructor(relay: RelayConnection, clock: Clock, random: () => number) {
    this.#relay = relay
    this.#clock = clock
    this.#casts = new CastQueue(HALF_OF_IDS + Math.floor(random() * HALF_OF_IDS))
  }

  /** False: the packet is too large, or too much is waiting for this peer. */
  add(peer: RemotePeer, packet: Uint8Array): boolean {
    if (!peer.queue.push(peer.address, packet)) return false
    this.#waiting.add(peer)
    return true
  }

  /** The same packet to several that are reached over the relay; how many of them it was taken for. */
  addAll(peers: readonly RemotePeer[], packet: Uint8Array): number {
    let taken = 0
    for (let from = 0; from < peers.length; from += MAX_CAST_PEERS) {
      const some = peers.slice(from, from + MAX_CAST_PEERS)
      const [first] = some
      const accepted =
        first !== undefined && some.length === 1 ? this.add(first, packet) : this.#casts.push(some, packet)
      if (accepted) taken += some.length
    }
    if (!this.#casts.empty) this.#waiting.add(this.#casts)
    return taken
  }

  bytesFor(peer: RemotePeer): number {
    return peer.queue.bytes + this.#casts.bytesFor(peer)
  }

  /** Hands out what was added for paths that may take it. */
  flush(direct: boolean): void {
    // While the relay takes nothing, looking at all who wait for it would only cost time.
    if (direct || this.#cancelRetry === undefined) this.drain()
  }

  /** Hands out what the paths take, a frame for each in turn, so that no large packet holds up the others. */
  drain(): void {
    let passed = 0
    // Whoever is put back comes again.
    for (const sender of this.#waiting) {
      this.#waiting.delete(sender)
      passed = this.#sendNext(sender) ? 0 : passed + 1
      if (!isEmpty(sender)) this.#waiting.add(sender)
      if (passed >= this.#waiting.size) break
    }
    if (this.#relay.state === 'open' && [...this.#waiting].some(needsRelay)) {
      this.#cancelRetry ??= this.#clock.after(RETRY_SEND_MS, () => {
        this.#cancelRetry = undefined
        this.drain()
      })
    }
  }

  /** It has gone. */
  forget(peer: RemotePeer): void {
    this.#waiting.delete(peer)
    this.#casts.forget(peer)
    if (this.#casts.empty) this.#waiting.delete(this.#casts)
  }

  stop(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
  }

  #sendNext(sender: Sender): boolean {
    if (sender instanceof CastQueue) return this.#castNext(sender)
    const { queue, direct } = sender
    const path = direct?.open ? direct : this.#relay
    const turn = path.writable ? queue.shift() : undefined
    if (turn === undefined) return false
    if (path === direct) direct.send(turn.frame)
    else this.#relay.send({ kind: 'datagram', peer: turn.to, body: turn.frame })
    return true
  }

  #castNext(casts: CastQueue<RemotePeer>): boolean {
    const turn = this.#relay.writable ? casts.shift() : undefined
    if (turn === undefined) return false
    this.#relay.send({ kind: 'cast', peers: [...turn.to].map(({ address }) => address), body: turn.frame })
    return true
  }
}

const isEmpty = (sender: Sender): boolean => (sender instanceof CastQueue ? sender.empty : sender.queue.empty)

const needsRelay = (sender: Sender): boolean => sender instanceof CastQueue || !sender.direct?.open
