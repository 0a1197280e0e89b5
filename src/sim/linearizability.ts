import { type Call, described } from './history.js'
import {
  ABSENT,
  type Action,
  accepts,
  agree,
  type Need,
  type Partition,
  partitionsOf,
  type Step,
} from './partitions.js'

/**
 * What the search of one partition may explore before it gives up: configurations, and sequences of unknown calls
 * tried. Histories of a few hundred calls mostly need a few per call; this many take about ten
 * seconds and a few hundred megabytes.
 */
export const MAX_CONFIGURATIONS = 500_000

/** How much of that is spent on the explanation, once there is something to explain: a fraction of a second. */
const MAX_EXPLAINING = 20_000

/** What is wrong with a history. */
export interface Unlinearizable {
  readonly verdict: 'unlinearizable'
  /** The keys of the calls that do not fit together. Calls on other keys have no part in it. */
  readonly keys: readonly string[]
  /** The longest order found that agrees with the answers and times. */
  readonly linearized: readonly Call[]
  /** The answered calls of which one had to come next: none of them led to an order of all calls. The first to return is first. */
  readonly stuck: readonly Call[]
  /** The same in a few lines. */
  readonly explanation: string
}

/** The search was given up: the history may be right or wrong. */
export interface Undecided {
  readonly verdict: 'undecided'
  readonly keys: readonly string[]
  readonly explanation: string
}

/**
 * Whether each call can have taken effect at one point within [called, returned], all of its operations together, so
 * that every answer is that of one map, empty at the start: undefined if so. A call that returns at the instant at
 * which another is called is concurrent with it. Calls without outcomes take effect at some point after their call,
 * or never.
 *
 * It is Wing and Gong's search in Lowe's form, over partitions of the keys. Throws `InvalidHistory`.
 *
 * @param maxConfigurations when to give up on a partition; the others are still searched
 */
export const findUnlinearizable = (
  calls: readonly Call[],
  maxConfigurations: number = MAX_CONFIGURATIONS,
): Unlinearizable | Undecided | undefined => {
  let undecided: Undecided | undefined
  for (const partition of partitionsOf(calls)) {
    const verdict = new Search(partition, maxConfigurations, true).run()
    if (verdict === 'unlinearizable') {
      const explaining = new Search(partition, MAX_EXPLAINING, false)
      explaining.run()
      return explaining.explained()
    }
    if (verdict === 'undecided') undecided ??= gaveUpOn(partition)
  }
  return undecided
}

/** The value of each key of the partition. */
type State = readonly number[]

/** One step of the search: the unknown calls that a known one needs before it, then that one; and the state after. */
interface Move {
  readonly actions: readonly Action[]
  readonly state: State
}

/** A sequence of steps that ends in a known call's, grown from its end. */
interface Plan {
  /** What it needs of the state that it starts from. */
  readonly needs: readonly Need[]
  /** The keys that it writes anywhere. */
  readonly written: ReadonlySet<number>
  readonly step: Step
  /** What comes after `step`, which is the unknown `action`'s; undefined where it is the known call's. */
  readonly rest: { readonly action: Action; readonly plan: Plan } | undefined
}

interface Frame {
  readonly state: State
  readonly moves: Iterator<Move>
  applied: Move | undefined
}

class Search {
  readonly #partition: Partition
  #budget: number
  /** The calls not linearized, a doubly linked list in the order of their ids; the last place is its head and tail. */
  readonly #next: Int32Array
  readonly #previous: Int32Array
  /** By key and value, in the order of their ids: the known calls that need it, and the calls that can write it. */
  readonly #demand: readonly Action[][][]
  readonly #supply: readonly Action[][][]
  readonly #linearized: Uint8Array
  /** The keys of unknown calls that touch several. */
  readonly #contested = new Set<number>()
  readonly #foresight: boolean
  readonly #frames: Frame[] = []
  #knownLeft = 0
  #longest: readonly Action[] = []
  #stuck: readonly Action[] = []

