import {
  type Command,
  type Configuration,
  type CoreEvent,
  type ExecutedSet,
  type FloorRecord,
  type InstanceRecord,
  type Message,
  type Ready,
  Replica,
  type ReplicaId,
  type TraceCell,
  type Tuning,
} from './index.js'
import { configurationOf, idOf, nameOfInstance, namesOf, show } from './stage-words.js'

/** Test equipment: real replicas whose every message, write, crash and millisecond is directed by hand. */

const GROUP = '9'.repeat(32)

/** Which mail is meant: all that fits. */
export interface Route {
  readonly from?: number
  readonly to?: number
  /** `slot.number` */
  readonly of?: string
}

export interface Mail {
  readonly from: number
  readonly to: number
  readonly message: Message
}

interface Actor {
  readonly slot: number
  replica: Replica
  up: boolean
  now: number
  /** What became durable of this epoch, over all lives. */
  disk: InstanceRecord[]
  floor: FloorRecord | undefined
  /** The newest epoch whose start is durable. */
  configuration: Configuration
  checkpoint: { readonly executed: ExecutedSet; readonly names: readonly string[] } | undefined
  /** Readies whose write is under way, oldest first. */
  readonly writing: Ready[]
  withheld: boolean
  /** It enters the next epoch, but that is not durable until `entered`. */
  cutWithheld: boolean
  /** Names of commands in the order in which the present life was told to execute them. */
  executed: string[]
}

/** Longer than any scenario. */
const NEVER_MS = 1e9

/** A scenario sees every message once, unless it asks for repeats. */
export const NO_REPEATS: Partial<Tuning> = { retransmitMs: NEVER_MS, maxRetransmitMs: NEVER_MS }

/** Ticks are this far apart, where a scenario doesn't say otherwise. */
const STEP_MS = 50

/** No recovery and no retry takes longer. */
const PATIENCE_MS = 60_000

export class Stage {
  readonly #actors: Actor[]
  readonly #ids: readonly ReplicaId[]
  readonly #tuning: Partial<Tuning>
  /** Sent, and neither delivered nor lost yet. */
  mail: Mail[] = []
  /** All that replicas have handed out, over all lives. */
  readonly journal: { readonly slot: number; readonly ready: Ready }[] = []
  readonly slots: readonly number[]

