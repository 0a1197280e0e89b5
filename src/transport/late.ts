import { EpaxosError } from '../core/index.js'

/** A part of the program that is loaded when it is needed could not be had. */
export class NotLoaded extends EpaxosError {
  override readonly name = 'NotLoaded'
  constructor(
    /** What that part does, in a few words. */
    readonly part: string,
    cause: unknown,
  ) {
    super(
      `the part of this program for ${part} could not be loaded (${cause instanceof Error ? cause.message : String(cause)}): ` +
        'the network is away, or the files have moved since; try again, and if it stays so, load the page again',
      { cause },
    )
  }
}

/** A part of the program that most of it can begin without. */
export class Late<Part> {
  readonly #name: string
  readonly #fetch: () => Promise<Part>
  #part: Part | undefined
  #loading: Promise<Part> | undefined

  /** @param name what it does, for people @param fetch an `import(…)` */
  constructor(name: string, fetch: () => Promise<Part>) {
    this.#name = name
    this.#fetch = fetch
  }

  /** Undefined while it is not here. */
  get now(): Part | undefined {
    return this.#part
  }

  /** Loads it once, however often it is asked for; after a failure the next call tries again. @throws NotLoaded */
  load(): Promise<Part> {
    this.#loading ??= this.#fetch().then(
      (part) => {
        this.#part = part
        return part
      },
      (cause: unknown) => {
        this.#loading = undefined
        throw new NotLoaded(this.#name, cause)
      },
    )
    return this.#loading
  }

  /** For a program that has it anyway: nothing waits for it then. */
  bring(part: Part): void {
    this.#part = part
    this.#loading ??= Promise.resolve(part)
  }
}
