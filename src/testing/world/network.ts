import type { ReplicaId } from '../../core/index.js'
import type { LinkOptions, TransportFactory } from '../../transport/index.js'
import type { Chance } from './chance.js'
import { VirtualLink } from './link.js'
import type { Timeline } from './timeline.js'

/** How long a packet takes, at least and at most, in virtual milliseconds: drawn for each, so that they overtake each other. */
export type Latency = readonly [leastMs: number, mostMs: number]

/** A network in virtual time, which delays, reorders, loses and repeats packets, and can be cut in parts. */
export class VirtualNetwork {
  readonly #timeline: Timeline
  readonly #chance: Chance
  readonly #latency: Latency
  readonly #links = new Set<VirtualLink>()
  /** Those of a part reach each other, and nobody else. Undefined: it is whole. */
  #parts: readonly ReadonlySet<ReplicaId>[] | undefined
  #loss = 0

  constructor(timeline: Timeline, chance: Chance, latency: Latency) {
    this.#timeline = timeline
    this.#chance = chance
    this.#latency = latency
  }

  readonly transport: TransportFactory = Object.assign((options: LinkOptions) => this.#open(options), {
    withinProcess: true,
  })

  /** Those of a part reach each other; the ones that no part names are a part together. What is under way between parts is lost. */
  partition(parts: readonly (readonly ReplicaId[])[]): void {
    this.#parts = parts.map((part) => new Set(part))
    this.#changed()
  }

  heal(): void {
    this.#parts = undefined
    this.#changed()
  }

  /** From now on each packet is lost with this probability, and else repeated with it. */
  lossy(probability: number): void {
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`${probability} is no probability: 0 to 1`)
    this.#loss = probability
  }

  /** The replica's process is gone, without a word. */
  vanish(replica: ReplicaId): void {
    for (const link of [...this.#links]) if (link.self.replica === replica) link.close()
  }

  #open(options: LinkOptions): VirtualLink {
    return new VirtualLink(options, {
      joined: (link) => this.#later(() => this.#join(link)),
      left: (link) => {
        if (this.#links.delete(link)) this.#changed()
      },
      carry: (from, to, arrive) => this.#carry(from, to, arrive),
    })
  }

  #join(link: VirtualLink): void {
    if (link.status().state !== 'connecting') return
    const other = [...this.#links].find(({ room, self }) => room === link.room && self.replica === link.self.replica)
    if (other !== undefined && other.self.incarnation > link.self.incarnation) {
      link.end('replaced')
      return
    }
    if (other !== undefined) this.#links.delete(other)
    this.#links.add(link)
    link.begin()
    this.#settle()
    other?.end('replaced')
  }

  /** The others notice it as soon as a packet would have told them. */
  #changed(): void {
    this.#later(() => this.#settle())
  }

  /** Tells each link whom it reaches now. */
  #settle(): void {
    const links = [...this.#links]
    for (const link of links) link.reaches(links.filter((other) => this.#connected(link, other)))
  }

  #connected(a: VirtualLink, b: VirtualLink): boolean {
    if (a === b || a.room !== b.room || !this.#links.has(a) || !this.#links.has(b)) return false
    return this.#partOf(a) === this.#partOf(b)
  }

  #partOf({ self }: VirtualLink): ReadonlySet<ReplicaId> | undefined {
    return this.#parts?.find((part) => part.has(self.replica))
  }

  #carry(from: VirtualLink, to: VirtualLink, arrive: () => void): void {
    for (let copies = this.#copies(); copies > 0; copies--) {
      this.#later(() => {
        if (this.#connected(from, to)) arrive()
      })
    }
  }

  #copies(): number {
    if (this.#chance.next() < this.#loss) return 0
    return this.#chance.next() < this.#loss ? 2 : 1
  }

  #later(call: () => void): void {
    this.#timeline.after(this.#chance.within(this.#latency), call)
  }
}
