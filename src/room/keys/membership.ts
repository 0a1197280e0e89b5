import type { Command, Configuration, ReplicaId } from '../../core/index.js'
import { type Roster, type RosterProposal, rosterCommand, sessionId } from '../../state/index.js'
import { decodeHex, encodeHex } from '../../wire/index.js'
import { LastVoter, NotAMember } from '../errors.js'
import type { RoomKeys } from './room-keys.js'

/** What was proposed is proposed by the member until it is executed: asking again is for what was overtaken. */
const AGAIN_MS = 30_000

/** Whoever has removed a member makes the next secret. Each voter waits so much longer for it, and for those before it. */
const PATIENCE_MS = 5000

const ID = /^[0-9a-f]{32}$/
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
    readonly roster: Pick<Roster, 'registered' | 'expelled' | 'knowing' | 'change'>
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
  readonly failed: (cause: unknown) => void
}

/** There has to be another secret, since somebody who is to go knows this one. */
interface Owed {
  /** Who was here when that began. Whoever comes later may come by what the one who is to go has told it. */
  readonly here: ReadonlyMap<ReplicaId, Uint8Array>
  /** Since when none of those votes. */
  sinceMs: number | undefined
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
  /** Once is enough: where there are more members than places, those who are here need none. */
  #hasRegistered = false
  #owed: Owed | undefined
  /** The number of the secret that this member has proposed last, and until when it waits for it. */
  #proposed = { number: 0, untilMs: 0 }
  #removals = 0
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
    this.#changeWhereOwed(nowMs)
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
    if (!ID.test(member)) throw new TypeError(`${member} is no member's id: 32 lower-case hex digits`)
    if (member === self) throw new TypeError('a member goes by itself: call leave()')
    if (this.#ended !== undefined) throw new NotAMember(this.#ended)
    const configuration = this.#ports.configuration()
    if (configuration?.voters.length === 1 && configuration.voters[0] === member) {
      throw new LastVoter(`${member} is the only voter`)
    }
    this.#propose({ kind: 'expel', member, by: self })
    this.#removals++
    try {
      await this.#until(() => this.#roster.expelled.has(member) && !this.#votes(member))
      if (keys === undefined) return
      // What is read and written of the new one takes a moment: the next invite is to hold it.
      const isKnown = (): boolean => keys.current.number >= (this.#roster.change?.number ?? 0)
      await this.#until(() => !this.#roster.knowing.has(member) && isKnown())
    } finally {
      this.#removals--
    }
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

  get #roster(): Pick<Roster, 'registered' | 'expelled' | 'knowing' | 'change'> {
    return this.#ports.executed().roster
  }

  #register(nowMs: number): void {
    const { self, durable, keys } = this.#options
    if (keys === undefined || !durable || this.#hasRegistered) return
    const { registered, expelled } = this.#roster
    const publicKey = encodeHex(keys.publicKey)
    this.#hasRegistered = registered.get(self) === publicKey
    if (this.#hasRegistered || expelled.has(self) || nowMs < this.#registerAtMs || !this.#ports.online()) return
    this.#registerAtMs = nowMs + AGAIN_MS
    this.#propose({ kind: 'register', member: self, publicKey })
  }

  /**
   * Makes the next secret where one is owed, and this member is the next to do so. Of two who do at once one comes too late;
   * and one that was made by somebody who had not heard yet of a removal is followed by another.
   */
  #changeWhereOwed(nowMs: number): void {
    const { self, keys } = this.#options
    const { knowing, expelled, change } = this.#roster
    if (keys === undefined || knowing.size === 0) {
      this.#owed = undefined
      return
    }
    this.#owed ??= { here: this.#ports.present(), sinceMs: undefined }
    if (this.#ended !== undefined || expelled.has(self) || [...knowing].some((id) => this.#votes(id))) return
    this.#owed.sinceMs ??= nowMs
    if (nowMs < this.#owed.sinceMs + this.#turn() * PATIENCE_MS || !this.#ports.online()) return
    const number = (change?.number ?? 0) + 1
    if (number <= this.#proposed.number && nowMs < this.#proposed.untilMs) return
    this.#proposed = { number, untilMs: nowMs + AGAIN_MS }
    keys.prepare(number, this.#others(this.#owed.here)).then(
      (next) => {
        if (this.#ended === undefined) this.#propose({ kind: 'change', change: next })
      },
      (cause: unknown) => this.#ports.failed(cause),
    )
  }

  /** How many come before this member: whoever has asked for a removal, then the voters, then anybody. */
  #turn(): number {
    if (this.#removals > 0) return 0
    const voters = this.#ports.configuration()?.voters ?? []
    const slot = voters.indexOf(this.#options.self)
    return 1 + (slot < 0 ? voters.length : slot)
  }

  /** Who is to have the next secret: who votes, who has registered, and who is here. */
  #others(here: ReadonlyMap<ReplicaId, Uint8Array>): ReadonlyMap<ReplicaId, Uint8Array> {
    const { registered, expelled } = this.#roster
    const voters = this.#ports.configuration()?.voters ?? []
    const present = this.#ports.present()
    const all = new Map<ReplicaId, Uint8Array>()
    for (const id of [...voters, ...here.keys(), ...registered.keys()]) {
      const known = registered.get(id)
      // What it has registered comes first: of who is here, any member could have said what it has said.
      const publicKey = known === undefined ? (here.get(id) ?? present.get(id)) : decodeHex(known, PUBLIC_KEY_BYTES)
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
