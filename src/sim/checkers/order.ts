import type { Executable, ExecutedSet, InstanceId, Proposed, Span } from '../../core/index.js'
import { show, Violation } from './violation.js'

/** What was executed in one epoch, by whoever did it first. */
interface Course {
  /** Per key: how often it was written before the epoch. */
  readonly writes: readonly number[]
  readonly values: Map<string, { readonly instance: InstanceId; readonly value: Proposed }>
  /** Per key: the place at which each instance was first seen to touch it. */
  readonly places: readonly Map<string, number>[]
  /** Once a seal was executed: all that was executed by then, the seal included. */
  ended: ReadonlySet<string> | undefined
}

/**
 * Interfering commands are executed in one order, by every life of every replica. Seen key by key: the k-th write of
 * a key is the same instance everywhere, and whoever reads it does so after the same number of writes.
 *
 * It knows the order of single keys. Ranges must begin and end at them, so that two that overlap share one.
 */
export class Order {
  readonly #epochs = new Map<number, Course>()

  constructor(readonly keys: readonly string[]) {
    this.begin(
      0,
      keys.map(() => 0),
    )
  }

  /** What one life begins with: a state that holds these instances of an epoch, and all that was executed before it. */
  journal(owner: string, epoch: number, executed?: ExecutedSet): Journal {
    const journal = new Journal(owner, this, epoch, this.course(epoch).writes)
    for (const { instance, value } of this.course(epoch).values.values()) {
      if (executed !== undefined && holds(executed, instance)) journal.holds(instance, value)
    }
    return journal
  }

  /** @throws Violation where the epoch before it has not ended anywhere */
  course(epoch: number): Course {
    const course = this.#epochs.get(epoch)
    if (course === undefined) throw new Violation('epochs', `epoch ${epoch} begins before the one before it has ended`)
    return course
  }

  /** The epochs that somebody has ended. */
  *ended(): Iterable<readonly [epoch: number, executed: ReadonlySet<string>]> {
    for (const [epoch, { ended }] of this.#epochs) if (ended !== undefined) yield [epoch, ended]
  }

  /** @param executed all of that epoch, the seal included */
  end(owner: string, epoch: number, executed: ReadonlySet<string>): void {
    const course = this.course(epoch)
    course.ended ??= new Set(executed)
    const { ended } = course
    const same = ended.size === executed.size && [...executed].every((name) => ended.has(name))
    if (!same) throw new Violation('void', `${owner} ends epoch ${epoch} with other instances executed than another`)
  }

  /** @param writes per key, before the epoch */
  begin(epoch: number, writes: readonly number[]): void {
    const known = this.#epochs.get(epoch)
    if (known === undefined) {
      this.#epochs.set(epoch, {
        writes: [...writes],
        values: new Map(),
        places: this.keys.map(() => new Map()),
        ended: undefined,
      })
    } else if (`${known.writes}` !== `${writes}`) {
      throw new Violation(
        'equal order',
        `epoch ${epoch} begins after ${writes} and after ${known.writes} writes per key`,
      )
    }
  }
}

/** How far one life of one replica has come with each key. */
export class Journal {
  readonly #order: Order
  #epoch: number
  readonly #writes: number[]
  /** Of the present epoch, by name. */
  readonly #executed = new Set<string>()

  constructor(
    readonly owner: string,
    order: Order,
    epoch: number,
    writes: readonly number[],
  ) {
    this.#order = order
    this.#epoch = epoch
    this.#writes = [...writes]
  }

  get epoch(): number {
    return this.#epoch
  }

  /** The state that it begins with has this instance already. */
  holds(instance: InstanceId, value: Proposed): void {
    this.#executed.add(show(instance))
    for (const { at, write } of touchedBy(value, this.#order.keys))
      if (write) this.#writes[at] = (this.#writes[at] as number) + 1
  }

  execute({ instance, value }: Executable): void {
    const name = show(instance)
    const { values, places } = this.#order.course(this.#epoch)
    if (this.#executed.has(name)) throw new Violation('exactly once', `${this.owner} executed ${name} again`)
    this.#executed.add(name)
    if (!values.has(name)) values.set(name, { instance, value })
    for (const { at, write } of touchedBy(value, this.#order.keys)) {
      const before = this.#writes[at] as number
      const known = places[at]?.get(name)
      if (known === undefined) places[at]?.set(name, before)
      else if (known !== before) {
        const key = this.#order.keys[at]
        throw new Violation(
          'equal order',
          `${this.owner} executed ${name} after ${before} writes of ${key}, another after ${known}`,
        )
      }
      if (write) this.#writes[at] = before + 1
    }
    if (value.kind !== 'seal') return
    this.#order.end(this.owner, this.#epoch, this.#executed)
    this.#epoch = value.next.number
    this.#executed.clear()
    this.#order.begin(this.#epoch, this.#writes)
  }
}

interface Touch {
  readonly at: number
  readonly write: boolean
}

/** A sweep, and a seal, touch all keys. */
const touchedBy = (value: Proposed, keys: readonly string[]): readonly Touch[] => {
  if (value.kind !== 'commands') return keys.map((_, at) => ({ at, write: true }))
  const spans = value.commands.flatMap((command) => command.spans)
  return keys.flatMap((key, at) => {
    const touching = spans.filter((span) => touches(span, key))
    return touching.length === 0 ? [] : [{ at, write: touching.some(({ write }) => write) }]
  })
}

const touches = (span: Span, key: string): boolean =>
  span.kind === 'key' ? span.key === key : span.from <= key && (span.to === undefined || key < span.to)

const holds = ({ frontier, beyond }: ExecutedSet, { slot, number }: InstanceId): boolean =>
  number <= (frontier[slot] ?? 0) || (beyond[slot]?.includes(number) ?? false)
