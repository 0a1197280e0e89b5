import { type Configuration, type GroupId, quorumsOf, type ReplicaId, sameConfiguration } from '../core/index.js'
import { type Introduction, type KnownLife, type Standing, type Start, Starts, type Verdict } from '../member/index.js'
import type { Address } from '../transport/index.js'
import type { Greeting, Packet } from '../wire/index.js'

/** Greetings that nobody has answered are repeated this often: they may be lost. */
const GREET_MS = 1000
/** So many strangers are greeted at a time by one who knows nobody: of hundreds, each answers with some kilobytes. */
const STRANGERS_AT_A_TIME = 4

/** Who is here, and what it has said of itself. */
export interface Peer {
  readonly address: Address
  /** The last one since it came. */
  readonly greeting: Greeting | undefined
  /** What came of judging its life; undefined: no voter of the own epoch, or not introduced yet. */
  readonly verdict: Verdict | undefined
}

interface Acquaintance extends Peer {
  greeting: Greeting | undefined
  verdict: Verdict | undefined
  /** It has heard who this replica is. */
  answered: boolean
  greetedAtMs: number
}

export interface IntroductionPorts {
  readonly send: (to: Address, packet: Packet) => void
  /** What this member says of itself now. */
  readonly standing: () => Standing
  /** Writes down what is known of others; nothing that is written later becomes durable before it. */
  readonly remember: (lives: readonly KnownLife[]) => void
  /** Whether too few voters of the own epoch are heard of. */
  readonly cutOff: () => boolean
  /** It has introduced itself, and may be listened to. */
  readonly met: (peer: ReplicaId, greeting: Greeting) => void
}

/**
 * Who is here, and who has said which life of whom it is. Everybody greets the voters it knows, again and again until
 * answered, and answers every greeting. One who has met no voter greets others too, a few at a time: by their answers it
 * learns of the voters. So in a large room observers and voters introduce themselves to each other, and observers don't to
 * observers. A voter is listened to, and talked to, only once its life was judged to be the latest one; so whatever depends
 * on its word is written down after its start [H14]. One that is refused is told so.
 */
export class Introductions {
  readonly #group: GroupId
  readonly #self: ReplicaId
  readonly #own: Introduction
  readonly #ports: IntroductionPorts
  readonly #peers = new Map<ReplicaId, Acquaintance>()
  #starts: Starts
  /** The epoch whose state this member durably has; undefined while there is none. */
  #configuration: Configuration | undefined
  /** The latest that was heard of: its voters are those to get to know. */
  #latest: Configuration | undefined
  /** One that says of the own epoch that it has other voters, or versions: somebody has listed them wrong. */
  contradicting: ReplicaId | undefined
  #now = 0
  #greetAtMs = 0
  /** More was heard since `unwritten` was asked last. */
  #grown = false

  /** @param lives what earlier lives of this replica knew of others */
  constructor(
    group: GroupId,
    self: ReplicaId,
    own: Introduction,
    lives: readonly KnownLife[],
    ports: IntroductionPorts,
  ) {
    this.#group = group
    this.#self = self
    this.#own = own
    this.#starts = new Starts(lives)
    this.#ports = ports
  }

