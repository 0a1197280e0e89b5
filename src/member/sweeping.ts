import { type Executable, Overloaded, type Replica } from '../core/index.js'
import type { ExactlyOnce } from '../state/index.js'

/** Proposes to sweep the session table when it has grown (protocol §10): one sweep at a time. */
export class Sweeping {
  /** A sweep that is due, until one was executed. */
  #due: Uint8Array | undefined
  /** An own one is under way. */
  #underWay = false

  /** To be called after executions at a voter. @param slot its own */
  look(replica: Replica, machine: ExactlyOnce, slot: number): void {
    if (this.#underWay) return
    this.#due ??= machine.sweepDue(slot)
    if (this.#due === undefined) return
    try {
      replica.sweep(this.#due)
      this.#underWay = true
    } catch (error) {
      // It stays due: tried again once some of the proposals in its way were executed.
      if (!(error instanceof Overloaded)) throw error
    }
  }

  executed({ instance, value }: Executable, slot: number | undefined): void {
    if (value.kind !== 'sweep') return
    this.#due = undefined
    if (instance.slot === slot) this.#underWay = false
  }

  /** Another epoch, with other slots: an own sweep that is proposed again there may be one too many, which does no harm. */
  begin(): void {
    this.#due = undefined
    this.#underWay = false
  }
}