  /** @param observers so many more members, after the `n` voters */
  constructor(n: number, tuning: Partial<Tuning> = NO_REPEATS, epoch = 0, observers = 0) {
    this.slots = Array.from({ length: n + observers }, (_, slot) => slot)
    this.#ids = this.slots.map(idOf)
    this.#tuning = tuning
    const configuration = configurationOf(epoch, this.slots.slice(0, n))
    this.#actors = this.slots.map((slot) => ({
      slot,
      replica: this.#replica(slot, configuration, [], undefined, undefined),
      up: true,
      now: 0,
      disk: [],
      floor: undefined,
      configuration,
      checkpoint: undefined,
      writing: [],
      withheld: false,
      cutWithheld: false,
      executed: [],
    }))
    for (const slot of this.slots) this.tick(slot, 0)
    this.mail = []
    this.journal.length = 0
  }

  replica(slot: number): Replica {
    return this.#actor(slot).replica
  }

  events(slot: number): readonly CoreEvent[] {
    return this.journal.filter((handedOut) => handedOut.slot === slot).flatMap(({ ready }) => ready.events)
  }

  executed(slot: number): string {
    return this.#actor(slot).executed.join(' ')
  }

  disk(slot: number): readonly InstanceRecord[] {
    return this.#actor(slot).disk
  }

  cell(slot: number, of: string): TraceCell | undefined {
    return this.replica(slot)
      .trace(Number.POSITIVE_INFINITY)
      .flat()
      .find(({ instance }) => nameOfInstance(instance) === of)
  }

  /** As `show` shows it; undefined while it isn't committed there. */
  committed(slot: number, of: string): string | undefined {
    const cell = this.cell(slot, of)
    return cell?.phase === 'committed' ? show(cell.value, cell.deps) : undefined
  }

  // What goes on.

  propose(slot: number, ...commands: readonly Command[]): void {
    for (const each of commands) this.replica(slot).propose(each)
    this.#pump(slot)
  }

  /** A sweep called `name`: that is its payload. */
  sweep(slot: number, name: string): void {
    this.replica(slot).sweep(new TextEncoder().encode(name))
    this.#pump(slot)
  }

  /** This replica asks the others in this order, where it is thrifty. */
  prefer(slot: number, order: readonly number[]): void {
    this.replica(slot).prefer(order.map(idOf))
  }

  /** This replica hears that another can be reached from now on. */
  reached(slot: number, other: number): void {
    this.replica(slot).reached(idOf(other))
    this.#pump(slot)
  }

  /** A message from a peer that isn't played, or plays foul. */
  tell(from: number, to: number, message: Message): void {
    this.replica(to).step(idOf(from), message)
    this.#pump(to)
  }

  /** Only this replica's clock moves, in steps of `stepMs`. */
  tick(slot: number, ms: number, stepMs: number = STEP_MS): void {
    const actor = this.#actor(slot)
    for (const end = actor.now + ms; ; ) {
      actor.replica.tick(actor.now)
      this.#pump(slot)
      if (actor.now >= end) return
      actor.now = Math.min(end, actor.now + stepMs)
    }
  }

  /** Lets this replica alone suspect everybody until it asks for promises; what else it says meanwhile is lost. */
  recover(slot: number, of: string): void {
    const before = this.mail
    this.mail = []
    for (let waited = 0; this.find('recover', { of }).length === 0; waited += STEP_MS) {
      if (waited > PATIENCE_MS) throw new Error(`${slot} does not recover ${of}`)
      this.tick(slot, STEP_MS)
    }
    this.mail = [...before, ...this.find('recover', { of })]
  }

  // Epochs and floors.

  /** Proposes to end the epoch; the voters of the next are in these slots of the stage. */
  seal(slot: number, next: readonly number[]): void {
    this.replica(slot).seal({ voters: next.map(idOf), wireVersion: 1, stateVersion: 1 })
    this.#pump(slot)
  }

  /** From now on the state at the start of an epoch stays not durable at this replica until `entered`. */
  withholdCut(slot: number): void {
    this.#actor(slot).cutWithheld = true
  }

  entered(slot: number): void {
    const actor = this.#actor(slot)
    actor.cutWithheld = false
    this.#entered(actor)
    this.#pump(slot)
  }

  /** All that it has executed is in a durable checkpoint. */
  checkpoint(slot: number): void {
    const actor = this.#actor(slot)
    const executed = actor.replica.executedSet()
    actor.checkpoint = { executed, names: [...actor.executed] }
    actor.replica.checkpointed(executed)
    this.#pump(slot)
  }

  // The mail.

  find(kind: Message['kind'] | '*', route: Route = {}): Mail[] {
    return this.mail.filter((mail) => fits(mail, kind, route))
  }

  /** As `find`, where there must be some. */
  some(kind: Message['kind'] | '*', route: Route = {}): Mail[] {
    const found = this.find(kind, route)
    if (found.length === 0) throw new Error(`no ${kind} ${JSON.stringify(route)} is on its way`)
    return found
  }

  /** Delivers what fits and is on its way now; what it causes is on its way then. */
  deliver(kind: Message['kind'] | '*', route: Route = {}): void {
    this.arrive(this.take(kind, route))
  }

  drop(kind: Message['kind'] | '*', route: Route = {}): void {
    this.take(kind, route)
  }

  /** Takes mail off the way; it may `arrive` later, and more than once. */
  take(kind: Message['kind'] | '*', route: Route = {}): readonly Mail[] {
    const taken = this.some(kind, route)
    this.mail = this.mail.filter((mail) => !taken.includes(mail))
    return taken
  }

  arrive(mail: readonly Mail[]): void {
    for (const { from, to, message } of mail) {
      if (!this.#actor(to).up) continue
      this.replica(to).step(idOf(from), message)
      this.#pump(to)
    }
  }

  // The disk.

  /** From now on writes stay under way until `write`. */
  withhold(slot: number): void {
    this.#actor(slot).withheld = true
  }

  /** The oldest `count` writes under way become durable; what they cause stays under way. */
  write(slot: number, count: number = this.#actor(slot).writing.length): void {
    for (let i = 0; i < count; i++) this.#write(this.#actor(slot))
    this.#pump(slot)
  }

  writing(slot: number): readonly Ready[] {
    return this.#actor(slot).writing
  }

  crash(slot: number): void {
    const actor = this.#actor(slot)
    actor.up = false
    actor.withheld = false
    actor.writing.length = 0
    actor.replica.stop('crashed')
  }

  /** @param executed what the state machine has kept over the restart; if it is not given, its checkpoint, if it has one */
  restart(slot: number, executed?: ExecutedSet): void {
    this.crash(slot)
    const actor = this.#actor(slot)
    const { disk, floor, configuration, checkpoint } = actor
    actor.up = true
    actor.executed = executed === undefined ? [...(checkpoint?.names ?? [])] : []
    actor.replica = this.#replica(slot, configuration, disk, floor, executed ?? checkpoint?.executed)
    this.#pump(slot)
  }

  // The whole group.

  /** All that is on its way arrives, and all that it causes, without a tick. */
  flow(): void {
    while (this.mail.length > 0) this.arrive(this.mail.splice(0))
  }

  /** Everything works, and everybody ticks, until `done`. Mail takes `mailMs`; none: what it causes arrives before the next tick. */
  run(done: () => boolean, mailMs = 0): void {
    const stepMs = mailMs || STEP_MS
    for (let waited = 0; !done(); waited += stepMs) {
      if (waited > PATIENCE_MS) throw new Error(`not done after ${PATIENCE_MS} virtual ms`)
      if (mailMs === 0) this.flow()
      const arriving = this.mail.splice(0)
      for (const { slot, up } of this.#actors) if (up) this.tick(slot, stepMs)
      this.arrive(arriving)
    }
  }

  /** Until every replica that is up knows and has executed everything that anybody knows of. */
  settle(mailMs = 0): void {
    this.run(() => {
      const states = this.#actors.filter(({ up }) => up).map(({ replica }) => replica.status())
      return states.every((s) => s.pending === 0 && s.behind === 0 && `${s.executed}` === `${states[0]?.executed}`)
    }, mailMs)
  }

  #replica(
    slot: number,
    configuration: Configuration,
    restored: readonly InstanceRecord[],
    floor: FloorRecord | undefined,
    executed: ExecutedSet | undefined,
  ): Replica {
    return new Replica({
      id: idOf(slot),
      group: GROUP,
      configuration,
      restored,
      ...(floor && { floor }),
      ...(executed && { executed }),
      random: () => 0.5,
      tuning: this.#tuning,
    })
  }

  #actor(slot: number): Actor {
    const actor = this.#actors[slot]
    if (actor === undefined) throw new Error(`there is no R${slot}`)
    return actor
  }

  #pump(slot: number): void {
    const actor = this.#actor(slot)
    for (let ready = actor.replica.ready(); ready !== undefined; ready = actor.replica.ready()) {
      this.journal.push({ slot, ready })
      this.#send(slot, ready.messages)
      actor.writing.push(ready)
      for (const { value } of ready.executable) actor.executed.push(...namesOf(value))
      actor.replica.applied(ready.executable.map(({ instance }) => instance))
      if (!actor.withheld) this.#write(actor)
      const { sealed } = actor.replica.status()
      if (sealed === undefined) continue
      actor.replica.enter(sealed)
      if (!actor.cutWithheld) this.#entered(actor)
    }
  }

  #entered(actor: Actor): void {
    actor.disk = []
    actor.floor = actor.checkpoint = undefined
    actor.configuration = actor.replica.status().configuration
    actor.replica.entered()
  }

  #write(actor: Actor): void {
    const ready = actor.writing.shift()
    if (ready === undefined) throw new Error(`${actor.slot} has no write under way`)
    if (ready.compacted) actor.disk = []
    actor.disk.push(...ready.records)
    actor.floor = ready.floor ?? actor.floor
    actor.replica.written(ready)
    this.#send(actor.slot, ready.messagesAfterWrite)
  }

  #send(from: number, envelopes: Ready['messages']): void {
    for (const { to, message } of envelopes) this.mail.push({ from, to: this.#ids.indexOf(to), message })
  }
}

export const fits = (mail: Mail, kind: Message['kind'] | '*', { from, to, of }: Route): boolean =>
  (kind === '*' || mail.message.kind === kind) &&
  (from === undefined || mail.from === from) &&
  (to === undefined || mail.to === to) &&
  (of === undefined || concerns(mail.message, of))

/** Whether the message is about the instance `of`, or about a stretch that holds it. */
const concerns = (message: Message, of: string): boolean => {
  if ('instance' in message) return nameOfInstance(message.instance) === of
  if (message.kind !== 'fetch' && message.kind !== 'recover') return false
  const [slot, number] = of.split('.').map(Number) as [number, number]
  return message.slot === slot && message.from <= number && number <= message.to
}
