import type { Deps, FloorRecord, InstanceRecord, Mark, Message } from '../../core/index.js'
import type { Batch } from '../disk.js'
import { show, Violation } from './violation.js'

/**
 * Records are dropped only when nobody can ever need them (protocol §8), judged by what the voters' disks held when. The
 * stable floor S is executed durably at every voter; the drop floor T at or below one floor mark (F, L) of every voter,
 * whose number L every voter has executed: whatever does not cover F has been executed everywhere [H17, H22].
 */
export class Floors {
  /** By slot and row: up to where a durable checkpoint goes. */
  readonly #executed: number[][]
  /** By slot: the durable marks, oldest first, and the newest durable floor. */
  readonly #marks: Mark[][]
  readonly #floors: (FloorRecord | undefined)[]
  /** By slot: the marks that it has told others. */
  readonly #told: Mark[][]

  /** @param inMemory slots of voters that write nothing: whatever they have executed is as good as durable, by their word */
  constructor(
    readonly n: number,
    readonly inMemory: ReadonlySet<number> = new Set(),
  ) {
    const none = new Array<number>(n).fill(0)
    this.#executed = Array.from({ length: n }, () => [...none])
    this.#marks = Array.from({ length: n }, () => [{ floor: none, last: 0 }])
    this.#floors = new Array<undefined>(n).fill(undefined)
    this.#told = Array.from({ length: n }, () => [])
  }

  /** A batch of this epoch has become durable at a voter. @param gone what went with it, of this epoch */
  kept(slot: number, { floor, checkpoint }: Batch, gone: readonly InstanceRecord[]): void {
    if (checkpoint !== undefined) {
      const executed = this.#executed[slot] as number[]
      checkpoint.executed.frontier.forEach((number, row) => {
        executed[row] = Math.max(executed[row] as number, number)
      })
    }
    if (floor !== undefined) this.#adopted(slot, floor)
    const drop = this.#floors[slot]?.drop
    for (const { instance } of gone) {
      if (instance.number > (drop?.[instance.slot] ?? 0)) {
        throw new Violation('dropped', `voter ${slot} drops ${show(instance)}, beyond its floor ${drop}`)
      }
    }
  }

  sent(slot: number, message: Message): void {
    if (message.kind === 'frontier') this.#gossip(slot, message.executed, message.mark)
    if (message.kind === 'gone' && message.upTo > this.#everywhere(message.slot)) {
      throw new Violation('dropped', `voter ${slot} says that ${message.slot}.${message.upTo} is gone, too soon [H20]`)
    }
    if (message.kind !== 'pre-accept') return
    const { instance, deps } = message
    const mark = this.#told[slot]?.findLast(({ last }) => last < instance.number)
    if (mark !== undefined && !atLeast(deps, mark.floor)) {
      throw new Violation(
        'floor',
        `${show(instance)} {${deps}} is proposed below the floor ${mark.floor} told before [H23]`,
      )
    }
  }

  #gossip(slot: number, executed: Deps, mark: Mark): void {
    if (!this.inMemory.has(slot) && !atLeast(this.#executed[slot] as number[], executed)) {
      throw new Violation(
        'durable first',
        `voter ${slot} says that ${executed} is executed durably: ${this.#executed[slot]}`,
      )
    }
    if (!this.#marks[slot]?.some((known) => sameMark(known, mark))) {
      throw new Violation(
        'durable first',
        `voter ${slot} tells the mark ${mark.floor} at ${mark.last}, which it has not written`,
      )
    }
    const told = this.#told[slot] as Mark[]
    if (!told.some((known) => sameMark(known, mark))) told.push(mark)
  }

  #adopted(slot: number, floor: FloorRecord): void {
    const { stable, last, drop } = floor
    const refuse = (what: string): never => {
      throw new Violation('floor', `voter ${slot}: ${what}`)
    }
    const before = this.#floors[slot]
    this.#floors[slot] = floor
    if (before !== undefined) {
      const back = !atLeast(stable, before.stable) || !atLeast(drop, before.drop) || last < before.last
      if (back) refuse(`the floor went back from ${shown(before)} to ${shown(floor)} [H23]`)
    }
    stable.forEach((number, row) => {
      if (number > this.#everywhere(row))
        refuse(`S is ${stable}, and not all have executed ${row}.${number} durably [H17]`)
      if ((drop[row] as number) > number) refuse(`T ${drop} is above S ${stable}`)
    })
    const marks = this.#marks[slot] as Mark[]
    marks.push({ floor: stable, last })
    for (let row = 0; row < this.n; row++) {
      // Marks only rise: the first that is high enough has the lowest number to wait for.
      const mark = this.#marks[row]?.find((known) => atLeast(known.floor, drop))
      if (mark === undefined) return refuse(`T is ${drop}, above every floor that voter ${row} has adopted [H22]`)
      if (mark.last > this.#everywhere(row)) {
        refuse(`T is ${drop}, and ${row}.${mark.last}, proposed below it, is not executed everywhere [H22]`)
      }
    }
  }

  /** Up to where every voter has executed a row durably. */
  #everywhere(row: number): number {
    const durable = this.#executed.filter((_, slot) => !this.inMemory.has(slot))
    return Math.min(...durable.map((executed) => executed[row] as number))
  }
}

const atLeast = (a: Deps, b: Deps): boolean => b.every((number, row) => (a[row] as number) >= number)

const sameMark = (a: Mark, b: Mark): boolean =>
  a.last === b.last && atLeast(a.floor, b.floor) && atLeast(b.floor, a.floor)

const shown = ({ stable, last, drop }: FloorRecord): string => `S ${stable} at ${last}, T ${drop}`