  /** @param foresight ends an order as soon as it can't be completed; without, it goes on for as long as it is right */
  constructor(partition: Partition, budget: number, foresight: boolean) {
    this.#foresight = foresight
    this.#partition = partition
    this.#budget = budget
    const { length } = partition.actions
    this.#next = Int32Array.from({ length: length + 1 }, (_, id) => (id === length ? 0 : id + 1))
    this.#previous = Int32Array.from({ length: length + 1 }, (_, id) => (id === 0 ? length : id - 1))
    this.#demand = partition.counts.map((count) => Array.from({ length: count }, () => []))
    this.#supply = partition.counts.map((count) => Array.from({ length: count }, () => []))
    this.#linearized = new Uint8Array(length)
    for (const action of partition.actions) {
      if (action.known) this.#knownLeft++
      for (const { needs, writes } of action.steps) {
        for (const { key, value } of writes) this.#supply[key]?.[value]?.push(action)
        if (!action.known) continue
        for (const { key, value, equal } of needs) if (equal) this.#demand[key]?.[value]?.push(action)
      }
      const touched = new Set(action.steps.flatMap(({ needs, writes }) => [...needs, ...writes].map(({ key }) => key)))
      if (!action.known && touched.size > 1) for (const key of touched) this.#contested.add(key)
    }
  }

  run(): 'linearizable' | 'unlinearizable' | 'undecided' {
    const impossible = this.#partition.actions.filter(({ steps }) => steps.length === 0)
    if (impossible.length > 0) {
      this.#stuck = impossible
      return 'unlinearizable'
    }
    if (this.#knownLeft === 0) return 'linearizable'
    const seen = new Set<string>()
    this.#open(
      this.#partition.keys.map(() => ABSENT),
      this.#candidates(),
    )
    for (;;) {
      const frame = this.#frames.at(-1)
      if (frame === undefined) return 'unlinearizable'
      this.#undo(frame)
      const { value: move } = frame.moves.next() as IteratorResult<Move, undefined>
      const gaveUp = this.#budget <= 0
      if (gaveUp || move === undefined) {
        this.#note()
        if (gaveUp) return 'undecided'
        this.#frames.pop()
        continue
      }
      this.#apply(frame, move)
      if (this.#knownLeft === 0) return 'linearizable'
      const candidates = this.#candidates()
      if (this.#foresight && this.#doomed(frame.state, move, candidates)) continue
      // The candidates tell the set of linearized calls: it is whatever else was called before the first of them returns.
      const configuration = `${candidates.map(({ id }) => id).join()}|${move.state.join()}`
      if (seen.has(configuration)) continue
      seen.add(configuration)
      this.#budget--
      this.#open(move.state, candidates)
    }
  }

  #open(state: State, candidates: readonly Action[]): void {
    this.#frames.push({ state, moves: this.#moves(state, candidates), applied: undefined })
  }

  /** The calls that can be linearized next: those called before any that is not linearized has returned. */
  #candidates(): Action[] {
    const { actions } = this.#partition
    const found: Action[] = []
    let firstReturn = Number.POSITIVE_INFINITY
    for (let id = this.#next[actions.length] as number; id < actions.length; id = this.#next[id] as number) {
      const action = actions[id] as Action
      if (action.call.called > firstReturn) break
      firstReturn = Math.min(firstReturn, action.returned)
      found.push(action)
    }
    return found
  }

  *#moves(state: State, candidates: readonly Action[]): Generator<Move, undefined> {
    const known = knownOf(candidates)
    const unknown = candidates.filter((action) => !action.known)
    // Where a read is right, it can come at once: whatever is right after it is right without it.
    const read = known.find(({ steps: [step] }) => step?.writes.length === 0 && allows(step.needs, state))
    if (read !== undefined) {
      yield { actions: [read], state }
      return
    }
    const urgent = (known[0]?.steps[0]?.needs ?? []).filter((need) => !accepts(need, state[need.key] as number))
    const helps = ({ steps }: Action): boolean =>
      urgent.some((need) => steps[0]?.writes.some(({ key, value }) => key === need.key && accepts(need, value)))
    const kinds = new Set<number>()
    for (const action of [...known.filter(helps), ...known]) {
      // Of calls that differ only in time, the one that returns first can go first.
      if (kinds.has(action.kind)) continue
      kinds.add(action.kind)
      for (const plan of this.#plans(action.steps[0] as Step, state, unknown)) yield carriedOut(plan, action, state)
    }
  }

