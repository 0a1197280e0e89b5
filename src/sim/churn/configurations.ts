import { type Configuration, type ReplicaId, sameConfiguration } from '../../core/index.js'
import { Violation } from '../checkers/violation.js'
import { slowQuorum } from '../quorum-sizes.js'

/** What epochs there are, and may come to be; and who durably has the state at the start of each. */
export class Configurations {
  readonly #known = new Map<number, Configuration>()
  /** That somebody has decided on: a seal may wait for long before it is proposed, and then be executed nevertheless. */
  readonly #possible: Configuration[] = []
  readonly #started = new Map<number, Set<ReplicaId>>()

  constructor(first: Configuration) {
    this.#known.set(0, first)
  }

  /** Somebody says that this is an epoch of the group. */
  learned(configuration: Configuration): void {
    const { number } = configuration
    const known = this.#known.get(number)
    if (known === undefined) this.#known.set(number, configuration)
    else if (!sameConfiguration(known, configuration)) {
      throw new Violation('epochs', `epoch ${number} is ${shown(known)} and ${shown(configuration)}`)
    }
  }

  decided(next: Configuration): void {
    if (!this.#possible.some((one) => sameConfiguration(one, next))) this.#possible.push(next)
  }

  started(id: ReplicaId, number: number): void {
    const started = this.#started.get(number) ?? new Set()
    this.#started.set(number, started.add(id))
  }

  hasStarted(id: ReplicaId, number: number): boolean {
    return this.#started.get(number)?.has(id) ?? false
  }

  /** In the order of their numbers. */
  get known(): readonly Configuration[] {
    return [...this.#known.values()].sort((a, b) => a.number - b.number)
  }

  at(number: number): Configuration | undefined {
    return this.#known.get(number)
  }

  get last(): Configuration {
    return this.known.at(-1) as Configuration
  }

  /** The last epoch that a slow quorum of its voters has begun: those before it are over. */
  get established(): Configuration {
    const begun = this.known.findLast(({ number, voters }) => {
      const started = voters.filter((id) => this.hasStarted(id, number))
      return started.length >= slowQuorum(voters.length)
    })
    return begun ?? (this.#known.get(0) as Configuration)
  }

  /** Whether the group lives without these: every epoch that is not over, or may come to be, has a slow quorum of others. */
  livesWithout(gone: (id: ReplicaId) => boolean): boolean {
    const { number } = this.established
    return [...this.#known.values(), ...this.#possible].every(
      (one) =>
        one.number < number ||
        (one.number === number && !this.#isKnown(one)) ||
        one.voters.filter((id) => !gone(id)).length >= slowQuorum(one.voters.length),
    )
  }

  #isKnown(one: Configuration): boolean {
    const known = this.#known.get(one.number)
    return known !== undefined && sameConfiguration(known, one)
  }
}

const shown = ({ voters, stateVersion }: Configuration): string => `[${voters}] of version ${stateVersion}`
