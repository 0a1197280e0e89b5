import { type Configuration, type Replica, type Status, UnsafeSeal } from '../core/index.js'
import type { Candidate, Decision, Policy } from './policy.js'

/** Each voter waits for those before it to act, so much longer for each: a seal is one round, and a slow link's timers. */
const PATIENCE_MS = 3000

/** Has the policy's decisions become seals: of the voters that see the same, one acts, and the next one where it does not. */
export class Steering {
  readonly #policy: Policy | undefined
  /** Since when something is to be done. */
  #sinceMs: number | undefined
  #reason: string | undefined

  constructor(policy: Policy | undefined) {
    this.#policy = policy
  }

  /** The last decision's, and what stood against it. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** To be called about once a second while it votes. @param candidates oneself among them */
  look(nowMs: number, replica: Replica, status: Status, candidates: readonly Candidate[], leaving: boolean): void {
    if (this.#policy === undefined) {
      this.#reason = 'the voters of this group stay as they are'
      return
    }
    const { configuration } = status
    const decision = this.#policy({ configuration, candidates })
    this.#reason = decision.reason
    if (decision.voters === undefined && decision.stateVersion === configuration.stateVersion) {
      this.#sinceMs = undefined
      return
    }
    this.#sinceMs ??= nowMs
    const before = configuration.voters.slice(0, status.slot).filter((id) => !status.suspected.includes(id))
    // Who goes does not wait to be sent.
    if (leaving || nowMs - this.#sinceMs >= before.length * PATIENCE_MS) this.#seal(replica, configuration, decision)
  }

  /** Another epoch: what was seen, and said, in the last one counts no more. */
  begin(): void {
    this.#sinceMs = undefined
    this.#reason = undefined
  }

  #seal(replica: Replica, configuration: Configuration, { voters, stateVersion, reason }: Decision): void {
    const { wireVersion } = configuration
    try {
      replica.seal({ voters: voters ?? configuration.voters, wireVersion, stateVersion })
    } catch (error) {
      if (!(error instanceof UnsafeSeal)) throw error
      this.#reason = `${reason}; not yet: ${error.reason}`
    }
  }
}
