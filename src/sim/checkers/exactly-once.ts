import type { Command } from '../../core/index.js'
import { nameOf, Violation } from './violation.js'

/** Whether executing it changes anything: only then does it matter how often that is done. */
export const writes = ({ spans }: Command): boolean => spans.some(({ write }) => write)

/** The commands that have changed one state machine, over all the lives and replicas that its snapshots connect. */
export class Applied {
  readonly #names: Set<string>

  /** @param names of those that are in the state that it begins with */
  constructor(
    readonly owner: string,
    names: Iterable<string> = [],
  ) {
    this.#names = new Set(names)
  }

  /** Equal sets give equal lists. */
  get names(): readonly string[] {
    return [...this.#names].sort()
  }

  applied(command: Command): void {
    if (!writes(command)) return
    const name = nameOf(command)
    if (this.#names.has(name)) throw new Violation('exactly once', `${this.owner} has applied ${name} twice`)
    this.#names.add(name)
  }

  /** What a client was answered has changed this machine too. */
  checkHolds(answered: Iterable<Command>): void {
    for (const command of answered) {
      if (writes(command) && !this.#names.has(nameOf(command))) {
        throw new Violation('answered', `${nameOf(command)} was answered, and is lost at ${this.owner}`)
      }
    }
  }

  /** What a client was refused at its only attempt has not. */
  checkLacks(refused: Iterable<Command>): void {
    for (const command of refused) {
      if (this.#names.has(nameOf(command))) {
        throw new Violation('exactly once', `${nameOf(command)} was refused as expired, and applied at ${this.owner}`)
      }
    }
  }
}
