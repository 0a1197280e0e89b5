import type { Executable, InstanceId, Span } from '../../core/index.js'
import { show, Violation } from './violation.js'

/**
 * Interfering commands are executed in one order, by every life of every replica. Seen key by key: the k-th write of
 * a key is the same instance everywhere, and whoever reads it does so after the same number of writes.
 *
 * It knows the order of single keys. Ranges must begin and end at them, so that two that overlap share one.
 */
export class Order {
  readonly keys: readonly string[]
  /** Per key: the place at which each instance was first seen to touch it. */
  readonly #places: Map<string, number>[]

  constructor(keys: readonly string[]) {
    this.keys = keys
    this.#places = keys.map(() => new Map())
  }

  /** What one life begins with: what an earlier one had executed by the checkpoint it starts from. */
  journal(owner: string, from?: Journal): Journal {
    return new Journal(owner, this, from)
  }

  place(owner: string, key: number, id: InstanceId, place: number): void {
    const places = this.#places[key] as Map<string, number>
    const name = show(id)
    const known = places.get(name)
    if (known === undefined) places.set(name, place)
    else if (known !== place) {
      throw new Violation(
        'equal order',
        `${owner} executed ${name} after ${place} writes of ${this.keys[key]}, another after ${known}`,
      )
    }
  }
}

/** How far one life of one replica has come with each key. */
export class Journal {
  readonly #order: Order
  readonly #writes: number[]
  readonly #executed: Set<string>

  constructor(
    readonly owner: string,
    order: Order,
    from: Journal | undefined,
  ) {
    this.#order = order
    this.#writes = from === undefined ? order.keys.map(() => 0) : [...from.#writes]
    this.#executed = new Set(from === undefined ? [] : from.#executed)
  }

  executed({ instance, value }: Executable): void {
    const name = show(instance)
    if (this.#executed.has(name)) throw new Violation('exactly once', `${this.owner} executed ${name} again`)
    this.#executed.add(name)
    const spans = value.kind === 'sweep' ? undefined : value.commands.flatMap((command) => command.spans)
    this.#order.keys.forEach((key, at) => {
      const touched = spans?.filter((span) => touches(span, key))
      if (touched?.length === 0) return
      const before = this.#writes[at] as number
      this.#order.place(this.owner, at, instance, before)
      if (touched === undefined || touched.some(({ write }) => write)) this.#writes[at] = before + 1
    })
  }
}

const touches = (span: Span, key: string): boolean =>
  span.kind === 'key' ? span.key === key : span.from <= key && (span.to === undefined || key < span.to)
