import type { ExecutedSet, InstanceId, Proposed, Span } from '../../core/index.js'

/** One execution, as any replica does it. */
export interface Step {
  readonly epoch: number
  readonly instance: InstanceId
  readonly value: Proposed
}

/** Two replicas that executed what interferes in different orders, seen at one key. */
export interface Crossing {
  readonly key: string
  readonly replica: number
  readonly step: Step
  /** How many writes of the key were executed there before it. */
  readonly after: number
  readonly other: {
    readonly replica: number
    /** What came at that place there; the same step, where it came at another place. */
    readonly step: Step
    readonly after: number
  }
}

interface Place {
  readonly replica: number
  readonly step: Step
  readonly after: number
}

/** What is known of a key: at which place each instance was first seen to touch it, and who wrote it as the 1st, 2nd, … */
interface Point {
  readonly key: string
  readonly places: Map<string, Place>
  readonly writes: Place[]
}

/** How far one life of one replica has come. */
interface Life {
  readonly replica: number
  readonly executed: Set<string>
  /** Of those that touch more than single keys, in its order. */
  readonly wide: Step[]
  /** Per key. */
  readonly writes: Map<string, number>
}

/**
 * Interfering commands are executed in one order by every life of every replica. Seen key by key: the k-th write of a key
 * is the same instance everywhere, and whoever reads it does so after the same number of writes. Two ranges that overlap
 * share a key at which one of them begins.
 */
export class Course {
  readonly #points = new Map<string, Point>()
  readonly #lives = new Map<number, Life>()
  /** All that was executed, in the order in which it was first. */
  readonly #steps = new Map<string, Step>()

  /** A life of a replica begins: with all that was executed before an epoch, and of it with these. */
  begin(replica: number, epoch: number, executed: ExecutedSet | undefined): void {
    const life = this.#newLife(replica)
    for (const step of this.#steps.values()) {
      if (step.epoch < epoch || isOf(epoch, executed, step)) this.#take(life, step, () => {})
    }
  }

  /** @returns undefined where this life has executed it before */
  execute(replica: number, step: Step): readonly Crossing[] | undefined {
    const life = this.#lives.get(replica) ?? this.#newLife(replica)
    const name = nameOf(step)
    if (life.executed.has(name)) return undefined
    const crossings: Crossing[] = []
    this.#take(life, step, (crossing) => crossings.push(crossing))
    if (!this.#steps.has(name)) this.#steps.set(name, step)
    return crossings
  }

  #newLife(replica: number): Life {
    const life: Life = { replica, executed: new Set(), wide: [], writes: new Map() }
    this.#lives.set(replica, life)
    return life
  }

  #take(life: Life, step: Step, crossed: (crossing: Crossing) => void): void {
    life.executed.add(nameOf(step))
    const spans = spansOf(step.value)
    for (const span of spans) this.#pointAt(span.kind === 'key' ? span.key : span.from)
    if (spans.every(({ kind }) => kind === 'key')) {
      const keys = new Set(spans.map((span) => (span.kind === 'key' ? span.key : span.from)))
      for (const key of keys) this.#visit(life, this.#pointAt(key), step, spans, crossed)
      return
    }
    for (const point of this.#points.values()) this.#visit(life, point, step, spans, crossed)
    life.wide.push(step)
  }

  /** A key that nobody has named was touched by ranges all the same. */
  #pointAt(key: string): Point {
    const known = this.#points.get(key)
    if (known !== undefined) return known
    const point: Point = { key, places: new Map(), writes: [] }
    this.#points.set(key, point)
    for (const life of this.#lives.values()) {
      for (const step of life.wide) this.#visit(life, point, step, spansOf(step.value), () => {})
    }
    return point
  }

  #visit(life: Life, point: Point, step: Step, spans: readonly Span[], crossed: (crossing: Crossing) => void): void {
    const touching = spans.filter((span) => touches(span, point.key))
    if (touching.length === 0) return
    const { key } = point
    const { replica } = life
    const after = life.writes.get(key) ?? 0
    const place: Place = { replica, step, after }
    const name = nameOf(step)
    const known = point.places.get(name)
    const writes = touching.some(({ write }) => write)
    if (writes && point.writes[after] === undefined) point.writes[after] = place
    const rival = (writes ? point.writes[after] : undefined) ?? place
    if (known === undefined) point.places.set(name, place)
    if (nameOf(rival.step) !== name) crossed({ key, replica, step, after, other: rival })
    else if (known !== undefined && known.after !== after) crossed({ key, replica, step, after, other: known })
    if (writes) life.writes.set(key, after + 1)
  }
}

export const nameOf = ({ epoch, instance: { slot, number } }: Omit<Step, 'value'>): string =>
  `${epoch}:${slot}.${number}`

const isOf = (epoch: number, executed: ExecutedSet | undefined, { epoch: of, instance }: Step): boolean =>
  epoch === of &&
  executed !== undefined &&
  (instance.number <= (executed.frontier[instance.slot] ?? 0) ||
    (executed.beyond[instance.slot]?.includes(instance.number) ?? false))

/** A sweep, and a seal, touch all keys. */
const EVERYTHING: readonly Span[] = [{ kind: 'range', write: true, from: '', to: undefined }]

const spansOf = (value: Proposed): readonly Span[] =>
  value.kind === 'commands' ? value.commands.flatMap(({ spans }) => spans) : EVERYTHING

const touches = (span: Span, key: string): boolean =>
  span.kind === 'key' ? span.key === key : span.from <= key && (span.to === undefined || key < span.to)
