import type { Configuration, ReplicaId } from '../core/index.js'
import type { KnownLife, MemberEnvelope } from '../member/index.js'
import type { PresenceEntry } from '../wire/index.js'
import type { Exchange, ExchangeOptions, ExchangePorts } from './exchange.js'
import type { Peer } from './introductions.js'
import { exchanging } from './late/parts.js'

const NONE = { packets: 0, strangers: 0, cut: 0 }

/**
 * The exchange with others, whose program comes with that of the link. Until then nobody is there: what is said is missed,
 * as if the network had lost it, and what this member has come to know is told once somebody can ask for it.
 */
export class LateExchange {
  readonly #options: ExchangeOptions
  readonly #ports: ExchangePorts
  #exchange: Exchange | undefined
  #isOver = false
  #entered: Configuration | undefined
  #heardOf: Configuration | undefined

  /** @param onLink calls back in the turn in which the link is opened; never where it is open already */
  constructor(options: ExchangeOptions, ports: ExchangePorts, onLink: (opened: () => void) => void) {
    this.#options = options
    this.#ports = ports
    this.#begin()
    onLink(() => this.#begin())
  }

  get refused(): Exchange['refused'] {
    return this.#exchange?.refused ?? NONE
  }

  get cutOff(): Exchange['cutOff'] {
    return this.#exchange?.cutOff ?? []
  }

  get oversized(): number {
    return this.#exchange?.oversized ?? 0
  }

  get newerWire(): number | undefined {
    return this.#exchange?.newerWire
  }

  get contradicting(): ReplicaId | undefined {
    return this.#exchange?.contradicting
  }

  get peers(): Iterable<Peer> {
    return this.#exchange?.peers ?? []
  }

  peer(replica: ReplicaId): Peer | undefined {
    return this.#exchange?.peer(replica)
  }

  unwritten(): readonly KnownLife[] | undefined {
    return this.#exchange?.unwritten()
  }

  heardOf(configuration: Configuration): void {
    this.#heardOf = configuration
    this.#exchange?.heardOf(configuration)
  }

  entered(configuration: Configuration): void {
    this.#entered = configuration
    this.#exchange?.entered(configuration)
  }

  /** This replica never starts again on its storage: that is to be known there, whatever could be loaded. */
  ended(): void {
    if (this.#exchange !== undefined) return this.#exchange.ended()
    const { self, introduction, lives } = this.#options
    const { start } = introduction
    this.#ports.remember([...lives, { replica: self, start, batches: start.batches }])
  }

  tick(nowMs: number): void {
    this.#exchange?.tick(nowMs)
  }

  send(envelopes: readonly MemberEnvelope[]): void {
    this.#exchange?.send(envelopes)
  }

  show(to: ReplicaId, entries: readonly PresenceEntry[]): void {
    this.#exchange?.show(to, entries)
  }

  /** Hears nothing any more, also where there is no link before that. */
  end(): void {
    this.#isOver = true
    this.#exchange?.end()
  }

  broke(replica: ReplicaId): void {
    this.#exchange?.broke(replica)
  }

  #begin(): void {
    const { now } = exchanging
    if (now === undefined || this.#exchange !== undefined || this.#isOver) return
    const exchange = new now.Exchange(this.#options, this.#ports)
    this.#exchange = exchange
    if (this.#entered !== undefined) exchange.entered(this.#entered)
    if (this.#heardOf !== undefined) exchange.heardOf(this.#heardOf)
  }
}
