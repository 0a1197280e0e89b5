import type { Agenda } from './agenda.js'
import type { Faults } from './faults.js'
import type { Random } from './random.js'

/** The nearest and the farthest that two ticks are apart: timers are uneven. */
const TICK_MS = [10, 40] as const

/** One simulated machine: it has a clock of its own, lives until it crashes, and sleeps. What runs on it is left open. */
export abstract class Machine {
  /** Counts the lives; a message or a write of an earlier one finds it changed. */
  life = 0
  /** Its disk is gone, and it will not be back. */
  lost = false
  readonly #clockRate: number
  #sleptMs = 0
  /** What has to wait until it wakes. */
  #waking: { readonly action: () => void; readonly mail: boolean }[] | undefined
  /** Names the chain of ticks that goes on: a sleep or a crash breaks it. */
  #ticks = 0

  constructor(
    /** Where it is in the network. */
    readonly slot: number,
    readonly name: string,
    protected readonly agenda: Agenda,
    protected readonly random: Random,
    public faults: Faults,
  ) {
    this.#clockRate = random.between(...faults.clockRate)
  }

  /** Something runs there, though it may have stopped. */
  abstract get running(): boolean
  /** What runs there has not stopped. */
  abstract get up(): boolean
  /** What it holds outlives a crash. */
  abstract get durable(): boolean
  /** Starts a life from what is on the disk. Says whether from a checkpoint. */
  abstract start(): boolean
  /** What runs there is told the time. */
  protected abstract tick(nowMs: number): void
  /** Carries out what there is to do, for as long as this life lasts. */
  protected abstract pump(): void
  /** What runs there is gone, and what its disk was writing. */
  protected abstract lose(): void

  get asleep(): boolean {
    return this.#waking !== undefined
  }

  /** The power goes. */
  crash(): void {
    this.life++
    this.#waking = undefined
    this.lose()
  }

  /** Nothing runs here until `wake`. */
  sleep(): void {
    this.#waking ??= []
  }

  /**
   * @param sleptMs by how much its clock is further on than it would be without the sleep
   * @param mailLost what was sent to it meanwhile does not arrive any more
   */
  wake(sleptMs: number, mailLost: boolean): void {
    const waking = this.#waking
    if (waking === undefined) return
    this.#waking = undefined
    this.#sleptMs += sleptMs
    const { life } = this
    // The timers are late; what has arrived comes before or after them.
    const early = this.random.chance(0.5)
    if (early) this.startTicking()
    for (const { action, mail } of waking) if (life === this.life && !(mail && mailLost)) action()
    if (!early) this.startTicking()
  }

  /** Does it now, or when it wakes; never in another life. @param mail it may be lost in a sleep */
  protected run(action: () => void, mail: boolean): void {
    const { life } = this
    if (this.#waking !== undefined) {
      this.#waking.push({ action: () => this.run(action, false), mail })
      return
    }
    action()
    if (life === this.life) this.pump()
  }

  protected startTicking(): void {
    this.#tick(++this.#ticks)
  }

  #tick(chain: number): void {
    if (chain !== this.#ticks || !this.running || this.asleep) return
    this.tick(this.agenda.now * this.#clockRate + this.#sleptMs)
    this.pump()
    this.agenda.after(this.random.between(...TICK_MS), () => this.#tick(chain))
  }
}
