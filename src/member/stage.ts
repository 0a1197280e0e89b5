import { type Command, type FloorRecord, type ReplicaId, type Tuning, write } from '../core/index.js'
import { ExactlyOnce, type Json, type Proposal, type Reading, type StateMachine } from '../state/index.js'
import { crc32 } from './crc32.js'
import {
  type KeptSnapshot,
  Member,
  type MemberCheckpoint,
  type MemberEnvelope,
  type MemberMessage,
  type MemberReady,
  type Policy,
  type Standing,
} from './index.js'

/** Test equipment: whole groups of real members in one process, with virtual time, links, storages and crashes. */

export const GROUP: string = '9'.repeat(32)

/** The id of a member with a name of one hex digit. */
export const idOf = (name: string): ReplicaId => name.repeat(32)

const TICK_MS = 50
const LATENCY_MS = 10
/** Few, so that checkpoints are made, and records dropped, all the time. */
const CHECKPOINT_COMMANDS = 30
const DROP_INSTANCES = 30

const utf8 = new TextEncoder()

/** A command that writes down `what` at `key`. */
export const note = (session: string, sequence: number, key: string, what: string): Command => ({
  spans: [write(key)],
  payload: utf8.encode(`${key}=${what}`),
  session: session.padStart(32, '0'),
  sequence,
  acknowledged: 0,
  after: [],
})

/** Keeps, per key, all that was written down there, in order. From version 2 on everything is written down in capitals. */
export class Notes implements StateMachine {
  readonly notes: Map<string, string[]> = new Map()

  constructor(public version: number) {}

  get value(): ReadonlyMap<string, readonly string[]> {
    return this.notes
  }

  /** Nobody reads anything here but what is written down. */
  reading(): Reading {
    throw new Error('notes are not read by keys')
  }

  fork(): Notes {
    const fork = new Notes(this.version)
    for (const [key, list] of this.notes) fork.notes.set(key, [...list])
    return fork
  }

  apply({ payload }: Proposal): Json {
    const [key = '', what = ''] = new TextDecoder().decode(payload).split('=')
    const list = this.notes.get(key) ?? []
    list.push(this.version < 2 ? what : what.toUpperCase())
    this.notes.set(key, list)
    return list.length
  }

  snapshot(): Iterable<Uint8Array> {
    const entries = [...this.notes].sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.map(([key, list]) => utf8.encode(JSON.stringify([key, list])))
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const entries = Array.from(pieces, (piece) => JSON.parse(new TextDecoder().decode(piece)) as [string, string[]])
    this.notes.clear()
    for (const [key, list] of entries) this.notes.set(key, list)
    this.version = version
  }

  migrate(version: number): void {
    this.version = version
    this.notes.set('migrated', [...(this.notes.get('migrated') ?? []), `to ${version}`])
  }
}

/** What a storage holds. */
class Disk {
  batches: Pick<MemberReady, 'records' | 'floor'>[] = []
  checkpoint: MemberCheckpoint | undefined
  cut: MemberCheckpoint | undefined

  write({ records, floor, compacted, cut, dropCut }: MemberReady): void {
    if (cut !== undefined) {
      this.checkpoint = this.cut = cut
      this.batches = []
    }
    if (compacted) this.batches = []
    if (records.length > 0 || floor !== undefined) this.batches.push({ records, floor })
    if (dropCut) this.cut = undefined
  }

  get records(): number {
    return this.batches.reduce((sum, { records }) => sum + records.length, 0)
  }
}

export interface ActorOptions {
  readonly durable?: boolean
  readonly versions?: readonly [number, number]
  readonly place?: string
}

interface Mail extends MemberEnvelope {
  readonly from: string
  readonly at: number
}

export class Actor {
  readonly disk: Disk = new Disk()
  member!: Member
  notes!: Notes
  up = false
  /** Readies whose write is under way, oldest first. */
  writing: MemberReady[] = []
  /** No write becomes durable. */
  withheld = false
  /** All that was handed out, over all lives. */
  readonly journal: MemberReady[] = []
  /** Commands proposed, over all lives. */
  sequence = 0
  lives = 0

  constructor(
    readonly name: string,
    readonly options: ActorOptions,
  ) {}

  get id(): ReplicaId {
    return idOf(this.name)
  }

