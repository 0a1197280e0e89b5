import type { CommitPath, Deps, InstanceId, InstanceRecord, Message, Replica, Value } from '../core/index.js'
import { Agreement, type Committed, checkVisibility } from './checkers/agreement.js'
import { Promises } from './checkers/ballots.js'
import { Durability } from './checkers/durability.js'
import { Floors } from './checkers/floors.js'
import { InFlight } from './checkers/in-flight.js'
import { Proposals } from './checkers/proposals.js'
import { Quorums } from './checkers/quorum.js'
import { show, Violation } from './checkers/violation.js'
import type { Batch } from './disk.js'
import type { Ledger } from './ledger.js'

/** All checkers of one epoch, fed with what its voters say, write and decide. Voters are named by their slots. */
export class EpochJury {
  readonly #agreement = new Agreement()
  readonly #proposals = new Proposals()
  readonly #quorums: Quorums
  readonly #floors: Floors
  readonly #promises: readonly Promises[]
  readonly #durability: readonly Durability[]
  readonly #inFlight: readonly InFlight[]

  /**
   * @param ledgers of the voters' disks, by slot
   * @param inMemory slots of voters whose disks are their memory
   */
  constructor(
    readonly epoch: number,
    ledgers: readonly Ledger[],
    inMemory: ReadonlySet<number> = new Set(),
  ) {
    this.#quorums = new Quorums(ledgers, ledgers.length)
    this.#floors = new Floors(ledgers.length, inMemory)
    this.#promises = ledgers.map(() => new Promises())
    this.#inFlight = ledgers.map((_, slot) => new InFlight(slot))
    this.#durability = ledgers.map((ledger, slot) => new Durability(slot, (row, number) => ledger.find(row, number)))
  }

  get commits(): Iterable<Committed> {
    return this.#agreement.commits
  }

  sent(slot: number, life: number, message: Message): void {
    this.#inFlight[slot]?.sent(life, message)
    this.#durability[slot]?.sent(message)
    this.#promises[slot]?.sent(message)
    this.#proposals.sent(life, message)
    this.#quorums.sent(slot, message)
    this.#floors.sent(slot, message)
    if (message.kind === 'commit' && message.value) this.agree(message.instance, message.value, message.deps)
  }

  /** A batch has become durable at a voter. @param gone what went with it */
  kept(slot: number, batch: Batch, gone: readonly InstanceRecord[]): void {
    for (const { epoch, instance, phase, value, deps } of batch.records) {
      if (epoch === this.epoch && phase === 'committed' && value && deps) this.agree(instance, value, deps)
    }
    const { floor, checkpoint } = batch
    this.#floors.kept(
      slot,
      {
        ...batch,
        floor: floor?.epoch === this.epoch ? floor : undefined,
        checkpoint: checkpoint?.configuration.number === this.epoch ? checkpoint : undefined,
      },
      gone.filter(({ epoch }) => epoch === this.epoch),
    )
  }

  /** Somebody holds, or tells, this as the commit. */
  agree(id: InstanceId, value: Value, deps: Deps): void {
    this.#agreement.committed(id, value, deps)
  }

  /**
   * Everything has been executed at these voters: what one of them has committed, all have, but for what they have dropped.
   * What a voter had committed that is lost by now, perhaps nobody ever heard of.
   */
  agreeAtLast(voters: readonly { readonly name: string; readonly replica: Replica }[]): void {
    const dropped = voters.map(({ replica }) => replica.status().dropped)
    for (const { id } of this.commits) {
      const held = voters.map(({ replica }) => replica.commitOf(id))
      for (const commit of held) if (commit !== undefined) this.agree(id, commit.value, commit.deps)
      const isDropped = (slot: number): boolean => id.number <= (dropped[slot]?.[id.slot] ?? 0)
      const lacking = voters.findIndex((_, slot) => held[slot] === undefined && !isDropped(slot))
      if (lacking < 0 || voters.every((_, slot) => held[slot] === undefined && !isDropped(slot))) continue
      throw new Violation('agreement', `${voters[lacking]?.name} lacks a commit of ${show(id)}, which others have`)
    }
  }

  /** A voter has committed an instance that no peer has told it. */
  committed(slot: number, id: InstanceId, path: Exclude<CommitPath, 'told'>, value: Value, deps: Deps): void {
    this.#quorums.committed(slot, id, path, value, deps)
  }

  executed(slot: number, id: InstanceId): void {
    this.#durability[slot]?.executed(id)
    this.ended(slot, id)
  }

  /** An own instance of a voter has come to its end. */
  ended(slot: number, id: InstanceId): void {
    this.#inFlight[slot]?.ended(id)
  }

  /** Everything has happened. */
  conclude(): void {
    this.#quorums.conclude()
    checkVisibility(this.#agreement)
  }
}
