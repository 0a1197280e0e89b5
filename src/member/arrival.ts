import type { ExecutedSet, ReplicaId } from '../core/index.js'
import { InvalidSnapshot, NeedsUpdate } from '../state/index.js'
import type { Census } from './census.js'
import type { Chunk, NoSnapshot, Offer, SnapshotHeader } from './message.js'
import type { Self } from './self.js'
import { type Fetched, SnapshotFetch, type Wanted } from './snapshot-fetch.js'

/** Getting the state from others: where there is none here, or where what came after it can't be had any more. */
export class Arrival {
  readonly #self: Self
  readonly #census: Census
  readonly #versions: readonly [number, number]
  readonly #fetch: SnapshotFetch
  #arrived: Fetched | undefined
  /** The machine has its first state, be it that this is not written yet. */
  #restored = false
  #refusal: string | undefined

  /** @param versions of the state that the code can execute, lowest and highest */
  constructor(self: Self, census: Census, versions: readonly [number, number]) {
    this.#self = self
    this.#census = census
    this.#versions = versions
    this.#fetch = new SnapshotFetch({
      send: (to, message) => self.send(to, message),
      useful: (header) => this.#isUseful(header),
    })
  }

  get progress(): { readonly done: number; readonly bytes: number } | undefined {
    return this.#fetch.progress
  }

  /** Why it has no state yet, where there is more to it than time. */
  get reason(): string | undefined {
    return this.#census.holders.length > 0 ? this.#refusal : 'nobody who has the state of this group is here'
  }

  step(from: ReplicaId, message: Offer | Chunk | NoSnapshot): void {
    if (message.kind === 'offer') this.#fetch.offered(from, message)
    else if (message.kind === 'no-snapshot') this.#fetch.refused(from)
    else this.#arrived ??= this.#fetch.arrived(from, message)
  }

  tick(): void {
    this.#fetch.tick(this.#self.now, this.#arrived === undefined ? this.#wanted() : undefined)
  }

  /**
   * Restores the machine from a snapshot that has arrived; undefined where none has. To be called when all that the
   * replica has handed out is applied.
   */
  take(): Fetched | undefined {
    const arrived = this.#arrived
    this.#arrived = undefined
    // What was executed meanwhile may go beyond it.
    if (arrived === undefined || !this.#isUseful(arrived.header)) return undefined
    try {
      this.#self.machine.restore(arrived.chunks, arrived.header.configuration.stateVersion)
      this.#restored = true
      return arrived
    } catch (error) {
      if (!(error instanceof InvalidSnapshot)) throw error
      if (error.reason === 'newer-version') this.#self.stop(`this program must be updated: ${error.message}`)
      else this.#fetch.avoid(arrived.from)
      return undefined
    }
  }

  #wanted(): Wanted | undefined {
    const { id, replica, status } = this.#self
    if (replica === undefined && this.#restored) return undefined
    if (replica === undefined) return { cut: undefined, sources: this.#census.holders }
    if (status?.lost === undefined) return undefined
    const { from, configuration } = status.lost
    const cut = configuration.voters.includes(id) ? configuration.number : undefined
    const sources = new Set([from, ...configuration.voters, ...this.#census.holders])
    return { cut, sources: [...sources].filter((source) => source !== id && !this.#census.isAway(source)) }
  }

  /** Whether the replica may go on from it, as core's `enter` has it; and whether this code may. */
  #isUseful({ configuration, executed }: SnapshotHeader): boolean {
    const { id, replica } = this.#self
    const { number, stateVersion, voters } = configuration
    const votes = voters.includes(id)
    const epoch = this.#self.configuration?.number ?? 0
    if (replica !== undefined) {
      if (number < epoch || (votes && (number === epoch || !covers(NOTHING, executed)))) return false
      // One that holds no more than is here already leads no further: it was made too long ago.
      const own = replica.executedSet()
      if (number === epoch && (!covers(executed, own) || covers(own, executed))) return false
    } else if (votes) {
      this.#self.stop('it was a voter of this group, and has lost its storage: it can only join as a new member')
      return false
    }
    const [lowest, highest] = this.#versions
    if (lowest <= stateVersion && stateVersion <= highest) return true
    const { message } = new NeedsUpdate(stateVersion, this.#versions)
    // A lower one may be that of a member that has stayed behind.
    if (stateVersion > highest) this.#self.stop(message)
    else this.#refusal = message
    return false
  }
}

const NOTHING: ExecutedSet = { frontier: [], beyond: [] }

/** Whether everything of `b` is in `a`. */
const covers = (a: ExecutedSet, b: ExecutedSet): boolean =>
  b.frontier.every((upTo, slot) => {
    const frontier = a.frontier[slot] ?? 0
    const beyond = new Set(a.beyond[slot])
    const has = (number: number): boolean => number <= frontier || beyond.has(number)
    for (let number = frontier + 1; number <= upTo; number++) if (!has(number)) return false
    return (b.beyond[slot] ?? []).every(has)
  })
