import {
  type Ballot,
  type Command,
  type Configuration,
  type Deps,
  type Frontier,
  type InstanceId,
  type Proposed,
  type Recover,
  type ReplicaId,
  type Span,
  type Value,
  write,
} from './index.js'

/** Test equipment: what replicas are told, and have to tell, in the few words that tests need. */

const SESSION = '5'.repeat(32)

/** The id of the voter in this slot: ids sort as slots do. */
export const idOf = (slot: number): ReplicaId => String(slot).repeat(32)

/** A command called `name`; it writes the key `k` unless told otherwise. Equal names, of up to seven letters, are equal commands. */
export const command = (name: string, ...spans: readonly Span[]): Command => ({
  spans: spans.length > 0 ? spans : [write('k')],
  payload: new TextEncoder().encode(name),
  session: SESSION,
  sequence: 1 + [...name].reduce((sum, letter) => sum * 128 + letter.charCodeAt(0), 0),
  acknowledged: 0,
  after: [],
})

export const batch = (...commands: readonly Command[]): Extract<Value, { kind: 'commands' }> => ({
  kind: 'commands',
  commands,
})

/** A Recover of one instance alone. */
export const recoverOne = ({ slot, number }: InstanceId, ballot: Ballot): Recover => ({
  kind: 'recover',
  epoch: 0,
  slot,
  from: number,
  to: number,
  ballot,
})

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The names of what is executed one after the other; a sweep's is its payload, a seal's the epoch it leads to. */
export const namesOf = (value: Proposed): string[] => {
  if (value.kind === 'sweep') return [text(value.payload)]
  return value.kind === 'seal' ? [`→${value.next.number}`] : value.commands.map(({ payload }) => text(payload))
}

/** The epoch of this number, with the voters in these slots. */
export const configurationOf = (number: number, slots: readonly number[]): Configuration => ({
  number,
  voters: slots.map(idOf),
  wireVersion: 1,
  stateVersion: 1,
})

/** Gossip of a voter that has executed nothing durably. */
export const frontierOf = (committed: Deps, last = 0): Frontier => {
  const none = committed.map(() => 0)
  return { kind: 'frontier', epoch: 0, last, committed, executed: none, mark: { floor: none, last: 0 } }
}

/** `a`, `a+b` for a batch, `no-op`, the payload of a sweep; `?` for what is not known. */
export const nameOf = (value: Value | undefined): string => {
  if (value === undefined) return '?'
  return value.kind === 'noop' ? 'no-op' : namesOf(value).join('+')
}

/** `a+b {1,0,0}`, or `no-op {0,0,0}`; `?` for what is not known. */
export const show = (value: Value | undefined, deps: Deps | undefined): string => `${nameOf(value)} {${deps ?? '?'}}`

export const nameOfInstance = ({ slot, number }: { readonly slot: number; readonly number: number }): string =>
  `${slot}.${number}`
