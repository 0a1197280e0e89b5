import { type Configuration, type Replica, type ReplicaId, type Status, UnsafeSeal } from '../core/index.js'
import type { Candidate, Decision, Policy } from './policy.js'

/** Each voter waits for those before it to act, so much longer for each: a seal is one round, and a slow link's timers. */
const PATIENCE_MS = 3000

/** What the trial of a migration has shown counts for so long: it goes over the whole state, and may take a while. */
const TRIAL_MS = 10_000

/** Of the state, as it is now. */
export interface Trial {
  /** What would stop it on its way to that version. */
  faultOfMigration(version: number): Error | undefined
  readonly roster: {
    /** Those who were removed: they are to vote no more, whatever the policy thinks of them. */
    readonly expelled: ReadonlySet<ReplicaId>
  }
}

/** Has the policy's decisions become seals: of the voters that see the same, one acts, and the next one where it does not. */
export class Steering {
  readonly #policy: Policy | undefined
  /** Since when something is to be done. */
  #sinceMs: number | undefined
  #reason: string | undefined
  readonly #machine: Trial
  #tried: { readonly version: number; readonly fault: string | undefined; readonly untilMs: number } | undefined

  constructor(policy: Policy | undefined, machine: Trial) {
    this.#policy = policy
    this.#machine = machine
  }

  /** The last decision's, and what stood against it. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** To be called about once a second while it votes. @param candidates oneself among them */
  look(nowMs: number, replica: Replica, status: Status, candidates: readonly Candidate[], leaving: boolean): void {
    const { configuration } = status
    const wish = this.#policy?.({ configuration, candidates }) ?? asTheyAre(configuration)
    const decision = this.#withoutExpelled(wish, status)
    this.#reason = decision.reason
    if (decision.voters === undefined && decision.stateVersion === configuration.stateVersion) {
      this.#sinceMs = undefined
      return
    }
    this.#sinceMs ??= nowMs
    const before = configuration.voters.slice(0, status.slot).filter((id) => !status.suspected.includes(id))
    // Who goes does not wait to be sent.
    if (leaving || nowMs - this.#sinceMs >= before.length * PATIENCE_MS) {
      this.#seal(replica, configuration, this.#executable(nowMs, configuration, decision))
    }
  }

  /** A policy replaces who was removed as it replaces who leaves, if it ever replaces anybody. */
  #withoutExpelled(decision: Decision, { configuration, quorum }: Status): Decision {
    const { expelled } = this.#machine.roster
    const voters = decision.voters ?? configuration.voters
    const kept = voters.filter((id) => !expelled.has(id))
    if (kept.length === voters.length || kept.length === 0 || quorum === 'none') return decision
    // Somebody whom the policy still wants, and who is out already.
    if (kept.length === configuration.voters.length && kept.every((id) => configuration.voters.includes(id))) {
      return { ...decision, voters: undefined }
    }
    const gone = voters.filter((id) => expelled.has(id)).map((id) => id.slice(0, 4))
    return { ...decision, voters: kept, reason: `${gone.join(', ')} ${gone.length === 1 ? 'was' : 'were'} removed` }
  }

  /** Another epoch: what was seen, and said, in the last one counts no more. */
  begin(): void {
    this.#sinceMs = undefined
    this.#reason = undefined
    this.#tried = undefined
  }

  /** Without its version where the state can't go on as that: a seal is never taken back, and would stop every member. */
  #executable(nowMs: number, { stateVersion: present }: Configuration, decision: Decision): Decision {
    const fault = decision.stateVersion === present ? undefined : this.#faultOf(nowMs, decision.stateVersion)
    if (fault === undefined) return decision
    const reason = `${decision.reason}; not yet: ${fault}`
    this.#reason = reason
    return { ...decision, stateVersion: present, reason }
  }

  #faultOf(nowMs: number, version: number): string | undefined {
    if (this.#tried?.version !== version || nowMs >= this.#tried.untilMs) {
      const fault = this.#machine.faultOfMigration(version)?.message
      this.#tried = { version, fault, untilMs: nowMs + TRIAL_MS }
    }
    return this.#tried.fault
  }

  #seal(replica: Replica, configuration: Configuration, { voters, stateVersion, reason }: Decision): void {
    const { wireVersion } = configuration
    if (voters === undefined && stateVersion === configuration.stateVersion) return
    try {
      replica.seal({ voters: voters ?? configuration.voters, wireVersion, stateVersion })
    } catch (error) {
      if (!(error instanceof UnsafeSeal)) throw error
      this.#reason = `${reason}; not yet: ${error.reason}`
    }
  }
}

const asTheyAre = ({ stateVersion }: Configuration): Decision => ({
  voters: undefined,
  stateVersion,
  reason: 'the voters of this group stay as they are',
})
