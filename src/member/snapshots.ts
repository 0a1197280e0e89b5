import { type Configuration, type Deps, type ExecutedSet, quorumsOf, type ReplicaId } from '../core/index.js'
import { Checkpoints } from './checkpoints.js'
import type { MemberCheckpoint, MemberOptions } from './contract.js'
import { Cuts } from './cuts.js'
import { Encoding } from './encoding.js'
import type { WantChunks, WantSnapshot } from './message.js'
import type { Self } from './self.js'
import type { Fetched } from './snapshot-fetch.js'
import { SnapshotOffers } from './snapshot-offer.js'

/** Of a state, made into chunks in one tick: some milliseconds of work. */
const BYTES_PER_TICK: number = 1 << 20

/** The states that a member makes: the start of its epoch, checkpoints, and what others ask for; one after the other. */
export class Snapshots {
  readonly #self: Self
  readonly #offers: SnapshotOffers
  readonly #cuts: Cuts
  readonly #checkpoints: Checkpoints
  /** Being made, or made and not handed out yet. */
  #checkpoint: Encoding | undefined
  /** One was handed out that is not written yet. */
  #checkpointOut = false
  /** When the last one began. */
  #checkpointAtMs = 0

  constructor(self: Self, { cut, checkpointAfter }: Pick<MemberOptions, 'cut' | 'checkpointAfter'>) {
    this.#self = self
    this.#checkpoints = new Checkpoints(checkpointAfter)
    this.#offers = new SnapshotOffers({
      send: (to, message) => self.send(to, message),
      freeze: () => this.#freeze(),
      goesOn: ({ frontier }) => this.#isHeldBeyond(frontier),
    })
    this.#cuts = new Cuts(this.#offers, self.durable, cut)
  }

  step(from: ReplicaId, message: WantSnapshot | WantChunks): void {
    if (message.kind === 'want-chunks') this.#offers.askedForChunks(from, message)
    // Who asks for what is being made asks again.
    else if (message.cut === undefined || !this.#cuts.isMaking(message.cut)) this.#offers.asked(from, message)
  }

  /** To be called with every tick, after the replica's. */
  tick(): void {
    const { now, status } = this.#self
    if (status !== undefined) this.#releaseCut(status.configuration, status.reported)
    if (!this.#cuts.advance(BYTES_PER_TICK)) return this.#offers.tick(now, 0)
    if (this.#checkpoint === undefined) this.#checkpointIfDue()
    else if (!this.#checkpoint.done) {
      this.#checkpoint.advance(BYTES_PER_TICK)
      return this.#offers.tick(now, 0)
    }
    this.#offers.tick(now, BYTES_PER_TICK)
  }

  /** Records of that many bytes were handed out, and that many commands executed. */
  progressed(bytes: number, commands: number): void {
    this.#checkpoints.progressed(bytes, commands)
  }

  /** An epoch begins with the present state. @param keep whether some voter may need it, and ask for it here */
  begin(configuration: Configuration, keep: boolean): void {
    this.#forget()
    this.#cuts.begin(new Encoding(configuration, nothingOf(configuration), this.#self.machine.snapshot()), keep)
    // A small one is made at once.
    this.#cuts.advance(BYTES_PER_TICK)
  }

  /** A snapshot has taken the place of the state. @param keep as above */
  installed({ header, chunks }: Fetched, keep: boolean): void {
    this.#forget()
    this.#cuts.installed({ header, chunks, chunk: (index) => chunks[index] as Uint8Array }, keep)
  }

  /** Whether others may need the start of the epoch yet, and get it here. */
  get needed(): boolean {
    return this.#cuts.needed
  }

  takeCut(): MemberCheckpoint | undefined {
    return this.#cuts.take()
  }

  /** To be asked after `takeCut`. */
  takeDropCut(): boolean {
    return this.#cuts.takeDrop()
  }

  /** A checkpoint that is made. To be asked once the records of all that was applied were handed out. */
  takeCheckpoint(): MemberCheckpoint | undefined {
    const made = this.#checkpoint
    if (!made?.done) return undefined
    this.#checkpoint = undefined
    this.#checkpointOut = true
    this.#checkpoints.made(made.header.bytes)
    const { configuration, executed, chunks } = made
    return { configuration, executed, chunks }
  }

  checkpointWritten({ configuration, executed }: MemberCheckpoint): void {
    this.#checkpointOut = false
    if (configuration.number === this.#self.configuration?.number) this.#self.replica?.checkpointed(executed)
  }

  #freeze(): Encoding | undefined {
    const { replica, configuration, machine } = this.#self
    if (replica === undefined || configuration === undefined) return undefined
    return new Encoding(configuration, replica.executedSet(), machine.snapshot())
  }

  #isHeldBeyond(frontier: Deps): boolean {
    return this.#self.status?.dropped.every((number, slot) => number <= (frontier[slot] ?? 0)) ?? false
  }

  #checkpointIfDue(): void {
    const { replica, status, durable, isVoter, now } = this.#self
    if (replica === undefined || this.#checkpointOut) return
    const sinceMs = now - this.#checkpointAtMs
    if (!this.#checkpoints.due && !(durable && !isVoter && this.#checkpoints.dueUnrecorded(sinceMs))) return
    // Before a voter votes it writes no records, and a checkpoint holds nothing that its records lack.
    if (isVoter && !status?.voting) return
    this.#checkpoints.begun()
    this.#checkpointAtMs = now
    if (durable) this.#checkpoint = this.#freeze()
    else replica.checkpointed(replica.executedSet())
  }

  /** Nobody gets the start of this epoch any more once all its voters have it; where this member has no seat, a quorum. */
  #releaseCut({ number, voters }: Configuration, reported: readonly ReplicaId[]): void {
    if (number !== this.#self.configuration?.number) return
    const enough = this.#self.isVoter ? voters.length : quorumsOf(voters.length).slow
    if (reported.length >= enough) this.#cuts.release()
  }

  #forget(): void {
    this.#checkpoint = undefined
    this.#offers.forget()
  }
}

const nothingOf = ({ voters }: Configuration): ExecutedSet => ({
  frontier: voters.map(() => 0),
  beyond: voters.map(() => []),
})
