import { InvalidCommand, MAX_SPANS_PER_COMMAND, type Span } from '../core/index.js'
import { decodeCall, encodeCall } from './call.js'
import { checkedArguments, givenArguments } from './checked-arguments.js'
import { definitionOf, type Given, type Migration } from './definition.js'
import { isJson, type Plain } from './json.js'
import type { Caller, Mutation, StateDefinition } from './machine.js'
import type { AnyMutator, Mutator, Mutators, Part, View } from './mutator.js'
import { MutatorMachine, runningMutator } from './mutator-machine.js'
import type { StandardSchema } from './standard-schema.js'

/** A call of a mutator: without arguments where it takes none. */
export type CallOf<Args, R> = 0 extends 1 & Args
  ? // Of `any` nothing is known, be it that there is none.
    (args?: Args) => Mutation<R>
  : unknown extends Args
    ? () => Mutation<R>
    : undefined extends Args
      ? (args?: Args) => Mutation<R>
      : (args: Args) => Mutation<R>

/** The calls of a part's mutators. */
export type PartCalls<M extends Mutators> = {
  readonly [K in keyof M]: M[K] extends {
    readonly args?: StandardSchema<infer Input, unknown>
    readonly touches: (args: infer Args) => unknown
    readonly run: (tx: never, args: infer Args) => infer R
  }
    ? CallOf<unknown extends Input ? Args : Input, R>
    : never
}

/** What an application calls of a state: its mutators, and those of its parts by the part's name. */
export type StateCalls<Args, R, Input, P extends Parts> = {
  readonly [K in keyof Args & keyof R & keyof Input]: CallOf<unknown extends Input[K] ? Args[K] : Input[K], R[K]>
} & { readonly [K in keyof P]: PartCalls<P[K]['mutators']> }

export type Parts = { readonly [name: string]: Part }

/** What a state is made of. `Args`, `R` and `Input` are what each mutator runs with, comes to, and is called with. */
export interface StateParts<Args, R, Input, P extends Parts> {
  /** 1 to begin with. Raised whenever what executing a command does is another thing: by a migration each time. */
  readonly version: number
  readonly mutators?: {
    readonly [K in keyof Args & keyof R & keyof Input]: Mutator<Args[K], R[K], Input[K]> &
      Callable<NoInfer<Args[K]>, NoInfer<Input[K]>>
  }
  readonly parts?: P
  /** By the version that each leads to, up to this one; what came before the first can't be executed any more. */
  readonly migrations?: { readonly [version: number]: Migration }
}

/** Asks nothing more of a mutator that can be called with JSON, and what can't be met of another one. */
type Callable<Args, Input> = unknown extends Input
  ? unknown extends Args
    ? unknown
    : Args extends Plain<Args> | undefined
      ? unknown
      : { readonly touches: "JSON can't hold these arguments" }
  : Input extends Plain<Input> | undefined
    ? unknown
    : { readonly args: "JSON can't hold what this schema takes" }

/** What mutators may come to: see `Result`. */
type PlainResults<R> = {
  // biome-ignore lint/suspicious/noConfusingVoidType: what a `run` without a return returns
  readonly [K in keyof R]: Plain<R[K]> | undefined | void
}

/**
 * A kind of replicated state: an ordered map of JSON values, and the mutators that change it.
 *
 *     const seats = defineState({
 *       version: 1,
 *       mutators: {
 *         claimSeat: {
 *           touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
 *           run(tx, { seat }) {
 *             const by = tx.get<string>(`seat/${seat}`)
 *             if (by !== undefined) return refuse('taken', { by })
 *             tx.set(`seat/${seat}`, tx.author)
 *             return { ok: true }
 *           },
 *         },
 *       },
 *     })
 *
 * @throws TypeError where names, versions or mutators are not what they should be
 */
export const defineState = <
  // biome-ignore lint/suspicious/noExplicitAny: whatever each mutator runs with
  Args extends Record<string, any>,
  const R extends Record<keyof Args, unknown> & PlainResults<R>,
  // biome-ignore lint/suspicious/noExplicitAny: whatever each mutator is called with
  Input extends Record<keyof Args, any>,
  P extends Parts = Record<never, never>,
>(
  parts: StateParts<Args, R, Input, P>,
): StateDefinition<StateCalls<Args, R, Input, P>, View> => {
  // Of the same shape: only what is known of each mutator is lost.
  const given = parts as Given
  const definition = definitionOf(given)
  return {
    versions: definition.versions,
    create: () => new MutatorMachine(definition),
    calls: (caller) => callsOf(given, caller) as StateCalls<Args, R, Input, P>,
    describe(payload) {
      const { name, args } = decodeCall(payload) ?? { name: '', args: undefined }
      return { name, args }
    },
  }
}

type AnyCall = (args?: unknown) => Mutation<unknown>
type Calls = { readonly [name: string]: AnyCall | Calls }

const callsOf = ({ mutators = {}, parts = {} }: Given, caller: Caller): Calls =>
  Object.freeze({
    ...mutatorCalls(mutators, '', caller),
    ...Object.fromEntries(
      Object.entries(parts).map(([part, { mutators }]) => [part, mutatorCalls(mutators, `${part}.`, caller)]),
    ),
  })

const mutatorCalls = (mutators: Mutators, prefix: string, caller: Caller): Calls => {
  const calls = Object.entries(mutators).map(
    ([name, mutator]) => [name, callOf(prefix + name, mutator, caller)] as const,
  )
  return Object.freeze(Object.fromEntries(calls))
}

const callOf =
  (name: string, mutator: AnyMutator, caller: Caller): AnyCall =>
  (argument) => {
    const given = isListenersEvent(mutator, argument) ? undefined : argument
    return caller.propose(name, given, (circumstances) => {
      const within = runningMutator()
      if (within !== undefined)
        throw new TypeError(
          `"${name}" was called within the mutator "${within}", which every replica runs, more than once: give that one what both do`,
        )
      const args = givenArguments(name, given)
      const spans = declared(name, mutator.touches(checkedArguments(name, mutator, args)))
      return { spans, payload: encodeCall({ name, args, circumstances }) }
    })
  }

/**
 * Whether it is what JSON can't hold, for a mutator that takes nothing: an event, where the call is the listener. Of JSON it
 * can't be told, since arguments that have a default don't count.
 */
const isListenersEvent = ({ args, touches, run }: AnyMutator, given: unknown): boolean =>
  given !== undefined && args === undefined && touches.length === 0 && run.length < 2 && !isJson(given)

const declared = (name: string, spans: readonly Span[]): readonly Span[] => {
  if (!Array.isArray(spans)) {
    const returned = spans === undefined ? 'nothing' : 'no list'
    throw new TypeError(`the touches of the mutator "${name}" return ${returned}: return a list, as in [write('key')]`)
  }
  if (spans.length <= MAX_SPANS_PER_COMMAND) return spans
  throw new InvalidCommand(
    `the mutator "${name}" touches ${spans.length} keys and ranges, and ${MAX_SPANS_PER_COMMAND} are allowed: use a range`,
  )
}
