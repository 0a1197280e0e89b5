import { type Envelope, Replica, type ReplicaId, type Span } from 'epaxos/core'

/** Who is there, and what is asked of them. */
export interface Load {
  readonly voters: number
  readonly observers?: number
  /** Commands on their way at a time, of all voters together. */
  readonly window: number
  /** What the command of this number touches; they are counted from 1. */
  readonly spansOf: (sequence: number) => readonly Span[]
  /** Whether what is in a checkpoint is dropped, as rooms do it. */
  readonly compacts: boolean
}

interface Post {
  readonly from: ReplicaId
  readonly envelopes: readonly Envelope[]
}

const GROUP = '9'.repeat(32)
const PAYLOAD: Uint8Array = new Uint8Array(64).fill(7)
const NONE: readonly number[] = []
/** So many commands are executed between two checkpoints, as a room writes them. */
const CHECKPOINT = 2000
/** What is said arrives in the next turn. */
const TURN_MS = 1
/** Hosts call `tick` every 10 … 100 ms. */
const TICK_MS = 20

/**
 * Replicas in one thread, in memory, in virtual time, so that a run is the same each time: each message takes a
 * millisecond, is handed over by reference, and every write is durable at once.
 */
export class Cluster {
  readonly #load: Load
  readonly #names: readonly ReplicaId[]
  readonly #voters: ReadonlyMap<ReplicaId, Replica>
  readonly #observers: ReadonlyMap<ReplicaId, Replica>
  /** To voters, and to observers. */
  #mail: Post[] = []
  #news: Post[] = []
  /** By voter: own commands on their way. */
  readonly #pending: number[]
  #inFlight = 0
  #proposed = 0
  /** By replica: commands that it has executed. */
  readonly #executed = new Map<ReplicaId, number>()
  #checkpointedAt = 0
  #nowMs = 0

  constructor(load: Load) {
    const { voters, observers = 0 } = load
    this.#load = load
    this.#names = Array.from({ length: voters }, (_, slot) => String(slot + 1).repeat(32))
    const watchers = Array.from({ length: observers }, (_, i) => i.toString(16).padStart(32, 'a'))
    let drawn = 0
    // So that the observers are spread over the voters.
    const random = (): number => (++drawn % voters) / voters
    const configuration = { number: 0, voters: this.#names, wireVersion: 1, stateVersion: 1 }
    const replicas = (ids: readonly ReplicaId[]): ReadonlyMap<ReplicaId, Replica> =>
      new Map(ids.map((id) => [id, new Replica({ id, group: GROUP, configuration, random })]))
    this.#voters = replicas(this.#names)
    this.#observers = replicas(watchers)
    this.#pending = this.#names.map(() => 0)
    for (const id of [...this.#names, ...watchers]) this.#executed.set(id, 0)
  }

  /** Commands that all voters have executed. */
  get finished(): number {
    return Math.min(...this.#names.map((id) => this.#executed.get(id) as number))
  }

  /** Commands that all have executed, observers included. */
  get followed(): number {
    return Math.min(...this.#executed.values())
  }

  /** What the voters do of a turn. */
  vote(): void {
    this.#nowMs += TURN_MS
    this.#mail = this.#delivered(this.#mail, this.#voters)
    this.#tick(this.#voters)
    this.#propose()
    for (const [slot, id] of this.#names.entries()) this.#drain(id, this.#replica(slot), slot)
    if (this.#load.compacts) this.#checkpoint()
  }

  /** What the observers do of it, behind `vote`. */
  follow(): void {
    this.#news = this.#delivered(this.#news, this.#observers)
    this.#tick(this.#observers)
    for (const [id, replica] of this.#observers) this.#drain(id, replica, undefined)
  }

  #delivered(posts: readonly Post[], to: ReadonlyMap<ReplicaId, Replica>): Post[] {
    for (const { from, envelopes } of posts) {
      for (const envelope of envelopes) to.get(envelope.to)?.step(from, envelope.message)
    }
    return []
  }

  #tick(replicas: ReadonlyMap<ReplicaId, Replica>): void {
    if (this.#nowMs % TICK_MS !== 0) return
    for (const replica of replicas.values()) replica.tick(this.#nowMs)
  }

  /** Another voter is the first in each turn; none has more than its share on its way. */
  #propose(): void {
    const { voters, window, spansOf } = this.#load
    const share = Math.ceil(window / voters)
    for (let i = 0; i < voters; i++) {
      const slot = (this.#nowMs + i) % voters
      while ((this.#pending[slot] as number) < share && this.#inFlight < window) {
        ;(this.#pending[slot] as number)++
        this.#inFlight++
        const sequence = ++this.#proposed
        this.#replica(slot).propose({
          spans: spansOf(sequence),
          payload: PAYLOAD,
          session: this.#names[slot] as string,
          sequence,
          acknowledged: 0,
          after: NONE,
        })
      }
    }
  }

  /** @param slot of a voter */
  #drain(id: ReplicaId, replica: Replica, slot: number | undefined): void {
    for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
      this.#post(id, ready.messages)
      replica.written(ready)
      this.#post(id, ready.messagesAfterWrite)
      if (ready.executable.length === 0) continue
      for (const { value, instance } of ready.executable) {
        if (value.kind !== 'commands') continue
        this.#executed.set(id, (this.#executed.get(id) as number) + value.commands.length)
        if (instance.slot !== slot) continue
        ;(this.#pending[slot] as number) -= value.commands.length
        this.#inFlight -= value.commands.length
      }
      replica.applied(ready.executable.map(({ instance }) => instance))
    }
  }

  #post(from: ReplicaId, envelopes: readonly Envelope[]): void {
    if (envelopes.length === 0) return
    this.#mail.push({ from, envelopes })
    if (this.#observers.size > 0) this.#news.push({ from, envelopes })
  }

  #checkpoint(): void {
    const executed = this.#executed.get(this.#names[0] as ReplicaId) as number
    if (executed - this.#checkpointedAt < CHECKPOINT) return
    this.#checkpointedAt = executed
    for (const replica of this.#voters.values()) replica.checkpointed(replica.executedSet())
  }

  #replica(slot: number): Replica {
    return this.#voters.get(this.#names[slot] as ReplicaId) as Replica
  }
}
