import {
  type Ballot,
  type CoreEvent,
  type Fetch,
  type InstanceId,
  type Message,
  type Recover,
  type RecoverOk,
  roundOf,
  slotOf,
} from './index.js'
import type { Mail, Stage } from './stage.js'
import { nameOf, nameOfInstance, show } from './stage-words.js'

/** Test equipment: how a script tells what came of a command. */

/** What is said of a replica, or sent to it. */
interface Said {
  readonly slot: number
  readonly what: string
}

/** One line for all that say the same, `R0 R2 executed a`; in the order in which it was said first. */
export const together = (lines: readonly Said[]): string[] =>
  [...gathered(lines)].map(([what, slots]) => `${slots.sort().map(replica).join(' ')} ${what}`)

/** One line for what is sent to several, `R0>R1,R2 accept 0.1 …`. */
export const underWay = (mail: readonly Mail[]): string[] => {
  const lines = mail.map(({ from, to, message }) => ({
    slot: to,
    what: `R${from}> ${message.kind} ${describe(message)}`,
  }))
  return [...gathered(lines)].map(([what, slots]) => what.replace('>', `>${slots.map(replica)}`))
}

const gathered = (lines: readonly Said[]): Map<string, number[]> => {
  const slots = new Map<string, number[]>()
  for (const { slot, what } of lines) slots.set(what, [...(slots.get(what) ?? []), slot])
  return slots
}

const replica = (slot: number): string => `R${slot}`

/** `b2.1`: round 2 of R1; `b0` is the initial coordinator's. */
const shownBallot = (ballot: Ballot): string => (ballot === 0 ? 'b0' : `b${roundOf(ballot)}.${slotOf(ballot)}`)

/** What each replica holds of an instance, and the ballot it has promised for it. */
export const held = (stage: Stage, of: string): string[] =>
  together(stage.slots.map((slot) => ({ slot, what: heldAt(stage, slot, of) })))

const heldAt = (stage: Stage, slot: number, of: string): string => {
  const cell = stage.cell(slot, of)
  if (cell === undefined) return '-'
  const { phase, value, deps, ballot } = cell
  const promised = ballot > 0 ? ` ${shownBallot(ballot)}` : ''
  if (phase === 'none') return `${value === undefined ? '-' : `validated ${nameOf(value)}`}${promised}`
  return `${phase} ${show(value, deps)}${promised}`
}

/** What replicas have come to know, decided and executed, by what they have handed out. */
export const happened = (stage: Stage, journal: Stage['journal']): string[] => {
  const events = journal.flatMap(({ slot, ready }) =>
    ready.events.map((event) => ({ slot, what: told(stage, slot, event) })),
  )
  const executed = stage.slots.map((slot) => {
    const here = journal.filter((each) => each.slot === slot).flatMap(({ ready }) => ready.executable)
    return { slot, what: here.map(({ value }) => ` ${nameOf(value)}`).join('') }
  })
  const executions = executed
    .filter(({ what }) => what !== '')
    .map(({ slot, what }) => ({ slot, what: `executed${what}` }))
  return [...together(events), ...together(executions)]
}

const told = (stage: Stage, slot: number, event: CoreEvent): string => {
  switch (event.kind) {
    case 'committed': {
      const of = nameOfInstance(event.instance)
      return `committed ${of} ${stage.committed(slot, of)} ${event.path}`
    }
    case 'proposed-again':
      return `proposed ${nameOfInstance(event.from)} again as ${nameOfInstance(event.to)}`
    case 'disagreement':
      return `was told of another commit of ${nameOfInstance(event.instance)}`
    case 'recovery':
      return `recovers ${nameOfInstance(event.instance)}: ${event.rule}`
    case 'unproposed':
      return `proposes no more: ${event.values.map(nameOf)}`
  }
}

const describe = (message: Message): string => {
  switch (message.kind) {
    case 'frontier':
      return `${message.last} {${message.committed}}`
    case 'follow':
      return `{${message.executed}}`
    case 'gone':
      return `${message.slot}.1…${message.upTo}`
    case 'sealed':
      return `→${message.next.number} {${message.committed ?? '?'}}`
    case 'fetch':
      return stretch(message)
    case 'recover':
      return `${stretch(message)} ${shownBallot(message.ballot)}`
    default:
      return `${nameOfInstance(message.instance)} ${content(message)}`
  }
}

const stretch = ({ slot, from, to }: Fetch | Recover): string => `${slot}.${from}${to > from ? `…${to}` : ''}`

const content = (message: Extract<Message, { readonly instance: InstanceId }>): string => {
  switch (message.kind) {
    case 'pre-accept':
      return show(message.value, message.deps)
    case 'pre-accept-ok':
      return `{${message.deps}}`
    case 'accept':
    case 'validate':
      return `${shownBallot(message.ballot)} ${show(message.value, message.deps)}`
    case 'accept-ok':
    case 'nack':
      return shownBallot(message.ballot)
    case 'commit':
      return message.value === undefined ? `{${message.deps}}` : show(message.value, message.deps)
    case 'recover-ok':
      return `${shownBallot(message.ballot)} ${reported(message)}`
    case 'validate-ok': {
      const conflicts = message.conflicts.map((x) => ` ${nameOfInstance(x)}${x.committed ? ' committed' : ''}`)
      return `${shownBallot(message.ballot)}${conflicts.join(',') || ' nothing'}`
    }
    case 'waiting':
      return `${message.unchanged} unchanged`
  }
}

const reported = ({ phase, votedBallot, value, deps, initDeps }: RecoverOk): string => {
  if (phase === 'none') return 'none'
  const at = phase === 'accepted' ? ` at ${shownBallot(votedBallot)}` : ''
  const from = phase === 'pre-accepted' ? ` of {${initDeps}}` : ''
  return `${phase}${at} ${show(value, deps)}${from}`
}
