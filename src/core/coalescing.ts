import type { Batch, Command, Proposed, Seal, Sweep } from './command.js'
import { commandBytes, MAX_COMMANDS_PER_BATCH } from './limits.js'
import { SpanSet } from './spanset.js'

/** What shares an instance with nothing. */
export type Lone = Sweep | Seal

/** A larger batch would hold up what travels with it. */
const MAX_BATCH_BYTES = 256 << 10

/**
 * Holds back proposals that interfere with an own one not yet executed (protocol §7): a component then has
 * at most one instance per voter, so that a hot key can't grow an endless one [H16], and what piles up
 * meanwhile goes as one batch. First in, first out among those that interfere. A sweep, or a seal, interferes with
 * everything: it travels alone, nothing overtakes it, and it overtakes nothing. What need not wait may share an instance
 * with what else is proposed in the same turn: it waits for nothing, and interferes with none of them.
 */
export class Coalescing {
  /** Commands on their way, until executed. */
  readonly #inFlight = new SpanSet()
  /** Share the next instance: the end of this turn, and no other command, is what they wait for. */
  #boarding: Command[] = []
  #waiting: (Command | Lone)[] = []
  readonly #waitingSpans = new SpanSet()
  #loneWaits = false
  #inFlightCount = 0
  #instances = 0
  /** Something has ended since `release` looked last. */
  #stirred = false
  #loneInFlight = 0

  /** All that is on its way or waiting, and what was inherited. */
  get pending(): number {
    return this.#inFlightCount + this.#waiting.length
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Own instances on their way. */
  get instances(): number {
    return this.#instances
  }

  /**
   * What to propose now; undefined when the command has to wait, or leaves with the others of this turn.
   * @param shares whether it may share an instance
   */
  take(command: Command, shares: boolean): Batch | undefined {
    const alone = this.#loneInFlight > 0 || this.#loneWaits
    if (alone || this.#inFlight.interferes(command) || this.#waitingSpans.interferes(command)) {
      this.#waiting.push(command)
      this.#waitingSpans.add(command)
      return undefined
    }
    this.#inFlight.add(command)
    this.#inFlightCount++
    if (shares) {
      this.#boarding.push(command)
      return undefined
    }
    this.#instances++
    return { kind: 'commands', commands: [command] }
  }

  /** The turn is over: what shares an instance leaves, in as many as it needs. */
  leave(): readonly Batch[] {
    if (this.#boarding.length === 0) return []
    const batches: { kind: 'commands'; commands: Command[] }[] = []
    let bytes = 0
    for (const command of this.#boarding) {
      const size = commandBytes(command)
      let last = batches.at(-1)
      bytes += size
      if (last === undefined || last.commands.length === MAX_COMMANDS_PER_BATCH || bytes > MAX_BATCH_BYTES) {
        last = { kind: 'commands', commands: [] }
        batches.push(last)
        bytes = size
      }
      last.commands.push(command)
    }
    this.#boarding = []
    this.#instances += batches.length
    return batches
  }

  /** The same of what travels alone. */
  takeLone(lone: Lone): Proposed | undefined {
    if (this.pending === 0) return this.#depart(lone)
    this.#waiting.push(lone)
    this.#loneWaits = true
    return undefined
  }

  /** An own proposal of an earlier life is on its way still: what interferes with it waits, too. */
  inherit(value: Proposed): void {
    this.#depart(value)
  }

  /** What was on its way has been executed; or, inherited, has ended as a no-op. */
  executed(value: Proposed): void {
    this.#stirred = true
    this.#instances--
    this.#inFlightCount -= sizeOf(value)
    if (value.kind !== 'commands') this.#loneInFlight--
    else for (const command of value.commands) this.#inFlight.delete(command)
  }

  /** What has no instance yet: each after what it interferes with. */
  get queue(): readonly (Command | Lone)[] {
    return [...this.#boarding, ...this.#waiting]
  }

  /** What may go by now: commands connected by interference as one batch, others apart; what travels alone, alone. */
  release(): Proposed[] {
    if (!this.#stirred) return []
    this.#stirred = false
    if (this.#waiting.length === 0 || this.#loneInFlight > 0) return []
    const [first] = this.#waiting
    if (first !== undefined && isLone(first)) {
      if (this.#inFlightCount > 0) return []
      this.#waiting.shift()
      this.#loneWaits = this.#waiting.some(isLone)
      return [this.#depart(first)]
    }
    // What comes after the first of them waits for that.
    const loneAt = this.#waiting.findIndex(isLone)
    const kept: (Command | Lone)[] = loneAt < 0 ? [] : this.#waiting.splice(loneAt)
    const { batches, held } = this.#group(this.#waiting as Command[])
    this.#waiting = [...held, ...kept]
    return batches
  }

  /** Takes out of the waiting commands those that may go. */
  #group(waiting: readonly Command[]): { readonly batches: Proposed[]; readonly held: Command[] } {
    const held: Command[] = []
    const heldSpans = new SpanSet()
    const leaving = new SpanSet()
    let groups: Group[] = []
    for (const command of waiting) {
      const connected = leaving.interferes(command) ? groups.filter(({ spans }) => spans.interferes(command)) : []
      const blocked = this.#inFlight.interferes(command) || heldSpans.interferes(command)
      if (blocked || tooLarge(connected, command)) {
        held.push(command)
        heldSpans.add(command)
        continue
      }
      this.#waitingSpans.delete(command)
      leaving.add(command)
      const [first = newGroup(), ...others] = connected
      if (connected.length === 0) groups.push(first)
      if (others.length > 0) groups = groups.filter((group) => !others.includes(group))
      for (const other of others) for (const moved of other.commands) enter(first, moved)
      enter(first, command)
    }
    return { batches: groups.map(({ commands }) => this.#depart({ kind: 'commands', commands })), held }
  }

  #depart(value: Proposed): Proposed {
    this.#instances++
    this.#inFlightCount += sizeOf(value)
    if (value.kind !== 'commands') this.#loneInFlight++
    else for (const command of value.commands) this.#inFlight.add(command)
    return value
  }
}

const isLone = (it: Command | Lone): it is Lone => 'kind' in it

const sizeOf = (value: Proposed): number => (value.kind !== 'commands' ? 1 : value.commands.length)

/** Commands that will share an instance, in the order in which they came. */
interface Group {
  readonly commands: Command[]
  readonly spans: SpanSet
  bytes: number
}

const newGroup = (): Group => ({ commands: [], spans: new SpanSet(), bytes: 0 })

const enter = (group: Group, command: Command): void => {
  group.commands.push(command)
  group.spans.add(command)
  group.bytes += commandBytes(command)
}

/** Whether these groups and the command are too much for one batch. A command alone never is. */
const tooLarge = (groups: readonly Group[], command: Command): boolean => {
  let count = 1
  let bytes = commandBytes(command)
  for (const group of groups) {
    count += group.commands.length
    bytes += group.bytes
  }
  return groups.length > 0 && (count > MAX_COMMANDS_PER_BATCH || bytes > MAX_BATCH_BYTES)
}