  /**
   * The sequences of unknown calls after which the step can come, as far as they matter to it. A right order of all
   * calls with as few unknown ones as possible, each as late as possible, has before each known call only such that
   * do not commute with what follows up to it, and whose writes are not lost in that. Looking for them from the
   * end shows what is needed, instead of trying all subsets.
   */
  *#plans(step: Step, state: State, unknown: readonly Action[]): Generator<Plan, undefined> {
    const open: Plan[] = [{ needs: step.needs, written: new Set(keysOf(step.writes)), step, rest: undefined }]
    for (let plan = open.pop(); plan !== undefined; plan = open.pop()) {
      const unmet = plan.needs.filter((need) => !accepts(need, state[need.key] as number))
      if (unmet.length === 0) yield plan
      if (unknown.length === 0) continue
      if (this.#budget-- <= 0) return
      // Only calls on this key alone can help here, and they commute with all others: they can as well come last.
      const focus = unmet.find(({ key }) => !this.#contested.has(key))
      const tried = new Set<number>()
      for (const action of unknown) {
        if (tried.has(action.kind) || includes(plan, action)) continue
        tried.add(action.kind)
        for (const earlier of action.steps) {
          const matters =
            focus === undefined
              ? this.#matters(earlier, action, plan)
              : earlier.writes.some(({ key }) => key === focus.key)
          const grown = matters ? preceded(plan, earlier, action) : undefined
          if (grown !== undefined) open.push(grown)
        }
      }
    }
  }

  #matters(step: Step, action: Action, { needs, written, step: next, rest }: Plan): boolean {
    const isContested = ({ writes: [write] }: Step): boolean => write !== undefined && this.#contested.has(write.key)
    // On a key of its own that already is as needed.
    if (!isContested(step)) return false
    const needed = (key: number): boolean => needs.some((need) => need.key === key)
    const overlaps =
      step.writes.some(({ key }) => written.has(key) || needed(key)) || step.needs.some(({ key }) => written.has(key))
    const lasts = step.writes.some(({ key }) => needed(key) || !written.has(key))
    if (!overlaps || !lasts) return false
    // Of two unknown calls that commute, one order is enough.
    return rest === undefined || action.kind <= rest.action.kind || !isContested(next) || !disjoint(step, next)
  }

