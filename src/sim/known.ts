import { replicatedMap, type StateMachine } from '../state/index.js'
import { Applied } from './checkers/exactly-once.js'
import type { Journal, Order } from './checkers/order.js'

/** What the checkers know of one machine's state. */
export interface Known {
  readonly journal: Journal
  readonly applied: Applied
}

/** As it is for a machine that starts from there, or from nothing. */
export const knownFrom = (owner: string, order: Order, known?: Known): Known => ({
  journal: order.journal(owner, known?.journal),
  applied: new Applied(owner, known?.applied),
})

/** The machine of a map, which says what it applies. */
export const watched = (applied: Applied): StateMachine => {
  // Clients make their commands elsewhere.
  const { machine } = replicatedMap().create(() => Promise.reject(new Error('no client here')))
  return {
    apply(command) {
      applied.applied(command)
      return machine.apply(command)
    },
    snapshot: () => machine.snapshot(),
    restore: (pieces) => machine.restore(pieces),
  }
}