  get status(): ReturnType<Member['status']> {
    return this.member.status()
  }

  get standing(): Standing {
    const { durable = true, versions = [1, 1], place = this.name } = this.options
    return { durable, place: place.padStart(32, '0'), ageMs: 0, stateVersions: versions, wireVersions: [1, 4] }
  }

  /** The events of one kind, over all lives. */
  events<K extends MemberReady['events'][number]['kind']>(
    kind: K,
  ): Extract<MemberReady['events'][number], { kind: K }>[] {
    return this.journal.flatMap(({ events }) => events.filter((event) => event.kind === kind)) as never
  }
}

export class Stage {
  readonly actors: Map<string, Actor> = new Map()
  readonly #policy: Policy | undefined
  readonly #tuning: Partial<Tuning>
  now = 0
  mail: Mail[] = []
  /** Says of each message whether it gets lost. */
  loses: (from: string, to: string, message: MemberMessage) => boolean = () => false
  /** How many of each kind were delivered. */
  readonly delivered: Map<string, number> = new Map()
  /** Of the pseudo-random numbers that members are given. */
  seed: number

  constructor(policy: Policy | undefined = undefined, tuning: Partial<Tuning> = {}, seed = 1) {
    this.#policy = policy
    this.#tuning = { dropInstances: DROP_INSTANCES, ...tuning }
    this.seed = seed
  }

  readonly random = (): number => {
    this.seed = (this.seed + 0x6d2b79f5) | 0
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  actor(name: string): Actor {
    const actor = this.actors.get(name)
    if (actor === undefined) throw new Error(`nobody is called ${name}`)
    return actor
  }

  /** Members that begin as the voters of a new group. */
  found(names: string, options: ActorOptions = {}, stateVersion = 1): void {
    const voters = [...names].map(idOf).sort()
    const configuration = { number: 0, voters, wireVersion: 4, stateVersion }
    for (const name of names) {
      const actor = new Actor(name, options)
      const machine = new ExactlyOnce(new Notes(stateVersion), { versions: actor.standing.stateVersions })
      const nothing = { frontier: voters.map(() => 0), beyond: voters.map(() => []) }
      const chunks = [...machine.snapshot()]
      actor.disk.checkpoint = actor.disk.cut = { configuration, executed: nothing, chunks }
      this.actors.set(name, actor)
      this.start(actor)
    }
  }

  /** A member without any state. */
  join(name: string, options: ActorOptions = {}): Actor {
    const actor = new Actor(name, options)
    this.actors.set(name, actor)
    this.start(actor)
    return actor
  }

  /** Begins a life from what the disk holds. */
  start(actor: Actor, options: ActorOptions = actor.options): void {
    const { durable = true, versions = [1, 1] } = options
    const { checkpoint, cut, batches } = actor.disk
    const notes = new Notes(versions[1])
    const machine = new ExactlyOnce(notes, { versions, sweepAfter: 400 })
    if (checkpoint !== undefined) machine.restore(checkpoint.chunks, checkpoint.configuration.stateVersion)
    const number = checkpoint?.configuration.number
    let floor: FloorRecord | undefined
    for (const batch of batches) if (batch.floor?.epoch === number) floor = batch.floor
    actor.notes = notes
    actor.member = new Member({
      id: actor.id,
      group: GROUP,
      standing: { ...actor.standing, durable, stateVersions: versions },
      configuration: checkpoint?.configuration,
      records: batches.flatMap(({ records }) => records.filter(({ epoch }) => epoch === number)),
      ...(floor && { floor }),
      ...(checkpoint && { executed: checkpoint.executed }),
      ...(cut && cut.configuration.number === number && { cut: kept(cut) }),
      machine,
      durable,
      random: this.random,
      tuning: this.#tuning,
      policy: this.#policy,
      checkpointAfter: CHECKPOINT_COMMANDS,
    })
    actor.writing = []
    actor.up = true
    actor.lives++
    actor.member.tick(this.now)
    for (const other of this.actors.values()) {
      if (other === actor || !other.up) continue
      this.#meet(actor, other)
      this.#meet(other, actor)
    }
  }

  /** Ends a life at once. What is not durable is lost; the disk too, where it says so. */
  crash(actor: Actor, { wiped = false }: { readonly wiped?: boolean } = {}): void {
    actor.up = false
    this.mail = this.mail.filter(({ from, to }) => from !== actor.name && to !== actor.id)
    for (const other of this.actors.values()) if (other.up) other.member.went(actor.id)
    if (!wiped && actor.options.durable !== false) return
    actor.disk.batches = []
    actor.disk.checkpoint = actor.disk.cut = undefined
  }

  /** The next command of this member, proposed. */
  note(actor: Actor, key: string, what: string): void {
    actor.sequence++
    actor.member.propose(note(actor.name, actor.sequence, key, what))
    this.#carryOut(actor)
  }

  /** Lets time pass. */
  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += LATENCY_MS
      this.#deliver()
      if (this.now % TICK_MS === 0) for (const actor of this.#up()) actor.member.tick(this.now)
      for (const actor of this.#up()) this.#carryOut(actor)
    }
  }

  /** Lets time pass until that holds. */
  until(holds: () => boolean, what: string = holds.toString(), patienceMs = 60_000): void {
    for (const end = this.now + patienceMs; !holds(); ) {
      if (this.now >= end) throw new Error(`not within ${patienceMs} ms: ${what}`)
      this.run(LATENCY_MS)
    }
  }

  /** Until all these have executed the same, and nothing of theirs is pending. */
  settle(...actors: readonly Actor[]): void {
    const state = ({ notes }: Actor): string => JSON.stringify([...notes.notes].sort(([a], [b]) => (a < b ? -1 : 1)))
    this.until(() => {
      const [first, ...others] = actors.map(state)
      return others.every((other) => other === first) && actors.every(({ status }) => status.pending === 0)
    }, 'all have executed the same')
  }

  #up(): Actor[] {
    return [...this.actors.values()].filter(({ up }) => up)
  }

