import { ballotOf, type Deps, type InstanceRecord, type Message, type Value } from 'epaxos/core'
import { commandOf, keyOf } from './traffic.js'

/** Of each kind that goes with a command, and of the commonest others, one for each of so many instances in a row. */
export const KINDS = [
  'pre-accept',
  'pre-accept-ok',
  'commit',
  'commit, with its command',
  'accept',
  'accept-ok',
  'nack',
  'recover-ok',
  'validate',
  'fetch',
  'frontier',
] as const
export type Kind = (typeof KINDS)[number]

const EPOCH = 2
const SLOT = 1
/** Commands of one client that are on their way at a time. */
const IN_FLIGHT = 100
const BALLOT = ballotOf(1, 2)

const depsOf = (number: number): Deps => [number - 7, number - 1, number - 12]

export const batchOf = (number: number, commands: number = 1): Value => ({
  kind: 'commands',
  commands: Array.from({ length: commands }, (_, i) => commandOf(number + i, keyOf(number + i), IN_FLIGHT)),
})

/** @param number of its instance */
export const messageOf = (kind: Kind, number: number): Message => {
  const about = { epoch: EPOCH, instance: { slot: SLOT, number } }
  const deps = depsOf(number)
  const proposed = batchOf(number) as Exclude<Value, { kind: 'noop' }>
  switch (kind) {
    case 'pre-accept':
      return { kind, ...about, value: proposed, deps }
    case 'pre-accept-ok':
      return { kind, ...about, deps }
    case 'commit':
      return { kind, ...about, value: undefined, deps }
    case 'commit, with its command':
      return { kind: 'commit', ...about, value: proposed, deps }
    case 'accept':
      return { kind, ...about, ballot: 0, value: proposed, deps }
    case 'accept-ok':
      return { kind, ...about, ballot: 0 }
    case 'nack':
      return { kind, ...about, ballot: BALLOT }
    case 'recover-ok':
      return {
        ...{ kind, ...about, ballot: BALLOT, votedBallot: 0, phase: 'pre-accepted' },
        ...{ value: proposed, deps, initDeps: deps },
      }
    case 'validate':
      return { kind, ...about, ballot: BALLOT, value: proposed, deps }
    case 'fetch':
      return { kind, epoch: EPOCH, slot: SLOT, from: number, to: number + 99 }
    case 'frontier':
      return { kind, epoch: EPOCH, last: number, committed: deps, executed: deps, mark: { floor: deps, last: number } }
  }
}

/** What a voter writes of an instance: as it votes for it, and again when it is committed. */
export const recordOf = (number: number, phase: 'pre-accepted' | 'committed'): InstanceRecord => {
  const value = batchOf(number)
  const deps = depsOf(number)
  return {
    ...{ epoch: EPOCH, instance: { slot: SLOT, number }, phase, value, deps },
    ...{ initValue: value, initDeps: deps, ballot: 0, votedBallot: 0 },
  }
}
