import type { CasOutcome, Operation } from 'epaxos/sim'

/** What clients ask replicas over a socket: one line of JSON each way. */

export type Asked =
  | Extract<Operation, { readonly op: 'get' | 'put' | 'cas' }>
  /** Adds one to the counter. */
  | { readonly op: 'add' }
  /** Not an operation: what this replica has executed. */
  | { readonly op: 'state' }

export interface Request {
  readonly id: number
  readonly asked: Asked
}

export type Answer =
  /** It was executed. Of a get the value, of a cas its outcome, of an add the sum. `out` is absent for undefined. */
  | { readonly kind: 'done'; readonly out?: string | number | CasOutcome | State }
  /** Nobody can tell. */
  | { readonly kind: 'unknown'; readonly reason: string }

export interface State {
  /** Of all that is there. */
  readonly digest: string
  readonly pending: number
  readonly counter: number
}

export type Reply = Answer & { readonly id: number }

export const COUNTER = 'counter'

/** What a replica of the storm is told when it is started, as JSON. */
export interface ReplicaOptions {
  readonly relay: string
  readonly group: string
  readonly voters: readonly string[]
  readonly id: string
  /** Where it stores. */
  readonly path: string
}
