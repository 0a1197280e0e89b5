import type { InstanceRecord } from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import type { Random } from './random.js'

interface Batch {
  readonly records: readonly InstanceRecord[]
  readonly done: () => void
}

/** A disk that survives its replica: batches become durable later, in order, and a crash loses those under way. */
export class Disk {
  readonly #durable: InstanceRecord[] = []
  readonly #newest = new Map<string, InstanceRecord>()
  #underWay: Batch[] = []

  constructor(
    readonly agenda: Agenda,
    readonly random: Random,
    readonly medium: Medium,
  ) {}

  get records(): readonly InstanceRecord[] {
    return this.#durable
  }

  /** The durable record of an instance. */
  find(slot: number, number: number): InstanceRecord | undefined {
    return this.#newest.get(`${slot}.${number}`)
  }

  write(records: readonly InstanceRecord[], delayMs: number, done: () => void): void {
    const batch = { records, done }
    this.#underWay.push(batch)
    this.agenda.after(delayMs, () => {
      // All before it become durable with it, as in one log. Lost ones are in the list no more.
      const upTo = this.#underWay.indexOf(batch)
      for (let i = 0; i <= upTo; i++) this.#complete()
    })
  }

  /** The power goes: what is under way is lost, except for some of the oldest that just made it. */
  crash(): void {
    const kept = this.random.below(this.#underWay.length + 1)
    for (const { records } of this.#underWay.slice(0, kept)) this.#keep(records)
    this.#underWay = []
  }

  #complete(): void {
    const { records, done } = this.#underWay.shift() as Batch
    this.#keep(records)
    done()
  }

  #keep(records: readonly InstanceRecord[]): void {
    for (const record of this.medium.records(records)) {
      this.#durable.push(record)
      this.#newest.set(`${record.instance.slot}.${record.instance.number}`, record)
    }
  }
}
