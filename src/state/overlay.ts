import type { Proposal, StateMachine } from './machine.js'

/** A proposal that is shown before it is executed. */
export interface Shown extends Proposal {
  readonly id: string
}

/**
 * The optimistic value: the executed state, and on top of it what was proposed here and has not been executed, as if it were
 * next, in the order in which it was proposed. Made when it is asked for: what comes and goes within a turn costs one
 * making of it. What throws or is refused on top of the others shows nothing, and is tried again with every change.
 */
export class Overlay<Value> {
  readonly #machine: () => StateMachine<Value>
  readonly #drafts = new Map<string, Shown>()
  /** The executed machine's fork, to which all drafts were applied but those that are `behind`; undefined: to be made. */
  #made: { readonly fork: StateMachine<Value>; readonly behind: Shown[] } | undefined

  /** @param machine the one that executes, now: it may be another one later */
  constructor(machine: () => StateMachine<Value>) {
    this.#machine = machine
  }

  /** The same object until something has changed. */
  get value(): Value {
    return this.machine.value
  }

  /** The state with all of them; not to be changed. */
  get machine(): StateMachine<Value> {
    if (this.#drafts.size === 0) return this.#machine()
    this.#made ??= { fork: this.#machine().fork(), behind: [...this.#drafts.values()] }
    const { fork, behind } = this.#made
    for (const draft of behind.splice(0)) show(fork, draft)
    return fork
  }

  /** On top of all others. Of one that is there already nothing changes. */
  add(draft: Shown): void {
    if (this.#drafts.has(draft.id)) return
    this.#drafts.set(draft.id, draft)
    this.#made?.behind.push(draft)
  }

  /** It was executed, or withdrawn. */
  remove(id: string): void {
    if (this.#drafts.delete(id)) this.changed()
  }

  /** To be called when the executed machine has changed, or is another one. */
  changed(): void {
    this.#made = undefined
  }
}

const show = (machine: StateMachine, draft: Shown): void => {
  try {
    machine.apply(draft)
  } catch {
    // The mutator throws on what is there now. What counts is what it does when it is executed: that is its answer.
  }
}
