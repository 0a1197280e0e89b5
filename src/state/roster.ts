import { type Command, type ReplicaId, type Span, write } from '../core/index.js'
import { decodeRow, encodeRow, isCount, type Json } from './json.js'
import { InvalidSnapshot } from './snapshot.js'

/** What the commands of the roster touch, and no mutator may: so all of them have one order. */
const KEY = '\u0000epaxos/roster'

/** Members whose keys are kept: voters, and those who come back. What a removal carries grows with them. */
export const MAX_REGISTERED = 256

/** Members that were removed and are remembered: whoever was removed before has no key to speak with anyway. */
const MAX_REMOVED = 256

const ID = /^[0-9a-f]{32}$/
/** P-256, uncompressed. */
const PUBLIC_KEY = /^[0-9a-f]{130}$/
const SALT = /^[0-9a-f]{32}$/
/** 16 bytes, and what authenticates them. */
const WRAPPED = /^[0-9a-f]{64}$/

/** The next secret of a group, for each of its members under a key that only the two of them have. All bytes in hex. */
export interface SecretChange {
  /** Of the secret: 1, 2, 3 …; 0 is that of the founding. */
  readonly number: number
  /** The public key of the member that has made it. */
  readonly by: string
  /** Random: part of every key that a secret is wrapped with. */
  readonly salt: string
  /** Sorted by member. */
  readonly wrapped: readonly (readonly [member: ReplicaId, secret: string])[]
}

/** What may be proposed of a roster. */
export type RosterProposal =
  /** This member can be told secrets by this public key, 65 bytes in hex. */
  | { readonly kind: 'register'; readonly member: ReplicaId; readonly publicKey: string }
  /** It is to go: it should vote no more, and is to be given no secret from now on. Nothing, where who asks is to go. */
  | { readonly kind: 'expel'; readonly member: ReplicaId; readonly by: ReplicaId }
  /** A new secret, unless another one of that number was first. */
  | { readonly kind: 'change'; readonly change: SecretChange }

/** What a command of the roster looks like to consensus. */
export const rosterCommand = (proposal: RosterProposal): Pick<Command, 'spans' | 'payload'> => ({
  spans: [write(KEY)],
  payload: encodeRow(rowOf(proposal)),
})

/** Whether a command is the roster's own business: the state machine never sees it. */
export const isRosterCommand = ({ spans }: { readonly spans: readonly Span[] }): boolean => {
  const [span] = spans
  return spans.length === 1 && span?.kind === 'key' && span.write && span.key === KEY
}

/**
 * Who has a key to be told the group's next secret by, who was removed, and the last change of the secret. Replicated, next
 * to the session table: every replica that has executed the same has the same.
 */
export class Roster {
  /** Public keys, the one first registered first. */
  readonly #registered = new Map<ReplicaId, string>()
  readonly #expelled = new Set<ReplicaId>()
  readonly #knowing = new Set<ReplicaId>()
  #change: SecretChange | undefined

  /** By member: public keys in hex. */
  get registered(): ReadonlyMap<ReplicaId, string> {
    return this.#registered
  }

  /** Those who are to go, or are gone. */
  get expelled(): ReadonlySet<ReplicaId> {
    return this.#expelled
  }

  /** Those of them that know the current secret: there has to be another one yet, whoever makes it. */
  get knowing(): ReadonlySet<ReplicaId> {
    return this.#knowing
  }

  /** The last one; undefined: the secret is that of the founding. */
  get change(): SecretChange | undefined {
    return this.#change
  }

  /** Does what a command of the roster asks for. @throws what every replica throws alike, for one that can't be read */
  execute(payload: Uint8Array): Json {
    const proposal = proposalIn(decodeRow(payload))
    if (proposal === undefined) throw new TypeError('this is nothing that a roster can do')
    switch (proposal.kind) {
      case 'register':
        return this.#register(proposal.member, proposal.publicKey)
      case 'expel':
        return this.#expel(proposal.member, proposal.by)
      case 'change':
        return this.#changeTo(proposal.change)
    }
  }

