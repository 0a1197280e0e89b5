import {
  type Ballot,
  type Command,
  type Deps,
  type InstanceId,
  type Message,
  type RecoverOk,
  roundOf,
  slotOf,
  type Value,
} from '../../core/index.js'
import type { Flight } from './contract.js'
import type { Saved } from './store.js'

/** What a command is called: its payload, up to seven letters or digits. */
export const nameOfCommand = ({ payload }: Command): string => String.fromCharCode(...payload)

/** `a`, `a+b` for a batch, `→1` for the seal towards epoch 1, `no-op`; `?` for what is not known. */
export const nameOfValue = (value: Value | undefined): string => {
  switch (value?.kind) {
    case undefined:
      return '?'
    case 'commands':
      return value.commands.map(nameOfCommand).join('+')
    case 'seal':
      return `→${value.next.number}`
    case 'sweep':
      return 'sweep'
    case 'noop':
      return 'no-op'
  }
}

/** What a drawing says of something on its way. */
export type Words = Pick<Flight, 'kind' | 'epoch' | 'instance' | 'says' | 'background'>

export const wordsOf = (message: Message): Words => ({
  kind: message.kind,
  epoch: message.epoch,
  instance: subjectOf(message),
  says: saysOf(message),
  background: message.kind === 'frontier' || message.kind === 'follow' || message.kind === 'gone',
})

export const wordsOfSaved = ({ configuration, before, position }: Saved): Words => ({
  kind: 'snapshot',
  epoch: configuration.number,
  instance: undefined,
  says: `the state after ${before + position}`,
  background: false,
})

/** The instance that a message is about, or that its stretch begins with. */
const subjectOf = (message: Message): InstanceId | undefined => {
  if ('instance' in message) return message.instance
  if (message.kind === 'fetch' || message.kind === 'recover') return { slot: message.slot, number: message.from }
  return undefined
}

const saysOf = (message: Message): string => {
  switch (message.kind) {
    case 'pre-accept':
      return shown(message.value, message.deps)
    case 'pre-accept-ok':
      return depsOf(message.deps)
    case 'accept':
    case 'validate':
      return `${ballotInWords(message.ballot)} ${shown(message.value, message.deps)}`
    case 'accept-ok':
    case 'nack':
      return ballotInWords(message.ballot)
    case 'commit':
      return message.value === undefined ? depsOf(message.deps) : shown(message.value, message.deps)
    case 'recover':
      return `${stretch(message.slot, message.from, message.to)} ${ballotInWords(message.ballot)}`
    case 'recover-ok':
      return `${ballotInWords(message.ballot)} ${held(message)}`
    case 'validate-ok':
      return message.conflicts.length === 0
        ? `${ballotInWords(message.ballot)} nothing`
        : `${ballotInWords(message.ballot)} ${message.conflicts.map(conflictInWords).join(', ')}`
    case 'waiting':
      return `${message.unchanged} unchanged`
    case 'fetch':
      return stretch(message.slot, message.from, message.to)
    case 'frontier':
      return depsOf(message.committed)
    case 'follow':
      return depsOf(message.executed)
    case 'gone':
      return stretch(message.slot, 1, message.upTo)
    case 'sealed':
      return `→${message.next.number}`
  }
}

/** `b1.2`: round 1 of slot 2; `b0` is the initial coordinator's. */
const ballotInWords = (ballot: Ballot): string => (ballot === 0 ? 'b0' : `b${roundOf(ballot)}.${slotOf(ballot)}`)

const depsOf = (deps: Deps | undefined): string => `{${deps ?? '?'}}`

const shown = (value: Value | undefined, deps: Deps | undefined): string => `${nameOfValue(value)} ${depsOf(deps)}`

const stretch = (slot: number, from: number, to: number): string => `${slot}.${from}${to > from ? `…${to}` : ''}`

const conflictInWords = ({ slot, number, committed }: InstanceId & { readonly committed: boolean }): string =>
  `${slot}.${number}${committed ? ' committed' : ''}`

const held = ({ phase, value, deps }: RecoverOk): string =>
  phase === 'none' ? 'nothing' : `${phase} ${shown(value, deps)}`
