import type { Environment } from '../../room/index.js'
import type { StorageFactory } from '../../storage/index.js'
import type { Chance } from './chance.js'
import type { Device } from './device.js'
import type { Timeline } from './timeline.js'

/** As the real ones. */
const TICK_MS = 25

/** How long a write takes, at least and at most, in virtual milliseconds. */
export type WriteTimes = readonly [leastMs: number, mostMs: number]

/** One life of a room on a device: until it crashes, its clock ticks and its writes reach the disk. */
export class VirtualProcess {
  readonly environment: Environment
  readonly storage: StorageFactory
  readonly #device: Device
  #alive = true

  constructor(timeline: Timeline, chance: Chance, device: Device, writeTimes: WriteTimes, startMs: number) {
    this.#device = device
    const after = (ms: number, call: () => void): (() => void) =>
      timeline.after(ms, () => {
        if (this.#alive) call()
      })
    this.environment = {
      now: () => timeline.nowMs,
      today: () => startMs + timeline.nowMs,
      startTicker: (call) => startTicker(after, chance, call),
      after,
      random: chance.next,
      id: () => chance.id(),
      locks: device.locks.of(this),
      persist: async () => true,
    }
    this.storage = device.storage(
      (written) => {
        timeline.after(chance.within(writeTimes), written)
      },
      () => this.#alive,
    )
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Nothing of it happens any more. What it has not written by now is lost. */
  end(): void {
    this.#alive = false
    this.#device.locks.release(this)
  }
}

const startTicker = (after: Environment['after'], chance: Chance, call: () => void): (() => void) => {
  const tick = (): void => {
    cancel = after(TICK_MS, tick)
    call()
  }
  // Clocks of different machines don't tick together.
  let cancel = after(TICK_MS * chance.next(), tick)
  return () => cancel()
}
