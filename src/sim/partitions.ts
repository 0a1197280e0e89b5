import { type Json, sameJson } from '../state/index.js'
import { type Call, InvalidHistory, keysOf, keysTouched, type Operation, type Outcome } from './history.js'

/** The value of a key that is not there. */
export const ABSENT = 0
/** A value that is there, and that no answer and no expectation of the history names: nobody can tell two of them apart. */
const UNNAMED = 1

/** A key must hold the value, or must not. */
export interface Need {
  readonly key: number
  readonly value: number
  readonly equal: boolean
}

export interface Write {
  readonly key: number
  readonly value: number
}

/** One way in which a command can execute: where all its needs hold, it writes these constants. At most one write per key. */
export interface Step {
  readonly needs: readonly Need[]
  readonly writes: readonly Write[]
}

/** A call as the search sees it. */
export interface Action {
  readonly call: Call
  /** Its place in its partition's list, which is in the order of `called`. */
  readonly id: number
  /** The client was answered: it has taken effect before it returned. */
  readonly known: boolean
  /** Infinity for unknown calls: nothing waits for them. */
  readonly returned: number
  /** The one way that gives a known call its answer, none if none can; every way in which an unknown one has an effect. */
  readonly steps: readonly Step[]
  /** Equal for calls that differ in nothing but their times. */
  readonly kind: number
}

/** Calls that share keys with no call of another partition, so that they can be judged by themselves. */
export interface Partition {
  readonly keys: readonly string[]
  readonly actions: readonly Action[]
  /** How many values each key can hold: they are 0 … count − 1. */
  readonly counts: readonly number[]
}

export const accepts = (need: Need, value: number): boolean => (value === need.value) === need.equal

/** Whether any value can be as both say. */
export const agree = (a: Need, b: Need): boolean => {
  if (a.key !== b.key) return true
  return a.equal ? accepts(b, a.value) : !b.equal || accepts(a, b.value)
}

/** Splits a history. Calls without outcomes that can have no effect are left out. Throws `InvalidHistory`. */
export const partitionsOf = (calls: readonly Call[]): Partition[] => {
  const universe = keysOf(calls)
  for (const call of calls) check(call)
  const touched = calls.map((call) => [...new Set(call.operations.flatMap((each) => keysTouched(each, universe)))])
  return groups(touched).map((group) => {
    const members = group.map((at) => calls[at] as Call)
    return partition(members, [...new Set(group.flatMap((at) => touched[at] as string[]))].sort())
  })
}

const check = ({ client, operations, outcomes, called, returned }: Call): void => {
  if (outcomes === undefined) return
  const call = `a call of client ${client} at ${called} ns`
  if (outcomes.length !== operations.length) {
    throw new InvalidHistory(`${call} has ${outcomes.length} outcomes for ${operations.length} operations`)
  }
  if (!(returned >= called)) throw new InvalidHistory(`${call} returned before it, at ${returned} ns`)
}

/** Union-find over the calls: lists of those that are connected by the keys they touch. */
const groups = (touched: readonly (readonly string[])[]): number[][] => {
  const parents = touched.map((_, at) => at)
  const root = (at: number): number => {
    let node = at
    while (parents[node] !== node) {
      parents[node] = parents[parents[node] as number] as number
      node = parents[node] as number
    }
    return node
  }
  const firstOf = new Map<string, number>()
  touched.forEach((keys, at) => {
    for (const key of keys) {
      const first = firstOf.get(key)
      if (first === undefined) firstOf.set(key, at)
      else parents[root(at)] = root(first)
    }
  })
  const members = new Map<number, number[]>()
  touched.forEach((_, at) => {
    const group = members.get(root(at))
    if (group === undefined) members.set(root(at), [at])
    else group.push(at)
  })
  return [...members.values()]
}