  /** What a snapshot holds of it, in rows of some size. */
  *rows(): Generator<Json> {
    for (const [member, publicKey] of this.#registered) yield rowOf({ kind: 'register', member, publicKey })
    for (const member of this.#expelled) yield [EXPELLED, member, this.#knowing.has(member)]
    if (this.#change !== undefined) yield rowOf({ kind: 'change', change: this.#change })
  }

  /** @throws InvalidSnapshot */
  static restored(rows: readonly (Json | undefined)[]): Roster {
    const roster = new Roster()
    for (const row of rows) {
      if (roster.#addExpelled(row)) continue
      const proposal = proposalIn(row)
      if (proposal?.kind === 'register') roster.#registered.set(proposal.member, proposal.publicKey)
      else if (proposal?.kind === 'change') roster.#change = proposal.change
      else throw new InvalidSnapshot('malformed', 'its roster is none')
    }
    if (roster.#registered.size > MAX_REGISTERED || roster.#expelled.size > MAX_REMOVED) {
      throw new InvalidSnapshot('malformed', 'its roster is too long')
    }
    return roster
  }

  #register(member: ReplicaId, publicKey: string): boolean {
    if (this.#expelled.has(member)) return false
    // Who was removed comes by the secret that it still knows: newcomers need the one after that.
    if (this.#knowing.size > 0 && !this.#registered.has(member)) return false
    this.#registered.set(member, publicKey)
    dropOldest(this.#registered, MAX_REGISTERED)
    return true
  }

  #expel(member: ReplicaId, by: ReplicaId): boolean {
    // Of two who remove each other one stays.
    if (this.#expelled.has(by)) return false
    if (this.#expelled.has(member)) return true
    this.#registered.delete(member)
    this.#expelled.add(member)
    this.#knowing.add(member)
    dropOldest(this.#expelled, MAX_REMOVED)
    // What a snapshot does not hold may count nowhere.
    for (const id of this.#knowing) if (!this.#expelled.has(id)) this.#knowing.delete(id)
    return true
  }

  #changeTo(change: SecretChange): boolean {
    if (change.number !== (this.#change?.number ?? 0) + 1) return false
    this.#change = change
    const told = new Set(change.wrapped.map(([member]) => member))
    // Whoever has made it had not heard yet that they are to go, where it is for them as well.
    for (const member of this.#knowing) if (!told.has(member)) this.#knowing.delete(member)
    return true
  }

  /** False: the row is another one. */
  #addExpelled(row: Json | undefined): boolean {
    if (!Array.isArray(row)) return false
    const [kind, member, knowing, ...more]: readonly (Json | undefined)[] = row
    if (kind !== EXPELLED || more.length > 0 || !matches(ID, member) || typeof knowing !== 'boolean') return false
    this.#expelled.add(member)
    if (knowing) this.#knowing.add(member)
    return true
  }
}

const dropOldest = (from: Map<ReplicaId, string> | Set<ReplicaId>, max: number): void => {
  for (const oldest of from.keys()) {
    if (from.size <= max) return
    from.delete(oldest)
  }
}

/** Of a row that nobody proposes. */
const EXPELLED = 'expelled'

const rowOf = (proposal: RosterProposal): Json => {
  switch (proposal.kind) {
    case 'register':
      return ['register', proposal.member, proposal.publicKey]
    case 'expel':
      return ['expel', proposal.member, proposal.by]
    case 'change': {
      const { number, by, salt, wrapped } = proposal.change
      return ['change', number, by, salt, wrapped]
    }
  }
}

/** Undefined for what `rowOf` can't have made. */
const proposalIn = (row: Json | undefined): RosterProposal | undefined => {
  if (!Array.isArray(row)) return undefined
  const [kind, ...fields]: readonly (Json | undefined)[] = row
  if (kind === 'register' || kind === 'expel') {
    const [member, second] = fields
    if (!matches(ID, member) || fields.length !== 2) return undefined
    if (kind === 'expel') return matches(ID, second) ? { kind, member, by: second } : undefined
    return matches(PUBLIC_KEY, second) ? { kind, member, publicKey: second } : undefined
  }
  const [number, by, salt, wrapped] = fields
  if (kind !== 'change' || fields.length !== 4 || !isCount(number) || number < 1) return undefined
  if (!matches(PUBLIC_KEY, by) || !matches(SALT, salt) || !isWrapped(wrapped)) return undefined
  return { kind, change: { number, by, salt, wrapped } }
}

const isWrapped = (wrapped: Json | undefined): wrapped is SecretChange['wrapped'] =>
  Array.isArray(wrapped) &&
  wrapped.length <= MAX_REGISTERED &&
  wrapped.every((pair: Json, i) => {
    if (!Array.isArray(pair) || pair.length !== 2) return false
    const [member, secret]: readonly (Json | undefined)[] = pair
    const before: Json | undefined = wrapped[i - 1]
    const follows = !Array.isArray(before) || (matches(ID, member) && (before[0] as string) < member)
    return follows && matches(ID, member) && matches(WRAPPED, secret)
  })

const matches = (pattern: RegExp, value: Json | undefined): value is string =>
  typeof value === 'string' && pattern.test(value)
