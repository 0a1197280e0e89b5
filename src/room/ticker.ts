/** Often enough for timers of tens of milliseconds, seldom enough to cost nothing. */
const TICK_MS = 25

const WORKER_SOURCE = `setInterval(() => postMessage(0), ${TICK_MS})`

/**
 * Calls `tick` every 25 ms until the returned function is called. Timers of hidden pages slow down to one a second,
 * later one a minute; those of a dedicated worker don't, so one beats the time where workers can be had.
 */
export const startTicker = (tick: () => void): (() => void) => {
  let interval: ReturnType<typeof setInterval> | undefined = setInterval(tick, TICK_MS)
  const stopInterval = (): void => {
    clearInterval(interval)
    interval = undefined
  }
  const worker = beat(() => {
    stopInterval()
    tick()
  })
  return () => {
    stopInterval()
    worker?.terminate()
  }
}

/** A content security policy may forbid it, at once or a little later: then the page's own timer goes on. */
const beat = (onBeat: () => void): Worker | undefined => {
  if (typeof Worker === 'undefined' || typeof document === 'undefined') return undefined
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }))
  try {
    const worker = new Worker(url)
    worker.onmessage = onBeat
    worker.onerror = (event) => event.preventDefault()
    return worker
  } catch {
    return undefined
  } finally {
    // The worker has begun to load it; a later revocation would keep it for ever.
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}
