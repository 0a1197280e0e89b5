import {
  type AcceptOk,
  type Deps,
  type InstanceId,
  type Message,
  type PreAcceptOk,
  quorumsOf,
  type RecoverOk,
} from '../../core/index.js'
import type { Happening } from './contract.js'

type Vote = Extract<Happening, { readonly kind: 'vote' }>

/** What comes after what at one ballot. To validate asks for conflicts, not for votes. */
const ORDER = ['pre-accept', 'recover', 'validate', 'accept'] as const

type Round = (typeof ORDER)[number]

/** What is led for one instance. */
interface Lead {
  readonly round: Round
  readonly ballot: number
  /** Of a pre-accept: what was proposed. */
  readonly deps: Deps | undefined
  readonly from: Set<number>
}

/** Counts, from outside, the votes for what one replica leads in one epoch: by what leaves it and what comes. */
export class Votes {
  readonly #me: number
  readonly #n: number
  readonly #leads = new Map<string, Lead>()

  /** @param me the own slot @param n voters */
  constructor(me: number, n: number) {
    this.#me = me
    this.#n = n
  }

  /** It has proposed this. */
  proposed(instance: InstanceId, deps: Deps): void {
    this.#lead(instance, 'pre-accept', 0, deps)
  }

  /** It has promised a ballot, or knows the decision: what it led below that is over. */
  knows(instance: InstanceId, ballot: number, decided: boolean): void {
    const lead = this.#leads.get(keyOf(instance))
    if (lead !== undefined && (decided || ballot > lead.ballot)) this.#leads.delete(keyOf(instance))
  }

  /** It says this to others. */
  says(message: Message): void {
    if (message.kind === 'accept') this.#lead(message.instance, 'accept', message.ballot, undefined)
    else if (message.kind === 'validate') this.#lead(message.instance, 'validate', message.ballot, undefined)
    else if (message.kind === 'recover') {
      const { slot, from, to, ballot } = message
      for (let number = from; number <= to; number++) this.#lead({ slot, number }, 'recover', ballot, undefined)
    }
  }

  /** It is told this by the voter in a slot. @returns undefined where that is no vote, or counts for nothing */
  hears(slot: number, message: Message): Pick<Vote, 'instance' | 'round' | 'votes' | 'needed' | 'grown'> | undefined {
    if (message.kind === 'nack') this.knows(message.instance, message.ballot, false)
    if (message.kind !== 'pre-accept-ok' && message.kind !== 'accept-ok' && message.kind !== 'recover-ok')
      return undefined
    const { instance } = message
    const lead = this.#leads.get(keyOf(instance))
    const { round, ballot } = answers(message)
    if (lead?.round !== round || lead.ballot !== ballot || lead.from.has(slot)) return undefined
    lead.from.add(slot)
    const { fast, slow } = quorumsOf(this.#n)
    const grown = message.kind === 'pre-accept-ok' && `${message.deps}` !== `${lead.deps}`
    return { instance, round, votes: lead.from.size, needed: round === 'pre-accept' ? fast : slow, grown }
  }

  #lead(instance: InstanceId, round: Round, ballot: number, deps: Deps | undefined): void {
    const led = this.#leads.get(keyOf(instance))
    // It is said to several, and once more to who does not answer.
    if (led?.ballot === ballot && ORDER.indexOf(led.round) >= ORDER.indexOf(round)) return
    this.#leads.set(keyOf(instance), { round, ballot, deps, from: new Set([this.#me]) })
  }
}

const answers = (
  message: PreAcceptOk | AcceptOk | RecoverOk,
): { readonly round: Vote['round']; readonly ballot: number } => {
  if (message.kind === 'pre-accept-ok') return { round: 'pre-accept', ballot: 0 }
  return { round: message.kind === 'accept-ok' ? 'accept' : 'recover', ballot: message.ballot }
}

const keyOf = ({ slot, number }: InstanceId): string => `${slot}.${number}`
