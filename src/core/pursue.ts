import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'

/** An attempt that has failed doubles the wait for the next one, up to 2⁵ times. */
const MAX_DOUBLINGS = 5

/**
 * Sees to it that this instance gets committed: its commit is asked for first, then it is recovered, and
 * again, with growing and jittered delays, until it is committed [H10, K13].
 */
export const pursue = (epoch: Epoch, instance: Instance): void => {
  if (instance.committed || instance.pursuit !== 'none') return
  instance.pursuit = 'fetch'
  wait(epoch, instance, epoch.tuning.fetchDelayMs)
}

/** What is led here for the instance has failed: another ballot is higher. */
export const abandon = (instance: Instance): void => {
  instance.round = undefined
  instance.attempts++
}

/** After the commit was asked for: how long until recovery. */
export const waitToRecover = (epoch: Epoch, instance: Instance): void => {
  const { slot } = instance.id
  const { recoverSuspectedMs, recoverAliveMs } = epoch.tuning
  const expected = slot === epoch.me || epoch.suspects(slot) ? recoverSuspectedMs : recoverAliveMs
  const n = epoch.voters.length
  // The voters after the coordinator try in turn; itself, if it is there, before all others.
  const rank = (epoch.me - slot + n) % n
  instance.pursuit = 'recover'
  instance.pursuedAt = instance.ballot
  wait(epoch, instance, expected * (1 + rank) * 2 ** Math.min(instance.attempts, MAX_DOUBLINGS))
}

const wait = (epoch: Epoch, instance: Instance, delayMs: number): void => {
  const jittered = delayMs * (0.5 + epoch.random())
  epoch.timers.set(epoch.now + jittered, { kind: 'pursue', instance })
}
