import { SteadyClock } from './clock.js'
import { randomId, randomUnit } from './ids.js'
import { startTicker } from './ticker.js'

/** What a room takes from the platform, but for storage and network: `epaxos/testing` puts another one in its place. */
export interface Environment {
  /** Milliseconds, never decreasing, sleep included. */
  now(): number
  /** Milliseconds since 1970. */
  today(): number
  /** Calls often, some 25 ms apart, until the returned function is called. */
  startTicker(call: () => void): () => void
  /** Calls once, after so many milliseconds, unless the returned function is called before. */
  after(ms: number, call: () => void): () => void
  /** Uniform in [0, 1), and nobody's to foresee. */
  random(): number
  /** 32 random lower-case hex digits. */
  id(): string
  /** Web Locks; default: the platform's. */
  readonly locks?: LockManager
  /** Whether it is promised that what is stored is not evicted; default: what the browser says. */
  persist?(): Promise<boolean | undefined>
}

export const platform = (): Environment => {
  const clock = new SteadyClock()
  return {
    now: () => clock.now(),
    today: () => Date.now(),
    startTicker,
    after: (ms, call) => {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
    random: randomUnit,
    id: randomId,
  }
}
