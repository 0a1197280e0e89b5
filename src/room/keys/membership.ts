import type { Command, Configuration, ReplicaId } from '../../core/index.js'
import { type Roster, type RosterProposal, rosterCommand, type SecretChange, sessionId } from '../../state/index.js'
import { decodeHex, encodeHex } from '../../wire/index.js'
import { LastVoter, NotAMember } from '../errors.js'
import type { RoomKeys } from './room-keys.js'

/** What was proposed is proposed by the member until it is executed: asking again is for what was overtaken. */
const AGAIN_MS = 30_000

const PUBLIC_KEY_BYTES = 65

export interface MembershipOptions {
  readonly self: ReplicaId
  /** It comes back under its id, and has to be told then what has changed. */
  readonly durable: boolean
  readonly random: () => number
  /** Undefined where nothing is sealed. */
  readonly keys: RoomKeys | undefined
}

export interface MembershipPorts {
  readonly executed: () => {
    readonly roster: Pick<Roster, 'registered' | 'expelled' | 'change'>
    readonly sweeps: number
  }
  /** Undefined while there is no state. */
  readonly configuration: () => Configuration | undefined
  /** Whether what is proposed now can be committed. */
  readonly online: () => boolean
  /** Takes it until it is executed. */
  readonly propose: (command: Command) => void
  /** The public keys of those who are here, whether they have registered or not. */
  readonly present: () => ReadonlyMap<ReplicaId, Uint8Array>
  /** This member was removed. */
  readonly removed: () => void
}

interface Waiting {
  readonly until: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Who belongs to the group, as far as this member has a say in it: registers its key, and removes others. */
export class Membership {
  readonly #options: MembershipOptions
  readonly #ports: MembershipPorts
  #registerAtMs = 0
  #waiting: readonly Waiting[] = []
  #ended: string | undefined

  constructor(options: MembershipOptions, ports: MembershipPorts) {
    this.#options = options
    this.#ports = ports
  }

  /** To be called often, and when something was executed. */
  look(nowMs: number): void {
    if (this.#ended !== undefined) return
    this.#options.keys?.look()
    // Where the new secret is too fast for it, it may never hear that there is one.
    if (this.#roster.expelled.has(this.#options.self) && !this.#votes(this.#options.self)) this.#ports.removed()
    this.#register(nowMs)
    const over = this.#waiting.filter(({ until }) => until())
    if (over.length === 0) return
    this.#waiting = this.#waiting.filter((one) => !over.includes(one))
    for (const { resolve } of over) resolve()
  }

  /**
   * Has a member vote no more, then gives all others a new secret: what it still hears it can't read, and what it says
   * nobody takes. @throws NotAMember, LastVoter, TypeError
   */
  async remove(member: ReplicaId): Promise<void> {
    const { self, keys } = this.#options
    if (member === self) throw new TypeError('a member goes by itself: call leave()')
    if (this.#ended !== undefined) throw new NotAMember(this.#ended)
    const configuration = this.#ports.configuration()
    if (configuration?.voters.length === 1 && configuration.voters[0] === member) {
      throw new LastVoter(`${member} is the only voter`)
    }
    this.#propose({ kind: 'expel', member })
    await this.#until(() => this.#roster.expelled.has(member))
    await this.#until(() => !this.#votes(member))
    if (keys !== undefined) await this.#changeSecret(keys, member)
  }

  /** Nothing can be proposed any more. */
  ended(reason: string): void {
    this.#ended = reason
    for (const { reject } of this.#waiting) reject(new NotAMember(reason))
    this.#waiting = []
  }

  #votes(member: ReplicaId): boolean {
    return this.#ports.configuration()?.voters.includes(member) ?? false
  }

  get #roster(): Pick<Roster, 'registered' | 'expelled' | 'change'> {
    return this.#ports.executed().roster
  }

  #register(nowMs: number): void {
    const { self, durable, keys } = this.#options
    if (keys === undefined || !durable || nowMs < this.#registerAtMs || this.#ended !== undefined) return
    const { registered, expelled } = this.#roster
    const publicKey = encodeHex(keys.publicKey)
    if (registered.get(self) === publicKey || expelled.has(self) || !this.#ports.online()) return
    this.#registerAtMs = nowMs + AGAIN_MS
    this.#propose({ kind: 'register', member: self, publicKey })
  }

  /** Until there is one that this member was told nothing of: of two who change it at once, one comes too late. */
  async #changeSecret(keys: RoomKeys, member: ReplicaId): Promise<void> {
    let tried: SecretChange | undefined
    for (;;) {
      const number = (this.#roster.change?.number ?? 0) + 1
      tried = await keys.prepare(number, this.#others())
      this.#propose({ kind: 'change', change: tried })
      await this.#until(() => (this.#roster.change?.number ?? 0) >= number)
      const { change } = this.#roster
      // Whoever made it had executed that the member is to go, or it is made again.
      if (change !== undefined && !change.wrapped.some(([to]) => to === member)) return
    }
  }

  /** Who is to have the next secret: who votes, who has registered, and who is here. */
  #others(): ReadonlyMap<ReplicaId, Uint8Array> {
    const { registered, expelled } = this.#roster
    const voters = this.#ports.configuration()?.voters ?? []
    const present = this.#ports.present()
    const all = new Map<ReplicaId, Uint8Array>()
    for (const id of [...voters, ...present.keys(), ...registered.keys()]) {
      const known = registered.get(id)
      // What it has registered comes first: of who is here, any member could have said what it has said.
      const publicKey = known === undefined ? present.get(id) : decodeHex(known, PUBLIC_KEY_BYTES)
      if (publicKey !== undefined && !expelled.has(id)) all.set(id, publicKey)
    }
    return all
  }

  #propose(proposal: RosterProposal): void {
    const session = sessionId(this.#ports.executed().sweeps, this.#options.random)
    this.#ports.propose({ ...rosterCommand(proposal), session, sequence: 1, acknowledged: 0, after: [] })
  }

  #until(until: () => boolean): Promise<void> {
    if (until()) return Promise.resolve()
    if (this.#ended !== undefined) return Promise.reject(new NotAMember(this.#ended))
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { until, resolve, reject }]
    })
  }
}