  #apply(frame: Frame, move: Move): void {
    frame.applied = move
    for (const action of move.actions) {
      this.#mark(action, 1)
      const previous = this.#previous[action.id] as number
      const next = this.#next[action.id] as number
      this.#next[previous] = next
      this.#previous[next] = previous
    }
  }

  /** In the opposite order: each call still knows its neighbours of then. */
  #undo(frame: Frame): void {
    for (const action of frame.applied?.actions.toReversed() ?? []) {
      this.#mark(action, 0)
      this.#next[this.#previous[action.id] as number] = action.id
      this.#previous[this.#next[action.id] as number] = action.id
    }
    frame.applied = undefined
  }

  #mark({ id, known }: Action, linearized: 0 | 1): void {
    this.#linearized[id] = linearized
    if (known) this.#knownLeft += linearized === 1 ? -1 : 1
  }

  /** Whether what is left can't be right: an answered call will not find a value that it has to see. */
  #doomed(before: State, { actions, state }: Move, candidates: readonly Action[]): boolean {
    const gone = (key: number, value: number): boolean =>
      state[key] !== value && this.#unsupplied(key, value, Number.NEGATIVE_INFINITY)
    const lost = actions.some(({ steps }) =>
      steps.some(({ writes }) => writes.some(({ key, value }) => gone(key, value) || gone(key, before[key] as number))),
    )
    // What is there now is overwritten by a call that returns before the one that has to see it is called.
    const early = ({ known, returned, steps: [step] }: Action): boolean =>
      known &&
      step?.writes.some(({ key, value }) => {
        const held = state[key] as number
        return held !== value && this.#unsupplied(key, held, returned)
      }) === true
    return lost || candidates.some(early)
  }

  /** Whether a known call, called after a time, needs a value that no call writes before it returns. */
  #unsupplied(key: number, value: number, after: number): boolean {
    const pending = ({ id }: Action): boolean => this.#linearized[id] === 0
    const supplied = this.#supply[key]?.[value]?.find(pending)?.call.called ?? Number.POSITIVE_INFINITY
    const needing = (action: Action): boolean => action.call.called > after && action.returned < supplied
    return this.#demand[key]?.[value]?.some((action) => needing(action) && pending(action)) === true
  }

  /** Remembers the longest order that leads nowhere. */
  #note(): void {
    const linearized = this.#frames.flatMap(({ applied }) => applied?.actions ?? [])
    if (linearized.length < this.#longest.length) return
    this.#longest = linearized
    this.#stuck = knownOf(this.#candidates())
  }

  /** What the search has found, where it ran and did not succeed. */
  explained(): Unlinearizable {
    const linearized = this.#longest
    const stuck = this.#stuck
    const { keys, actions } = this.#partition
    const show = (some: readonly Action[]): string => some.map(({ call }) => `\n  ${described(call)}`).join('')
    const explanation =
      `not linearizable at ${named(keys)}: the longest order found has ${linearized.length} of ${actions.length} calls` +
      (linearized.length > 0 ? `, the last of them${show(linearized.slice(-SHOWN))}` : '') +
      `\nno order goes on with any of these${show(stuck.slice(0, SHOWN))}` +
      (stuck.length > SHOWN ? `\n  and ${stuck.length - SHOWN} more` : '')
    const callsOf = (some: readonly Action[]): Call[] => some.map(({ call }) => call)
    return { verdict: 'unlinearizable', keys, linearized: callsOf(linearized), stuck: callsOf(stuck), explanation }
  }
}

const gaveUpOn = ({ keys }: Partition): Undecided => ({
  verdict: 'undecided',
  keys,
  explanation: `undecided: gave up on ${named(keys)}, where too much is concurrent`,
})

const knownOf = (actions: readonly Action[]): Action[] =>
  actions.filter(({ known }) => known).sort((a, b) => a.returned - b.returned)

const keysOf = (parts: readonly { readonly key: number }[]): number[] => parts.map(({ key }) => key)

const allows = (needs: readonly Need[], state: State): boolean =>
  needs.every((need) => accepts(need, state[need.key] as number))

const disjoint = (a: Step, b: Step): boolean => {
  const touched = new Set(keysOf([...a.needs, ...a.writes]))
  return ![...b.needs, ...b.writes].some(({ key }) => touched.has(key))
}

const includes = (plan: Plan, action: Action): boolean => {
  for (let { rest } = plan; rest !== undefined; { rest } = rest.plan) if (rest.action === action) return true
  return false
}

/** The plan with a step before it; undefined where that step makes it impossible. */
const preceded = (plan: Plan, step: Step, action: Action): Plan | undefined => {
  const needs: Need[] = []
  for (const need of plan.needs) {
    const write = step.writes.find(({ key }) => key === need.key)
    if (write === undefined) needs.push(need)
    else if (!accepts(need, write.value)) return undefined
  }
  if (!step.needs.every((need) => needs.every((other) => agree(need, other)))) return undefined
  const written = new Set([...plan.written, ...keysOf(step.writes)])
  return { needs: [...needs, ...step.needs], written, step, rest: { action, plan } }
}

const carriedOut = (first: Plan, last: Action, before: State): Move => {
  const actions: Action[] = []
  const state = [...before]
  for (let plan: Plan | undefined = first; plan !== undefined; plan = plan.rest?.plan) {
    actions.push(plan.rest?.action ?? last)
    for (const { key, value } of plan.step.writes) state[key] = value
  }
  return { actions, state }
}

/** Of each kind of thing in an explanation: more is not read. */
const SHOWN = 4

const named = (keys: readonly string[]): string => {
  const some = keys.slice(0, SHOWN).map((key) => JSON.stringify(key))
  return keys.length > SHOWN ? `${some.join(', ')} and ${keys.length - SHOWN} more keys` : some.join(', ')
}