  came(address: Address): void {
    const peer: Acquaintance = {
      address,
      greeting: undefined,
      verdict: undefined,
      answered: false,
      greetedAtMs: Number.NEGATIVE_INFINITY,
    }
    this.#peers.set(address.replica, peer)
    if (this.#isKnownVoter(peer)) this.#greet(peer, false)
    else this.#seek()
  }

  went(replica: ReplicaId): void {
    this.#peers.delete(replica)
  }

  get peers(): Iterable<Peer> {
    return this.#peers.values()
  }

  /** The life of a replica that is here; undefined where none is. */
  peer(replica: ReplicaId): Peer | undefined {
    return this.#peers.get(replica)
  }

  /** Where to reach a member that has introduced itself, and is not refused. */
  receiver(replica: ReplicaId): Address | undefined {
    const peer = this.#peers.get(replica)
    return peer?.greeting === undefined || peer.verdict === 'refused' ? undefined : peer.address
  }

  greeted(replica: ReplicaId, greeting: Greeting): void {
    const peer = this.#peers.get(replica)
    if (peer === undefined) return
    const { configuration } = greeting
    if (configuration !== undefined && this.#contradicts(configuration)) {
      this.contradicting = replica
      // By the answer it knows it, too.
      if (!greeting.answer) this.#greet(peer, true)
      return
    }
    peer.greeting = greeting
    if (greeting.answer) peer.answered = true
    if (this.#judge(peer)) this.#ports.remember(this.#starts.known)
    if (peer.verdict === 'refused') return
    if (!greeting.answer) this.#greet(peer, true)
    this.#ports.met(replica, greeting)
    if (configuration !== undefined) this.heardOf(configuration)
  }

  /** A member has said that its storage holds so many batches. */
  heard(replica: ReplicaId, batches: number): void {
    // Of those that are no voters nothing is remembered.
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

  /** This replica never starts again on its storage: it has left, or, where `known` is given, that other start of it is known. */
  ended(known: Start = this.#own.start): void {
    this.#ports.remember([...this.#starts.known, { replica: this.#self, start: known, batches: known.batches }])
  }

  /** There is such an epoch: its voters are those to get to know, where none is known that is later. */
  heardOf(configuration: Configuration): void {
    if (configuration.number <= (this.#latest?.number ?? -1)) return
    this.#latest = configuration
    this.#greetVoters()
  }

  /**
   * This member durably has the state of an epoch: whose voters are judged from now on, and those of earlier ones are
   * forgotten. Not sooner: after a crash it would be in the last one, among voters that it knows nothing of [H14].
   */
  entered(configuration: Configuration): void {
    // Whoever knows it as one that joins is to know that it has joined.
    if (this.#configuration === undefined) {
      for (const peer of this.#peers.values()) {
        peer.answered = false
        peer.greetedAtMs = Number.NEGATIVE_INFINITY
      }
    }
    this.#configuration = configuration
    const { known } = this.#starts
    const kept = known.filter(({ replica }) => configuration.voters.includes(replica))
    this.#starts = new Starts(kept)
    let changed = kept.length < known.length
    for (const peer of this.#peers.values()) if (this.#judge(peer)) changed = true
    if (changed) this.#ports.remember(this.#starts.known)
    this.heardOf(configuration)
    this.#greetVoters()
  }

  tick(nowMs: number): void {
    this.#now = nowMs
    if (nowMs < this.#greetAtMs) return
    this.#greetAtMs = nowMs + GREET_MS
    this.#greetVoters()
    this.#seek()
  }

  #contradicts(configuration: Configuration): boolean {
    const own = this.#configuration
    return own !== undefined && own.number === configuration.number && !sameConfiguration(own, configuration)
  }

  /** Says whether there is something new to be remembered. */
  #judge(peer: Acquaintance): boolean {
    const { address, greeting } = peer
    peer.verdict =
      greeting !== undefined && this.#configuration?.voters.includes(address.replica)
        ? this.#starts.judge(address.replica, greeting)
        : undefined
    if (peer.verdict === 'refused' && greeting !== undefined) this.#refuse(peer, greeting)
    return peer.verdict === 'new'
  }

  #isKnownVoter({ address }: Peer): boolean {
    return this.#latest?.voters.includes(address.replica) ?? false
  }

  #greetVoters(): void {
    for (const peer of this.#peers.values()) {
      if (!peer.answered && this.#isKnownVoter(peer) && this.#now - peer.greetedAtMs >= GREET_MS)
        this.#greet(peer, false)
    }
  }

  /** Greets a few of all that are here, until it has met a quorum of the latest epoch known; and while that is out of reach. */
  #seek(): void {
    const others: Acquaintance[] = []
    let greeted = 0
    const { voters = [] } = this.#latest ?? {}
    let met = voters.includes(this.#self) ? 1 : 0
    for (const peer of this.#peers.values()) {
      if (peer.greeting !== undefined && this.#isKnownVoter(peer)) met++
      if (this.#now - peer.greetedAtMs < GREET_MS) greeted++
      // Also one that was met before: it may have come to know more since.
      else others.push(peer)
    }
    if (voters.length > 0 && met >= quorumsOf(voters.length).slow && !this.#ports.cutOff()) return
    others.sort((a, b) => a.greetedAtMs - b.greetedAtMs)
    for (const peer of others.slice(0, Math.max(0, STRANGERS_AT_A_TIME - greeted))) this.#greet(peer, false)
  }

  #greet(peer: Acquaintance, answer: boolean): void {
    if (!answer) peer.greetedAtMs = this.#now
    this.#ports.send(peer.address, {
      kind: 'greeting',
      ...this.#own,
      group: this.#group,
      configuration: this.#configuration,
      standing: this.#ports.standing(),
      answer,
    })
  }

  #refuse({ address }: Peer, { start }: Introduction): void {
    const known = this.#starts.latest(address.replica)
    if (known === undefined) return
    this.#ports.send(address, {
      kind: 'refused',
      group: this.#group,
      incarnation: this.#own.start.count,
      refused: start,
      known,
    })
  }
}