const partition = (calls: readonly Call[], keys: readonly string[]): Partition => {
  const compiler = new Compiler(keys)
  for (const call of calls) compiler.name(call)
  const actions: Action[] = []
  const kinds = new Map<string, number>()
  for (const call of calls.toSorted((a, b) => a.called - b.called)) {
    const known = call.outcomes !== undefined
    const steps = compiler.steps(call)
    if (!known && steps.length === 0) continue
    const text = JSON.stringify(steps)
    const kind = kinds.get(text) ?? kinds.size
    kinds.set(text, kind)
    const returned = known ? call.returned : Number.POSITIVE_INFINITY
    actions.push({ call, id: actions.length, known, returned, steps, kind })
  }
  return { keys, actions, counts: keys.map((_, key) => compiler.count(key)) }
}

/** The values of one key that the history names, as small integers. */
class Values {
  readonly #plain = new Map<Json | undefined, number>([[undefined, ABSENT]])
  readonly #structured: { readonly value: Json; readonly number: number }[] = []
  count: number = UNNAMED + 1

  name(value: Json | undefined): void {
    if (this.find(value) !== UNNAMED) return
    if (typeof value === 'object' && value !== null) this.#structured.push({ value, number: this.count++ })
    else this.#plain.set(value, this.count++)
  }

  find(value: Json | undefined): number {
    const plain = this.#plain.get(value)
    if (plain !== undefined || typeof value !== 'object') return plain ?? UNNAMED
    return this.#structured.find((each) => sameJson(each.value, value))?.number ?? UNNAMED
  }
}

/** A step while its command's operations are gone through. */
interface Draft {
  readonly needs: readonly Need[]
  readonly writes: ReadonlyMap<number, number>
}

/** Turns the operations of one partition into steps. */
class Compiler {
  readonly #keys: readonly string[]
  readonly #numbers: ReadonlyMap<string, number>
  readonly #values: readonly Values[]

  constructor(keys: readonly string[]) {
    this.#keys = keys
    this.#numbers = new Map(keys.map((key, number) => [key, number]))
    this.#values = keys.map(() => new Values())
  }