  #meet(one: Actor, peer: Actor): void {
    one.member.met(peer.id, peer.standing, peer.status.configuration)
  }

  #deliver(): void {
    const due = this.mail.filter(({ at }) => at <= this.now)
    this.mail = this.mail.filter(({ at }) => at > this.now)
    for (const { from, to, message } of due) {
      const receiver = [...this.actors.values()].find(({ id }) => id === to)
      if (!receiver?.up || this.loses(from, receiver.name, message)) continue
      this.delivered.set(message.kind, (this.delivered.get(message.kind) ?? 0) + 1)
      receiver.member.step(idOf(from), message)
    }
  }

  #carryOut(actor: Actor): void {
    const { member } = actor
    for (let ready = member.ready(); ready !== undefined; ready = member.ready()) {
      actor.journal.push(ready)
      this.#send(actor, ready.messages)
      actor.writing.push(ready)
      if (!actor.withheld) this.#written(actor)
    }
    if (!actor.withheld && actor.writing.length > 0) {
      this.#written(actor)
      this.#carryOut(actor)
    }
  }

  #written(actor: Actor): void {
    for (const ready of actor.writing.splice(0)) {
      if (actor.options.durable !== false) actor.disk.write(ready)
      actor.member.written(ready)
      this.#send(actor, ready.messagesAfterWrite)
      if (ready.checkpoint === undefined) continue
      actor.disk.checkpoint = ready.checkpoint
      actor.member.checkpointWritten(ready.checkpoint)
    }
  }

  #send(actor: Actor, envelopes: readonly MemberEnvelope[]): void {
    for (const { to, message } of envelopes) {
      this.mail.push({ from: actor.name, to, message, at: this.now + LATENCY_MS })
    }
  }
}

const kept = ({ configuration, executed, chunks }: MemberCheckpoint): KeptSnapshot => ({
  header: {
    configuration,
    executed,
    bytes: chunks.reduce((sum, { length }) => sum + length, 0),
    checksums: chunks.map((chunk) => crc32(chunk)),
  },
  chunk: (index) => chunks[index] as Uint8Array,
})

/** Those names as the voters of a next epoch, whenever that is safe and they are not yet. */
export const towards =
  (wanted: () => string, stateVersion?: () => number): Policy =>
  ({ configuration }) => {
    const voters = [...wanted()].map(idOf).sort()
    const same = voters.join() === configuration.voters.join()
    return {
      voters: same ? undefined : voters,
      stateVersion: stateVersion?.() ?? configuration.stateVersion,
      reason: same ? 'all is well' : `${wanted()} should vote`,
    }
  }
