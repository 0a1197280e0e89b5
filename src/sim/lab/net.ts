import { type AwsRegion, awsRoundTripMs } from '../aws.js'
import { noise } from '../random.js'
import type { LabSetup } from './contract.js'
import { type Timetable, toGrid } from './timetable.js'

/** Something on its way. */
export interface Parcel<T> {
  /** 0, 1, 2 … in the order of departure. */
  readonly id: number
  readonly from: number
  readonly to: number
  readonly content: T
  readonly endMs: number
}

type OnItsWay<T> = { -readonly [K in keyof Parcel<T>]: Parcel<T>[K] }

/**
 * The network between members, who are numbers: 0, 1, 2 … It takes parcels as long as the setup says, and loses what
 * would arrive while its way is cut. The n-th parcel on a way always has the same jitter, whatever else travels.
 */
export class Net<T> {
  readonly #setup: LabSetup
  readonly #timetable: Timetable
  readonly #arrived: (parcel: Parcel<T>, lost: boolean) => void
  /** In the order of departure. */
  readonly #onTheirWay = new Map<number, OnItsWay<T>>()
  readonly #cities: (AwsRegion | undefined)[]
  /** By way: parcels so far. */
  readonly #counts = new Map<number, number>()
  /** By member, the side that it is on while there is a cut: those on none are each on their own. */
  #sides: ReadonlyMap<number, number> | undefined
  #sent = 0

  /** @param arrived at the end of a parcel's way; lost: there was a cut */
  constructor(setup: LabSetup, timetable: Timetable, arrived: (parcel: Parcel<T>, lost: boolean) => void) {
    this.#setup = setup
    this.#timetable = timetable
    this.#arrived = arrived
    this.#cities = setup.net.kind === 'map' ? [...setup.net.cities] : []
  }

  city(member: number): AwsRegion | undefined {
    return this.#cities[member]
  }

  place(member: number, city: AwsRegion | undefined): void {
    this.#cities[member] = city
  }

  /** One way, without jitter. */
  wayMs(from: number, to: number): number {
    const { net } = this.#setup
    if (net.kind === 'even') return net.delayMs
    const [here, there] = [this.#cities[from], this.#cities[to]]
    return here === undefined || there === undefined ? 0 : awsRoundTripMs[here][there] / 2
  }

  /** The nearest first; of those equally near the one with the lowest number. */
  nearest(to: number, members: readonly number[]): readonly number[] {
    return [...members].sort((a, b) => this.wayMs(a, to) - this.wayMs(b, to) || a - b)
  }

  /** @param pack makes the content, told when it is to arrive */
  send(from: number, to: number, pack: (endMs: number) => T): Parcel<T> {
    const way = from * WAYS + to
    const nth = this.#counts.get(way) ?? 0
    this.#counts.set(way, nth + 1)
    const { seed, jitter } = this.#setup
    const late = jitter === 0 ? 0 : jitter * noise(seed, from, to, nth)
    return this.#depart(from, to, pack, this.#timetable.now + this.wayMs(from, to) * (1 + late))
  }

  /** The oldest parcel on its way that fits. */
  oldest(fits: (parcel: Parcel<T>) => boolean): Parcel<T> | undefined {
    for (const parcel of this.#onTheirWay.values()) if (fits(parcel)) return parcel
    return undefined
  }

  /** It never arrives. */
  drop(parcel: Parcel<T>): void {
    this.#onTheirWay.delete(parcel.id)
  }

  /** It arrives so much later; what is negative brings it forward, to now at the earliest. */
  delay(parcel: Parcel<T>, byMs: number): void {
    const delayed = this.#onTheirWay.get(parcel.id)
    if (delayed === undefined) return
    delayed.endMs = Math.max(this.#timetable.now, toGrid(delayed.endMs + byMs))
    this.#arrival(delayed)
  }

  /** Another one like it arrives so long after it. */
  repeat({ from, to, endMs }: Parcel<T>, byMs: number, pack: (endMs: number) => T): Parcel<T> {
    return this.#depart(from, to, pack, endMs + byMs)
  }

  /** From now on nothing passes between the sides, in place of an earlier cut; undefined: everything passes. */
  cut(sides: readonly (readonly number[])[] | undefined): void {
    this.#sides = sides && new Map(sides.flatMap((members, side) => members.map((member) => [member, side])))
  }

  get isCut(): boolean {
    return this.#sides !== undefined
  }

  passes(from: number, to: number): boolean {
    if (this.#sides === undefined || from === to) return true
    const side = this.#sides.get(from)
    return side !== undefined && side === this.#sides.get(to)
  }

  #depart(from: number, to: number, pack: (endMs: number) => T, arrivesMs: number): Parcel<T> {
    const endMs = toGrid(arrivesMs)
    const parcel = { id: this.#sent++, from, to, content: pack(endMs), endMs }
    this.#onTheirWay.set(parcel.id, parcel)
    this.#arrival(parcel)
    return parcel
  }

  #arrival(parcel: Parcel<T>): void {
    const { id, endMs } = parcel
    this.#timetable.at(endMs, () => {
      // Dropped meanwhile, or moved to another time.
      if (this.#onTheirWay.get(id)?.endMs !== endMs) return
      this.#onTheirWay.delete(id)
      this.#arrived(parcel, !this.passes(parcel.from, parcel.to))
    })
  }
}

/** More than there can be members. */
const WAYS = 64