  count(key: number): number {
    return (this.#values[key] as Values).count
  }

  /** Takes note of the values that the call's answers and expectations tell from others. */
  name({ operations, outcomes }: Call): void {
    operations.forEach((operation, at) => {
      const outcome = outcomes?.[at]
      if (operation.op === 'get') this.#valuesOf(operation.key).name(outcome as Json | undefined)
      if (operation.op === 'cas') {
        this.#valuesOf(operation.key).name(operation.expected)
        this.#valuesOf(operation.key).name(actualOf(outcome))
      }
      if (operation.op === 'scan') {
        for (const [key, value] of listOf(outcome) as [string, Json][]) {
          if (this.#numbers.has(key)) this.#valuesOf(key).name(value)
        }
      }
    })
  }

  /** A call without outcomes and with c compare-and-sets has up to 2^c of them. */
  steps({ operations, outcomes }: Call): Step[] {
    let drafts: Draft[] = [{ needs: [], writes: new Map() }]
    operations.forEach((operation, at) => {
      drafts = drafts.flatMap((draft) =>
        outcomes === undefined ? this.#unanswered(draft, operation) : this.#answered(draft, operation, outcomes[at]),
      )
    })
    const steps = drafts.map(finished)
    return outcomes === undefined ? steps.filter(({ writes }) => writes.length > 0) : steps
  }

  /** All that one operation can have done: with an answer that is one thing, or none. */
  #answered(draft: Draft, operation: Operation, outcome: Outcome): Draft[] {
    switch (operation.op) {
      case 'get':
        return needing(draft, this.#is(operation.key, outcome as Json | undefined))
      case 'put':
        return outcome === undefined ? this.#writing(draft, operation.key, operation.value) : []
      case 'cas': {
        const { key, expected, value } = operation
        const result = outcome as { readonly ok?: unknown } | null | undefined
        if (result?.ok === true) {
          return needing(draft, this.#is(key, expected)).flatMap((met) => this.#writing(met, key, value))
        }
        const actual = actualOf(outcome)
        return result?.ok === false && !sameJson(actual, expected) ? needing(draft, this.#is(key, actual)) : []
      }
      case 'del':
        return typeof outcome === 'boolean' ? this.#deleting(draft, operation.key, outcome) : []
      case 'scan': {
        // In key order, once each, and none but the range's: whatever is left over is wrong.
        const pairs = [...listOf(outcome)] as [string, Json][]
        const scanned = this.#touched(operation).reduce<Draft[]>(
          (drafts, key) => {
            const value = pairs[0]?.[0] === key ? pairs.shift()?.[1] : undefined
            return drafts.flatMap((each) => needing(each, this.#is(key, value)))
          },
          [draft],
        )
        return pairs.length === 0 && Array.isArray(outcome) ? scanned : []
      }
      case 'clear': {
        const deleted = [...listOf(outcome)]
        const cleared = this.#touched(operation).reduce<Draft[]>(
          (drafts, key) => {
            const found = deleted[0] === key && deleted.shift() === key
            return drafts.flatMap((each) => this.#deleting(each, key, found))
          },
          [draft],
        )
        return deleted.length === 0 && Array.isArray(outcome) ? cleared : []
      }
    }
  }

  #unanswered(draft: Draft, operation: Operation): Draft[] {
    switch (operation.op) {
      case 'get':
      case 'scan':
        return [draft]
      case 'put':
        return this.#writing(draft, operation.key, operation.value)
      case 'cas': {
        const expected = this.#is(operation.key, operation.expected)
        const swapped = needing(draft, expected).flatMap((met) => this.#writing(met, operation.key, operation.value))
        return [...swapped, ...needing(draft, { ...expected, equal: false })]
      }
      case 'del':
      case 'clear':
        return this.#touched(operation).reduce<Draft[]>(
          (drafts, key) => drafts.flatMap((each) => this.#writing(each, key, undefined)),
          [draft],
        )
    }
  }

  #deleting(draft: Draft, key: string, found: boolean): Draft[] {
    const need = { ...this.#is(key, undefined), equal: !found }
    return needing(draft, need).flatMap((met) => this.#writing(met, key, undefined))
  }

  #writing(draft: Draft, key: string, value: Json | undefined): Draft[] {
    const writes = new Map(draft.writes).set(this.#number(key), this.#valuesOf(key).find(value))
    return [{ needs: draft.needs, writes }]
  }

  #is(key: string, value: Json | undefined): Need {
    return { key: this.#number(key), value: this.#valuesOf(key).find(value), equal: true }
  }

  #touched(operation: Operation): readonly string[] {
    return keysTouched(operation, this.#keys)
  }

  #number(key: string): number {
    return this.#numbers.get(key) as number
  }

  #valuesOf(key: string): Values {
    return this.#values[this.#number(key)] as Values
  }
}

/** What a draft needs in addition: it is checked against what the command has written itself, and needed before. */
const needing = (draft: Draft, need: Need): Draft[] => {
  const written = draft.writes.get(need.key)
  if (written !== undefined) return accepts(need, written) ? [draft] : []
  if (!draft.needs.every((other) => agree(other, need))) return []
  return [{ needs: [...draft.needs, need], writes: draft.writes }]
}

/** Without the writes that leave things as they are needed to be: what changes nothing is a read. */
const finished = ({ needs, writes }: Draft): Step => {
  const changes = [...writes].map(([key, value]) => ({ key, value }))
  const found = (write: Write) =>
    needs.some(({ key, value, equal }) => equal && key === write.key && value === write.value)
  return { needs, writes: changes.filter((write) => !found(write)) }
}

const actualOf = (outcome: Outcome): Json | undefined =>
  (outcome as { readonly actual?: Json } | null | undefined)?.actual
const listOf = (outcome: Outcome): readonly unknown[] => (Array.isArray(outcome) ? outcome : [])
