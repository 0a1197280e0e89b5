import type { Command, CoreEvent, Executable, InstanceId, Message } from '../core/index.js'
import type { Outcome } from '../state/index.js'
import { Agreement, checkVisibility } from './checkers/agreement.js'
import { Promises } from './checkers/ballots.js'
import { Durability } from './checkers/durability.js'
import { InFlight } from './checkers/in-flight.js'
import { Order } from './checkers/order.js'
import { type Executed, Outcomes } from './checkers/outcomes.js'
import { Proposals } from './checkers/proposals.js'
import { Quorums } from './checkers/quorum.js'
import { checkEqualStates } from './checkers/state.js'
import { show, Violation } from './checkers/violation.js'
import type { Call } from './history.js'
import type { Host } from './host.js'
import { findUnlinearizable } from './linearizability.js'

/** All checkers, fed by the world with what it sees; they know nothing of what clients or faults intend. */
export class Jury {
  readonly order: Order
  readonly #hosts: readonly Host[]
  readonly #agreement = new Agreement()
  readonly #outcomes = new Outcomes()
  readonly #proposals = new Proposals()
  readonly #quorums: Quorums
  readonly #promises: readonly Promises[]
  readonly #durability: readonly Durability[]
  readonly #inFlight: readonly InFlight[]
  readonly #answered: Command[] = []
  readonly #refused: Command[] = []

  /** @param hosts filled before anything happens */
  constructor(n: number, keys: readonly string[], hosts: readonly Host[]) {
    this.order = new Order(keys)
    this.#hosts = hosts
    const slots = Array.from({ length: n }, (_, slot) => slot)
    const ledgers = slots.map((slot) => ({
      find: (row: number, number: number) => this.#host(slot).disk.find(row, number),
      voted: (row: number, number: number, ballot: number) => this.#host(slot).disk.voted(row, number, ballot),
    }))
    this.#quorums = new Quorums(ledgers, n)
    this.#promises = slots.map(() => new Promises())
    this.#inFlight = slots.map((slot) => new InFlight(slot))
    this.#durability = slots.map(
      (slot) => new Durability(slot, (row, number) => this.#host(slot).disk.find(row, number)),
    )
  }

  sent(host: Host, message: Message): void {
    this.#inFlight[host.slot]?.sent(host.life, message)
    this.#durability[host.slot]?.sent(message)
    this.#promises[host.slot]?.sent(message)
    this.#proposals.sent(host.life, message)
    this.#quorums.sent(host.slot, message)
  }

  event(host: Host, event: CoreEvent): void {
    if (event.kind === 'disagreement') {
      throw new Violation('agreement', `${host.name} was told another commit of ${JSON.stringify(event.instance)}`)
    }
    if (event.kind === 'proposed-again') {
      this.#inFlight[host.slot]?.ended(event.from)
      if (host.replica?.commitOf(event.from)?.value.kind === 'noop') return
      throw new Violation('proposed again', `${host.name} proposes ${show(event.from)} again, which is no no-op [H9]`)
    }
    if (event.kind !== 'committed') return
    const { instance, path, value } = event
    const deps = this.#agree(host, instance)
    if (path === 'told') return
    this.#quorums.committed(host.slot, instance, path, value, deps)
  }

  executed(host: Host, executable: Executable, outcomes: readonly Executed[]): void {
    this.#durability[host.slot]?.executed(executable.instance)
    this.#inFlight[host.slot]?.ended(executable.instance)
    this.#outcomes.executed(host.name, executable, outcomes)
  }

  /** What a client was answered, after it had sent the command `attempts` times. */
  answered(command: Command, outcome: Outcome, attempts: number): void {
    if (outcome.kind === 'done') this.#answered.push(command)
    if (outcome.kind === 'expired' && attempts === 1) this.#refused.push(command)
  }

  /**
   * Everything has been executed at every host that is there.
   * @returns whether the history could be judged
   */
  conclude(history: readonly Call[]): boolean {
    const present = this.#hosts.filter(({ lost }) => !lost)
    // Also what was read back from a disk, of which no event tells; and what is on a disk that is lost.
    for (const host of present) for (const { id } of this.#agreement.commits) this.#agree(host, id)
    for (const { disk } of this.#hosts) {
      for (const { instance, phase, value, deps } of disk.records) {
        if (phase === 'committed' && value && deps) this.#agreement.committed(instance, value, deps)
      }
    }
    this.#quorums.conclude()
    checkVisibility(this.#agreement)
    checkEqualStates(present.map((host) => [host.name, host.snapshot()]))
    for (const { known } of present) {
      known?.applied.checkHolds(this.#answered)
      known?.applied.checkLacks(this.#refused)
    }
    const wrong = findUnlinearizable(history)
    if (wrong?.verdict === 'unlinearizable') throw new Violation('linearizability', wrong.explanation)
    return wrong === undefined
  }

  /** Holds what this host has for an instance against what all have said of it. */
  #agree(host: Host, id: InstanceId): readonly number[] {
    const commit = host.replica?.commitOf(id)
    if (commit === undefined) throw new Violation('agreement', `a commit of ${JSON.stringify(id)} is gone again`)
    this.#agreement.committed(id, commit.value, commit.deps)
    return commit.deps
  }

  #host(slot: number): Host {
    return this.#hosts[slot] as Host
  }
}
