import type { Batch, Command } from './command.js'
import { commandBytes, MAX_COMMANDS_PER_BATCH } from './limits.js'
import { SpanSet } from './spanset.js'

/** A larger batch would hold up what travels with it. */
const MAX_BATCH_BYTES = 256 << 10

/**
 * Holds back proposals that interfere with an own one not yet executed (protocol §7): a component then has
 * at most one instance per voter, so that a hot key can't grow an endless one [H16], and what piles up
 * meanwhile goes as one batch. First in, first out among those that interfere. It knows of this life only: what an
 * earlier one has left open can add an instance to a component, once per restart.
 */
export class Coalescing {
  /** Commands on their way, until executed. */
  readonly #inFlight = new SpanSet()
  #waiting: Command[] = []
  readonly #waitingSpans = new SpanSet()
  #inFlightCount = 0

  /** Commands taken and not executed yet. */
  get pending(): number {
    return this.#inFlightCount + this.#waiting.length
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The batch to propose now; undefined when the command has to wait. */
  take(command: Command): Batch | undefined {
    if (this.#inFlight.interferes(command) || this.#waitingSpans.interferes(command)) {
      this.#waiting.push(command)
      this.#waitingSpans.add(command)
      return undefined
    }
    return this.#depart([command])
  }

  /** A batch has been executed. */
  executed(batch: Batch): void {
    for (const command of batch.commands) this.#inFlight.delete(command)
    this.#inFlightCount -= batch.commands.length
  }

  /** The batches that may go by now: commands connected by interference together, others apart. */
  release(): Batch[] {
    if (this.#waiting.length === 0) return []
    const kept: Command[] = []
    const keptSpans = new SpanSet()
    const leaving = new SpanSet()
    let groups: Group[] = []
    for (const command of this.#waiting) {
      const connected = leaving.interferes(command) ? groups.filter(({ spans }) => spans.interferes(command)) : []
      const blocked = this.#inFlight.interferes(command) || keptSpans.interferes(command)
      if (blocked || tooLarge(connected, command)) {
        kept.push(command)
        keptSpans.add(command)
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
    this.#waiting = kept
    return groups.map(({ commands }) => this.#depart(commands))
  }

  #depart(commands: Command[]): Batch {
    for (const command of commands) this.#inFlight.add(command)
    this.#inFlightCount += commands.length
    return { kind: 'commands', commands }
  }
}

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
