import type {
  Configuration,
  CoreEvent,
  Executable,
  InstanceId,
  InstanceRecord,
  Message,
  Replica,
  Value,
} from '../../core/index.js'
import { contains } from './contains.js'
import { nameOfCommand, nameOfValue } from './mailed.js'
import { Registers } from './registers.js'
import { idOf, type Scene } from './scene.js'
import type { Saved } from './store.js'
import { Votes } from './votes.js'

/** What one member's replica has come to in the epoch that it is in. All that it hands out is told to recording and jury here. */
export class Account {
  readonly #replica: number
  readonly #scene: Scene
  readonly #start: Saved
  readonly #registers: Registers
  readonly #votes: Votes
  /** Deeds that this member has taken, and not proposed yet; kept over epochs. */
  readonly #waiting: Set<number>
  /** No-ops that are committed here, until they are executed: the core does not tell when. */
  readonly #noops = new Map<string, InstanceId>()
  #position: number

  constructor(replica: number, scene: Scene, start: Saved, waiting: Set<number>) {
    const { voters } = start.configuration
    this.#replica = replica
    this.#scene = scene
    this.#start = start
    this.#registers = new Registers(start.writers)
    this.#votes = new Votes(voters.indexOf(idOf(replica)), voters.length)
    this.#waiting = waiting
    this.#position = start.position
  }

  get configuration(): Configuration {
    return this.#start.configuration
  }

  get #epoch(): number {
    return this.configuration.number
  }

  /** Instances executed in this epoch, by this life and those that it continues. */
  get position(): number {
    return this.#position
  }

  /** And in all epochs. */
  get executed(): number {
    return this.#start.before + this.#position
  }

  /** The state as it is now, after what the replica has executed. */
  saved(replica: Replica): Saved {
    return { ...this.#start, ...this.#present, executed: replica.executedSet() }
  }

  /** The state at the start of the next epoch. */
  ended(configuration: Saved['configuration']): Saved {
    return { configuration, executed: undefined, ...this.#present, position: 0, before: this.executed }
  }

  get #present(): Pick<Saved, 'writers' | 'position' | 'before'> {
    return { writers: this.#registers.snapshot(), position: this.#position, before: this.#start.before }
  }

  says(message: Message): void {
    if (message.epoch === this.#epoch) this.#votes.says(message)
  }

  hears(from: number, message: Message): void {
    const { configuration } = this.#start
    if (message.epoch !== this.#epoch) return
    const vote = this.#votes.hears(configuration.voters.indexOf(idOf(from)), message)
    if (vote !== undefined) this.#scene.recording.happened({ ...this.#now, kind: 'vote', from, ...vote })
  }

  /** It holds this of an instance from now on. */
  knows(record: InstanceRecord): void {
    const { recording } = this.#scene
    const { epoch, instance, phase, value } = record
    const before = recording.last(this.#replica, epoch, instance)
    recording.knows(this.#replica, epoch, record)
    this.#votes.knows(instance, record.ballot, phase === 'committed')
    const isOwn = this.#start.configuration.voters[instance.slot] === idOf(this.#replica)
    // Nobody but its owner gives an instance its first value, and only by proposing it.
    if (!isOwn || phase !== 'pre-accepted' || before?.value !== undefined || record.initDeps === undefined) return
    this.#votes.proposed(instance, record.initDeps)
    recording.happened({ ...this.#now, kind: 'proposed', instance, name: nameOfValue(value) })
    for (const deed of this.#ownDeeds(value)) {
      this.#waiting.delete(deed)
      recording.proposed(deed, epoch, instance)
    }
  }

  /** @returns why it must not go on */
  heard(replica: Replica, event: CoreEvent): string | undefined {
    const { recording } = this.#scene
    switch (event.kind) {
      case 'committed':
        this.#committed(replica, event)
        return undefined
      case 'recovery':
        recording.happened({ ...this.#now, kind: 'recovery', instance: event.instance, rule: event.rule })
        return undefined
      case 'proposed-again':
        recording.happened({ ...this.#now, kind: 'proposed-again', instance: event.from, as: event.to })
        return undefined
      case 'unproposed':
        for (const deed of event.values.flatMap((value) => this.#ownDeeds(value))) {
          this.#waiting.delete(deed)
          recording.refused(deed, `its epoch ended before it, and R${this.#replica} votes no more`)
        }
        return undefined
      case 'disagreement':
        return `it was told another commit of ${event.instance.slot}.${event.instance.number} than it knows`
    }
  }

  execute({ instance, value }: Executable): void {
    const { recording, jury, timetable } = this.#scene
    const { now } = timetable
    const epoch = this.#epoch
    const position = ++this.#position
    recording.executed(this.#replica, epoch, instance, position, this.executed)
    recording.happened({ ...this.#now, kind: 'executed', instance, position })
    jury.executed(now, this.#replica, epoch, instance, value)
    if (value.kind !== 'commands') return
    for (const command of value.commands) {
      const results = this.#registers.apply(command, nameOfCommand(command))
      const isOwn = command.session === idOf(this.#replica)
      if (isOwn && recording.finished(command.sequence - 1, epoch, instance)) jury.answered(now, command, results)
    }
  }

  /** Looks which no-ops have had their turn. */
  passOver(replica: Replica): void {
    if (this.#noops.size === 0) return
    const executed = replica.executedSet()
    for (const [key, instance] of this.#noops) {
      if (!contains(executed, instance)) continue
      this.#noops.delete(key)
      this.#passedOver(instance)
    }
  }

  /** It has no place in this member's order: it is a no-op, or was executed elsewhere. */
  #passedOver(instance: InstanceId): void {
    this.#scene.recording.executed(this.#replica, this.#epoch, instance, 0, this.executed)
  }

  #committed(replica: Replica, { instance, path, value }: Extract<CoreEvent, { readonly kind: 'committed' }>): void {
    const { recording, jury, timetable } = this.#scene
    const epoch = this.#epoch
    const deps = replica.commitOf(instance)?.deps ?? recording.last(this.#replica, epoch, instance)?.deps
    recording.committed(this.#replica, epoch, instance, path, { value, deps })
    recording.happened({ ...this.#now, kind: 'committed', instance, path })
    if (this.#start.executed !== undefined && contains(this.#start.executed, instance)) this.#passedOver(instance)
    else if (value.kind === 'noop') this.#noops.set(`${instance.slot}.${instance.number}`, instance)
    if (deps !== undefined) jury.committed(timetable.now, this.#replica, epoch, instance, value, deps)
    for (const deed of this.#ownDeeds(value)) recording.decided(deed, epoch, instance, path)
  }

  /** The deeds of this member that a value carries out: a command's sequence is its place among all, from 1. */
  #ownDeeds(value: Value | undefined): readonly number[] {
    const commands = value?.kind === 'commands' ? value.commands : []
    return commands.filter(({ session }) => session === idOf(this.#replica)).map(({ sequence }) => sequence - 1)
  }

  get #now(): { readonly atMs: number; readonly replica: number; readonly epoch: number } {
    return { atMs: this.#scene.timetable.now, replica: this.#replica, epoch: this.#epoch }
  }
}
