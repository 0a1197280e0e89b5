import type { MemberCheckpoint } from './contract.js'
import type { Encoding, KeptSnapshot } from './encoding.js'
import type { SnapshotOffers } from './snapshot-offer.js'

/** The start of an epoch, or what was installed in its place. */
export interface Cut extends KeptSnapshot {
  readonly chunks: readonly Uint8Array[]
}

/** The state that the present epoch began with: made into chunks, written down, and kept for whoever may need exactly that. */
export class Cuts {
  readonly #offers: SnapshotOffers
  readonly #durable: boolean
  #making: Encoding | undefined
  #keep: boolean
  #unwritten: Cut | undefined
  #dropDue = false

  /** @param kept the stored one */
  constructor(offers: SnapshotOffers, durable: boolean, kept: KeptSnapshot | undefined) {
    this.#offers = offers
    this.#durable = durable
    this.#keep = kept !== undefined
    offers.cut = kept
  }

  /** An epoch begins with this. @param keep whether some voter may ask for it here */
  begin(making: Encoding, keep: boolean): void {
    this.#offers.cut = undefined
    this.#unwritten = undefined
    this.#dropDue = false
    this.#keep = keep
    // Nobody gets it, and it is not written.
    this.#making = keep || this.#durable ? making : undefined
  }

  installed(cut: Cut, keep: boolean): void {
    this.#offers.cut = undefined
    this.#making = undefined
    this.#dropDue = false
    this.#keep = keep
    this.#made(cut)
  }

  /** Goes on making it, by some `bytes`. @returns whether it is made */
  advance(bytes: number): boolean {
    const making = this.#making
    if (making === undefined) return true
    if (!making.advance(bytes)) return false
    this.#making = undefined
    this.#made(making)
    return true
  }

  /** Whether that epoch's start is being made. */
  isMaking(epoch: number): boolean {
    return this.#making?.configuration.number === epoch
  }

  /** Whether some voter may need it yet. */
  get needed(): boolean {
    return this.#keep && (this.#making !== undefined || this.#offers.cut !== undefined)
  }

  /** All who might have needed it have said that they have it. */
  release(): void {
    if (this.#offers.cut === undefined) return
    this.#offers.cut = undefined
    this.#dropDue = this.#durable
  }

  /** To be written now. */
  take(): MemberCheckpoint | undefined {
    const cut = this.#unwritten
    if (cut === undefined) return undefined
    this.#unwritten = undefined
    return { configuration: cut.header.configuration, executed: cut.header.executed, chunks: cut.chunks }
  }

  /** Whether the stored one is to be dropped, after what `take` has given. */
  takeDrop(): boolean {
    const due = this.#dropDue
    this.#dropDue = false
    return due
  }

  #made(cut: Cut): void {
    if (this.#keep) this.#offers.cut = cut
    if (!this.#durable) return
    this.#unwritten = cut
    this.#dropDue = !this.#keep
  }
}
