/** Time, as far as a link needs it. Tests hand in their own. */
export interface Clock {
  /** Milliseconds since some moment; never decreases. */
  nowMs(): number
  /** Runs `task` once; the result cancels it. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
