/** Timers come no closer together, give or take. */
const TURN_MS = 5

/**
 * Acts so many times a second for so long, whether or not anything that it began has ended; what a late timer has missed is
 * caught up with. `act` is told how often it was called before.
 */
export const atRate = (perSecond: number, milliseconds: number, act: (index: number) => void): Promise<void> =>
  new Promise((resolve) => {
    const start = performance.now()
    let done = 0
    const turn = (): void => {
      const elapsed = Math.min(milliseconds, performance.now() - start)
      for (const due = Math.floor((elapsed / 1000) * perSecond); done < due; done++) act(done)
      if (elapsed < milliseconds) return
      clearInterval(interval)
      resolve()
    }
    const interval = setInterval(turn, TURN_MS)
  })
