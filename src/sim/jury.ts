import type { Command, CoreEvent, Executable, InstanceId, InstanceRecord, Message } from '../core/index.js'
import type { Outcome } from '../state/index.js'
import { numberOf } from './asks.js'
import { Drafts } from './checkers/drafts.js'
import { writes } from './checkers/exactly-once.js'
import { checkLinearizable } from './checkers/linearizable.js'
import { Lines } from './checkers/lines.js'
import { Order } from './checkers/order.js'
import { type Came, type Executed, Outcomes } from './checkers/outcomes.js'
import { checkEqualStates } from './checkers/state.js'
import { checkSums } from './checkers/sums.js'
import { show, Violation } from './checkers/violation.js'
import type { Batch } from './disk.js'
import { EpochJury } from './epoch-jury.js'
import type { Host } from './host.js'
import type { History } from './recorder.js'

/** All checkers, fed by the world with what it sees; they know nothing of what clients or faults intend. */
export class Jury {
  readonly order: Order
  readonly lines: Lines = new Lines()
  readonly drafts: Drafts = new Drafts(this.lines, (number) => this.cameOf(number)?.done)
  readonly #hosts: readonly Host[]
  readonly #outcomes: Outcomes
  #epoch: EpochJury | undefined
  /** Numbers of calls that change something. */
  readonly #answered: number[] = []
  readonly #refused: number[] = []

  /**
   * @param hosts filled before anything happens
   * @param now virtual milliseconds
   */
  constructor(keys: readonly string[], hosts: readonly Host[], now: () => number) {
    this.order = new Order(keys)
    this.#outcomes = new Outcomes(now)
    this.#hosts = hosts
  }

  sent(host: Host, message: Message): void {
    this.#jury.sent(host.slot, host.life, message)
  }

  /** A batch has become durable. @param gone what went with it */
  kept(host: Host, batch: Batch, gone: readonly InstanceRecord[]): void {
    this.#jury.kept(host.slot, batch, gone)
  }

  event(host: Host, event: CoreEvent): void {
    switch (event.kind) {
      case 'disagreement':
        throw new Violation('agreement', `${host.name} was told another commit of ${show(event.instance)}`)
      case 'unproposed':
        throw new Violation('epochs', `${host.name} gives proposals back in a group without a seal`)
      case 'proposed-again':
        this.#jury.ended(host.slot, event.from)
        if (host.replica?.commitOf(event.from)?.value.kind === 'noop') return
        throw new Violation('proposed again', `${host.name} proposes ${show(event.from)} again, which is no no-op [H9]`)
      case 'committed': {
        const { instance, path, value } = event
        const deps = this.#agree(host, instance)
        if (path !== 'told') this.#jury.committed(host.slot, instance, path, value, deps)
      }
    }
  }

  executed(host: Host, executable: Executable, outcomes: readonly Executed[]): void {
    this.#jury.executed(host.slot, executable.instance)
    this.#outcomes.executed(host.name, 0, executable, outcomes)
  }

  /** What a client was answered, after it had sent the command `attempts` times. */
  answered(command: Command, outcome: Outcome, attempts: number): void {
    if (!writes(command)) return
    if (outcome.kind === 'done' || outcome.kind === 'threw') this.#answered.push(numberOf(command))
    if (outcome.kind === 'expired' && attempts === 1) this.#refused.push(numberOf(command))
  }

  /** What a call that changes something has come to, wherever it was executed first. */
  cameOf(number: number): Came | undefined {
    return this.#outcomes.of(number)
  }

  /**
   * Everything has been executed at every host that is there.
   * @returns whether the history could be judged
   */
  conclude(history: History, accounts: number): boolean {
    const present = this.#hosts.filter(({ lost }) => !lost)
    // Also what was read back from a disk, of which no event tells.
    this.#jury.agreeAtLast(present.flatMap(({ name, replica }) => (replica ? [{ name, replica }] : [])))
    this.#jury.conclude()
    checkEqualStates(present.map((host) => [host.name, host.snapshot()]))
    for (const { applied } of present) {
      applied?.checkHolds(this.#answered)
      applied?.checkHolds(this.drafts.done)
      applied?.checkLacks(this.#refused)
      applied?.checkLacks(this.drafts.expired)
    }
    this.drafts.conclude(new Set(present.map(({ name }) => name)))
    const judged = checkLinearizable(history(false), () => history(true))
    checkSums(history(false), accounts)
    return judged
  }

  get #jury(): EpochJury {
    this.#epoch ??= new EpochJury(
      0,
      this.#hosts.map(({ disk }) => disk.ledger(0)),
    )
    return this.#epoch
  }

  /** Holds what this host has for an instance against what all have said of it. */
  #agree(host: Host, id: InstanceId): readonly number[] {
    const commit = host.replica?.commitOf(id)
    if (commit === undefined) throw new Violation('agreement', `a commit of ${show(id)} is gone again at ${host.name}`)
    this.#jury.agree(id, commit.value, commit.deps)
    return commit.deps
  }
}
