import type { Member, MemberStatus, Policy } from '../member/index.js'
import type { Environment } from './environment.js'
import { LastVoter, NotAMember } from './errors.js'
import type { LateExchange } from './late-exchange.js'

/** Closing waits so long for another to take over: who closes a page does not wait for longer. */
const CLOSING_MS = 2000

export interface DepartureOptions {
  readonly member: Member
  readonly policy: Policy | undefined
  /** Whether the own storage outlives the process. */
  readonly durable: boolean
  readonly exchange: LateExchange
  readonly after: Environment['after']
  /** Has the member do something, and carries out what comes of it. */
  readonly tell: (action: () => void) => void
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** How a voter goes: it has another one take its place, and is there until nobody needs it any more. */
export class Departure {
  readonly #options: DepartureOptions
  #waiting: Waiter[] = []
  /** It waits only while there is somebody to wait for. */
  #brief = false

  constructor(options: DepartureOptions) {
    this.#options = options
  }

  /** @throws LastVoter where nobody can take over; NotAMember where this member ends meanwhile */
  async handOver(): Promise<void> {
    const { member } = this.#options
    const status = member.status()
    const obstacle = status.role === 'voter' ? this.#obstacle(status) : undefined
    if (obstacle !== undefined) throw new LastVoter(obstacle)
    // Who was a voter until now may still be the only one that has what those after it begin with.
    member.leave()
    if (!member.status().left) await this.#departed()
  }

  /** For one that means to come back: it hands over only what would stand still without it, and in a short time. */
  async handOverBriefly(): Promise<void> {
    const { member, durable, exchange } = this.#options
    const status = member.status()
    if (status.role === 'voter') {
      if (status.configuration?.voters.length !== 1) return
      // One on a disk comes back with everything; one in memory would take it along when it goes.
      const worthwhile = [...exchange.peers].some(({ greeting }) => greeting?.standing.durable || !durable)
      if (!worthwhile || this.#obstacle(status) !== undefined) return
    }
    member.leave()
    if (member.status().left) return
    this.#brief = true
    const cancel = this.#options.after(CLOSING_MS, () => this.#release(undefined))
    await this.#departed()
    cancel()
  }

  /** To be called now and then. */
  look(status: MemberStatus): void {
    const pointless = this.#brief && status.role === 'voter' && this.#obstacle(status) !== undefined
    if (status.left || pointless) this.#release(undefined)
  }

  /** This member has ended: nothing is handed over any more. */
  ended(reason: string): void {
    this.#release(new NotAMember(reason))
  }

  /** Why nobody can take this voter's place; undefined: somebody may. */
  #obstacle({ configuration, quorum }: MemberStatus): string | undefined {
    const { policy, exchange } = this.#options
    if (policy === undefined || policy.fixed) return 'the voters of this room stay as they are'
    if (quorum === 'none') return 'too few voters are here to agree on it'
    if ((configuration?.voters.length ?? 0) > 1) return undefined
    const others = [...exchange.peers].some(({ greeting }) => greeting !== undefined)
    return others ? undefined : 'no other member is here'
  }

  /** Resolves when this voter is none any more, and nobody needs it. */
  #departed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#options.tell(() => this.#options.member.leave())
    })
  }

  #release(failure: Error | undefined): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (failure === undefined) resolve()
      else reject(failure)
    }
  }
}
