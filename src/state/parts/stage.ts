import type { AnyState, CallsOf, Mutation, Proposal, StateMachine, ValueOf } from '../machine.js'

/** Test equipment: a state whose consensus is one machine, which executes every call at once. */
export interface Stage<S extends AnyState> {
  readonly machine: StateMachine<ValueOf<S>>
  /** What has been executed. */
  readonly value: ValueOf<S>
  /** What was proposed so far. */
  readonly proposed: readonly Proposal[]
  /** What an author calls, at a time that goes on with every call. */
  as(author: string): CallsOf<S>
}

export const stageOf = <S extends AnyState>(state: S): Stage<S> => {
  const machine: StateMachine<ValueOf<S>> = state.create()
  const proposed: Proposal[] = []
  return {
    machine,
    proposed,
    get value() {
      return machine.value
    },
    as: (author) =>
      state.calls({
        propose(name, args, make) {
          const promise = new Promise<unknown>((resolve) => {
            const proposal = make({ now: 1_000_000 + proposed.length, seed: proposed.length, author })
            proposed.push(proposal)
            resolve(machine.apply(proposal))
          })
          return Object.assign(promise, mutationOf(name, args))
        },
      }) as CallsOf<S>,
  }
}

const mutationOf = (name: string, args: unknown): Omit<Mutation<unknown>, keyof Promise<unknown>> => ({
  id: '0'.repeat(32),
  name,
  args,
  stage: 'executed',
  local: Promise.resolve(),
  committed: Promise.resolve(),
  subscribe: () => () => {},
})
