import { type Envelope, Replica, type ReplicaId } from 'epaxos/core'
import { commandOf, type Load } from './workload.js'

/** What the loop asks of each: what a host asks of a replica. */
export type Member = Pick<
  Replica,
  'step' | 'propose' | 'tick' | 'ready' | 'written' | 'applied' | 'checkpointed' | 'executedSet'
>

const GROUP = '9'.repeat(32)
/** So many commands are executed between two checkpoints, as a room writes them. */
const CHECKPOINT = 2000
/** Hosts call `tick` every 10 … 100 ms. */
const TICK_MS = 20
/** Until all is dropped: some ten seconds of gossip, in steps in which a host that is awake ticks. */
const SKIP_MS = 100
const SKIPS = 100

/** The voters' names, by slot. */
export const namesOf = (voters: number): readonly ReplicaId[] =>
  Array.from({ length: voters }, (_, slot) => String(slot + 1).repeat(32))

export const replicasOf = ({ voters, apart }: Load): readonly Replica[] => {
  const names = namesOf(voters)
  const configuration = { number: 0, voters: names, wireVersion: 1, stateVersion: 1 }
  const tuning = apart ? { shareFrom: Number.POSITIVE_INFINITY } : {}
  return names.map((id) => new Replica({ id, group: GROUP, configuration, random: () => 0.5, tuning }))
}

interface Post {
  readonly from: ReplicaId
  readonly envelopes: readonly Envelope[]
}

/**
 * Members in one thread, in memory: what one says the others hear in the next turn, and a write is durable at once.
 * Messages are handed over as objects, by reference.
 */
export class Cluster {
  readonly #load: Load
  readonly #names: readonly ReplicaId[]
  readonly #slots: ReadonlyMap<ReplicaId, number>
  readonly #members: readonly Member[]
  #mail: Post[] = []
  /** By voter: own commands on their way. */
  readonly #pending: number[]
  #inFlight = 0
  #goal = 0
  #proposed = 0
  /** By voter: commands that were executed. */
  readonly #executed: number[]
  #messages = 0
  #instances = 0
  #checkpointedAt = 0
  #compacts = true
  #nowMs = 0
  #skippedMs = 0

  constructor(load: Load, members: readonly Member[] = replicasOf(load)) {
    this.#load = load
    this.#names = namesOf(load.voters)
    this.#slots = new Map(this.#names.map((name, slot) => [name, slot]))
    this.#members = members
    this.#pending = members.map(() => 0)
    this.#executed = members.map(() => 0)
  }

  /** Commands that were executed everywhere. */
  get finished(): number {
    return Math.min(...this.#executed)
  }

  get messages(): number {
    return this.#messages
  }

  /** Those that held commands, and were executed. */
  get instances(): number {
    return this.#instances
  }

  /** From now on nothing is compacted, until `compact`. */
  hoard(): void {
    this.#compacts = false
  }

  /** Until so many commands more are executed everywhere, and all that was said is heard. */
  run(commands: number): void {
    this.#goal += commands
    while (this.#busy) this.#turn()
  }

  /** The same. @param onFinished after each turn that has brought commands to their end everywhere; told how many */
  watch(commands: number, onFinished: (commands: number) => void): void {
    this.#goal += commands
    let before = this.finished
    while (this.#busy) {
      this.#turn()
      const { finished } = this
      if (finished > before) onFinished(finished - before)
      before = finished
    }
  }

  /** Writes checkpoints, and lets the time pass that it takes until what is in them is dropped everywhere. */
  compact(): void {
    this.#compacts = true
    this.#checkpoint()
    for (let i = 0; i < SKIPS; i++) {
      this.#skippedMs += SKIP_MS
      this.#turn()
    }
    while (this.#busy) this.#turn()
  }

  get #busy(): boolean {
    return this.#mail.length > 0 || this.#executed.some((count) => count < this.#goal)
  }

  #turn(): void {
    this.#deliver()
    this.#tick()
    this.#propose()
    for (let slot = 0; slot < this.#members.length; slot++) this.#drain(slot)
    if (this.#compacts && (this.#executed[0] as number) - this.#checkpointedAt >= CHECKPOINT) this.#checkpoint()
  }

  #deliver(): void {
    const mail = this.#mail
    this.#mail = []
    for (const { from, envelopes } of mail) {
      this.#messages += envelopes.length
      for (const { to, message } of envelopes) this.#member(this.#slots.get(to) as number).step(from, message)
    }
  }

  #tick(): void {
    const nowMs = performance.now() + this.#skippedMs
    if (nowMs - this.#nowMs < TICK_MS) return
    this.#nowMs = nowMs
    for (const member of this.#members) member.tick(nowMs)
  }

  /** The voters take turns; none has more than its share on its way. */
  #propose(): void {
    const { voters, window, interference } = this.#load
    const share = Math.ceil(window / voters)
    let passed = 0
    for (let slot = this.#proposed % voters; passed < voters; slot = (slot + 1) % voters) {
      if (this.#inFlight >= window || this.#proposed >= this.#goal) return
      passed++
      if ((this.#pending[slot] as number) >= share) continue
      passed = 0
      ;(this.#pending[slot] as number)++
      this.#inFlight++
      this.#member(slot).propose(commandOf(++this.#proposed, slot, interference))
    }
  }

  #drain(slot: number): void {
    const member = this.#member(slot)
    const from = this.#names[slot] as ReplicaId
    for (let ready = member.ready(); ready !== undefined; ready = member.ready()) {
      if (ready.messages.length > 0) this.#mail.push({ from, envelopes: ready.messages })
      member.written(ready)
      if (ready.messagesAfterWrite.length > 0) this.#mail.push({ from, envelopes: ready.messagesAfterWrite })
      if (ready.executable.length === 0) continue
      for (const { value, instance } of ready.executable) {
        if (value.kind !== 'commands') continue
        ;(this.#executed[slot] as number) += value.commands.length
        if (instance.slot !== slot) continue
        this.#instances++
        ;(this.#pending[slot] as number) -= value.commands.length
        this.#inFlight -= value.commands.length
      }
      member.applied(ready.executable.map(({ instance }) => instance))
    }
  }

  #checkpoint(): void {
    this.#checkpointedAt = this.#executed[0] as number
    for (const member of this.#members) member.checkpointed(member.executedSet())
  }

  #member(slot: number): Member {
    return this.#members[slot] as Member
  }
}
