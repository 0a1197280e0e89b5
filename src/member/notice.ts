import type { ReplicaId } from '../core/index.js'
import type { Census } from './census.js'
import type { Self } from './self.js'

/** A notice, or the answer to it, may be lost. */
const REPEAT_MS = 500

/** Who has not answered by then is not waited for: the link may be gone, and nobody has noticed yet. */
const PATIENCE_MS = 2500

/** A member that wants to go has the others know before it does, so that none of them makes it a voter meanwhile [H29]. */
export class Notice {
  readonly #self: Self
  readonly #census: Census
  #given = false
  #repeatAtMs = 0
  /** When each was told first. */
  readonly #toldAtMs = new Map<ReplicaId, number>()
  /** In which epoch each was when it heard of it. */
  readonly #noted = new Map<ReplicaId, number>()

  constructor(self: Self, census: Census) {
    this.#self = self
    this.#census = census
  }

  get given(): boolean {
    return this.#given
  }

  /** Idempotent. */
  give(): void {
    if (this.#given) return
    this.#given = true
    this.tick()
  }

  /** What this peer knew of members it may have forgotten. */
  met(peer: ReplicaId): void {
    this.#noted.delete(peer)
    if (this.#given) this.#tell(peer)
  }

  noted(by: ReplicaId, inEpoch: number): void {
    this.#noted.set(by, inEpoch)
  }

  tick(): void {
    const { now } = this.#self
    if (!this.#given || now < this.#repeatAtMs) return
    this.#repeatAtMs = now + REPEAT_MS
    for (const peer of this.#census.present) if (!this.#noted.has(peer)) this.#tell(peer)
  }

  /**
   * Every other voter that is here knows of it, as far as that can be waited for. One that noted it in a later epoch counts
   * once this member is there, too: it may have made it a voter before.
   */
  get isKnown(): boolean {
    const { now, id, configuration } = this.#self
    if (configuration === undefined) return true
    const { number, voters } = configuration
    return this.#census.present.every((peer) => {
      if (peer === id || !voters.includes(peer)) return true
      const noted = this.#noted.get(peer)
      return (noted !== undefined && noted <= number) || now - (this.#toldAtMs.get(peer) ?? now) >= PATIENCE_MS
    })
  }

  #tell(peer: ReplicaId): void {
    const { now } = this.#self
    if (!this.#toldAtMs.has(peer)) this.#toldAtMs.set(peer, now)
    this.#self.send(peer, { kind: 'notice' })
  }
}
