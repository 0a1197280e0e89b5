import { type LabSession, LeaderWorld } from 'epaxos/sim'

/** A frame has 16 ms, and the page needs the rest of it. */
const SLICE_MS = 8
/** Virtual time between two looks at the clock. */
const STRIDE_MS = 20

/** The same run in a log with a leader, which follows a session in slices. */
export class Rival {
  #session: LabSession
  #branch: number
  #choice: number | undefined
  #world: LeaderWorld
  /** Steps of the script that were taken. */
  #taken = 0
  #turn: ReturnType<typeof setTimeout> | undefined

  /** @param caughtUp told when it has, unless that was at once */
  constructor(
    session: LabSession,
    readonly caughtUp: () => void,
  ) {
    this.#session = session
    this.#branch = session.current.id
    this.#world = new LeaderWorld(session.world.setup)
  }

  get world(): LeaderWorld {
    return this.#world
  }

  /** @param leader undefined: the best */
  follow(session: LabSession, leader: number | undefined): void {
    const branch = session.current.id
    if (session !== this.#session || branch !== this.#branch || leader !== this.#choice) {
      this.#session = session
      this.#branch = branch
      this.#choice = leader
      this.#world = new LeaderWorld(session.world.setup, leader)
      this.#taken = 0
    }
    this.destroy()
    this.#slice()
  }

  /** Nothing goes on any more, until it is told to follow. */
  destroy(): void {
    clearTimeout(this.#turn)
    this.#turn = undefined
  }

  /** It has not come to the moment that is looked at. */
  get isBehind(): boolean {
    return this.#world.nowMs < this.#session.positionMs
  }

  #slice(): void {
    const untilMs = performance.now() + SLICE_MS
    this.#act()
    while (this.isBehind) {
      const { nowMs } = this.#world
      this.#world.runUntil(Math.min(this.#session.positionMs, nowMs + STRIDE_MS, this.#next?.atMs ?? nowMs + STRIDE_MS))
      this.#act()
      if (!this.isBehind || performance.now() < untilMs) continue
      this.#turn = setTimeout(() => {
        this.#slice()
        if (!this.isBehind) this.caughtUp()
      })
      return
    }
  }

  get #next(): LabSession['current']['script']['steps'][number] | undefined {
    return this.#session.current.script.steps[this.#taken]
  }

  #act(): void {
    for (let step = this.#next; step !== undefined && step.atMs <= this.#world.nowMs; step = this.#next) {
      this.#taken++
      this.#world.act(step.action)
    }
  }
}
