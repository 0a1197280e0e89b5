import type { ReplicaId } from '../core/index.js'
import type { Introduction, KnownLife, Start, Starts, Verdict } from '../member/index.js'
import type { Address } from '../transport/index.js'
import type { Greeting, Membership, Packet } from '../wire/index.js'

/** Greetings that nobody has answered are repeated this often: they may be lost. */
const GREET_MS = 1000

interface Peer {
  readonly address: Address
  /** What it has said of its life, since it came. */
  introduction: Introduction | undefined
  /** Undefined until it is known to be a voter of the own group, and has introduced itself. */
  verdict: Verdict | undefined
  /** It has heard who this replica is. */
  answered: boolean
}

export interface IntroductionPorts {
  readonly send: (to: Address, packet: Packet) => void
  /** What has become durable of where this replica belongs. */
  readonly membership: () => Membership | undefined
  /** Writes down what is known of others; nothing that is written later becomes durable before it. */
  readonly remember: (lives: readonly KnownLife[]) => void
}

/**
 * Who is here, and who has said which life of whom it is. Everybody greets everybody that comes, again and again until
 * answered. A voter is listened to, and talked to, only once its life was judged to be the latest one; so whatever
 * depends on its word is written down after its start [H14]. One that is refused is told so.
 */
export class Introductions {
  readonly #own: Introduction
  readonly #starts: Starts
  readonly #ports: IntroductionPorts
  readonly #peers = new Map<ReplicaId, Peer>()
  #greetAtMs = 0
  /** More was heard since `unwritten` was asked last. */
  #grown = false

  constructor(own: Introduction, starts: Starts, ports: IntroductionPorts) {
    this.#own = own
    this.#starts = starts
    this.#ports = ports
  }

  came(address: Address): void {
    const peer: Peer = { address, introduction: undefined, verdict: undefined, answered: false }
    this.#peers.set(address.replica, peer)
    this.#greet(peer, false)
  }

  went(replica: ReplicaId): void {
    this.#peers.delete(replica)
  }

  /** The life of a replica that is here; undefined where none is. */
  addressOf(replica: ReplicaId): Address | undefined {
    return this.#peers.get(replica)?.address
  }

  /** The same, of one that what voters say to each other may be said to. */
  receiver(replica: ReplicaId): Address | undefined {
    const peer = this.#peers.get(replica)
    return peer?.verdict === undefined || peer.verdict === 'refused' ? undefined : peer.address
  }

  /** What came of judging the life of it that is here; undefined: nothing yet. */
  verdictOn(replica: ReplicaId): Verdict | undefined {
    return this.#peers.get(replica)?.verdict
  }

  greeted(replica: ReplicaId, { start, earlier, answer }: Greeting): void {
    const peer = this.#peers.get(replica)
    if (peer === undefined) return
    peer.introduction = { start, earlier }
    if (answer) peer.answered = true
    this.#judge(peer)
    if (!answer && peer.verdict !== 'refused') this.#greet(peer, true)
  }

  /** A voter, which has introduced itself, has said that its storage holds so many batches. */
  heard(replica: ReplicaId, batches: number): void {
    if (this.#starts.heard(replica, batches)) this.#grown = true
  }

  /**
   * What is known of others, if more was heard since this was asked last: to become durable together with the records
   * that are written next. So what depends on a peer's word is never durable without how much that peer's storage held
   * when it gave it [H14]. After a restart only that is missing which has changed no record here.
   */
  unwritten(): readonly KnownLife[] | undefined {
    if (!this.#grown) return undefined
    this.#grown = false
    return this.#starts.known
  }

  /** Another start of this replica's is known: that is written down, and nobody starts on this storage again. */
  superseded(self: ReplicaId, known: Start): void {
    this.#ports.remember([...this.#starts.known, { replica: self, start: known, batches: known.batches }])
  }

  /** Where this replica belongs has changed. */
  bound(): void {
    for (const peer of this.#peers.values()) {
      this.#judge(peer)
      this.#greet(peer, false)
    }
  }

  tick(nowMs: number): void {
    if (nowMs < this.#greetAtMs) return
    this.#greetAtMs = nowMs + GREET_MS
    const founded = this.#ports.membership()?.founded
    for (const peer of this.#peers.values()) {
      // Until the room is founded there may be something new to hear each time.
      if (!founded || (!peer.answered && this.#isVoter(peer))) this.#greet(peer, false)
    }
  }

  #judge(peer: Peer): void {
    const { address, introduction } = peer
    if (introduction === undefined || !this.#isVoter(peer)) return
    peer.verdict = this.#starts.judge(address.replica, introduction)
    if (peer.verdict === 'new') this.#ports.remember(this.#starts.known)
    if (peer.verdict === 'refused') this.#refuse(peer, introduction)
  }

  #isVoter({ address }: Peer): boolean {
    const membership = this.#ports.membership()
    return membership?.founded === true && membership.voters.includes(address.replica)
  }

  #greet({ address, verdict }: Peer, answer: boolean): void {
    if (verdict === 'refused') return
    const membership = this.#ports.membership()
    this.#ports.send(address, { kind: 'greeting', ...this.#own, membership, answer })
  }

  #refuse({ address }: Peer, { start }: Introduction): void {
    const membership = this.#ports.membership()
    const known = this.#starts.latest(address.replica)
    if (membership === undefined || known === undefined) return
    this.#ports.send(address, {
      kind: 'refused',
      group: membership.group,
      incarnation: this.#own.start.count,
      refused: start,
      known,
    })
  }
}
