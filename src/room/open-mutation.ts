import type { Mutation, Stage } from '../state/index.js'
import { Listeners } from '../transport/index.js'

const NEVER_STOPS = (): void => {}

/** A promise that can be looked at, too. */
class Promised {
  readonly promise: Promise<void>
  resolve: () => void = NEVER_STOPS
  reject: (error: unknown) => void = NEVER_STOPS

  constructor() {
    this.promise = new Promise<void>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Who looks at a stage has the mutation itself to learn of its failure by.
    this.promise.catch(() => {})
  }
}

/** A mutation as the room has it: it says how far it has come. */
export class OpenMutation extends Promise<unknown> implements Mutation<unknown> {
  // What `then` makes is an ordinary promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  readonly id: string
  readonly name: string
  readonly args: unknown
  readonly #resolve: (result: unknown) => void
  readonly #reject: (error: unknown) => void
  readonly #listeners = new Listeners<[stage: Stage]>()
  #stage: Stage = 'local'
  #isKept = false
  #isCommitted = false
  #failure: { readonly error: unknown } | undefined
  // Made for those who ask.
  #local: Promised | undefined
  #committed: Promised | undefined

  constructor(id: string, name: string, args: unknown) {
    let resolve: (result: unknown) => void = NEVER_STOPS
    let reject: (error: unknown) => void = NEVER_STOPS
    super((onResult, onError) => {
      resolve = onResult
      reject = onError
    })
    this.id = id
    this.name = name
    this.args = args
    this.#resolve = resolve
    this.#reject = reject
  }

  get stage(): Stage {
    return this.#stage
  }

  get local(): Promise<void> {
    this.#local ??= this.#promised(this.#isKept || this.#isCommitted)
    return this.#local.promise
  }

  get committed(): Promise<void> {
    this.#committed ??= this.#promised(this.#isCommitted)
    return this.#committed.promise
  }

  subscribe(listener: (stage: Stage) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** It is durable here. */
  kept(): void {
    this.#isKept = true
    this.#local?.resolve()
  }

  /** Its place in the order is settled. */
  commit(): void {
    if (this.#stage !== 'local') return
    this.#isCommitted = true
    this.#goOn('committed')
    this.#local?.resolve()
    this.#committed?.resolve()
  }

  /** It has been executed here. */
  execute(result: unknown): void {
    this.#isCommitted = true
    this.#goOn('executed')
    this.#local?.resolve()
    this.#committed?.resolve()
    this.#resolve(result)
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#goOn('failed')
    this.#local?.reject(error)
    this.#committed?.reject(error)
    this.#reject(error)
  }

  #promised(isReached: boolean): Promised {
    const promised = new Promised()
    if (isReached) promised.resolve()
    else if (this.#failure !== undefined) promised.reject(this.#failure.error)
    return promised
  }

  #goOn(stage: Stage): void {
    this.#stage = stage
    // Not at once: what else this turn executes is taken off the optimistic view first, and a listener is no part of the loop.
    queueMicrotask(() => this.#listeners.tell(stage))
  }
}
