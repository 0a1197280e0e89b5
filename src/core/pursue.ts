import type { Epoch } from './epoch.js'
import type { Instance, Pursuit } from './instance.js'
import { MAX_RECOVER } from './limits.js'

/**
 * An attempt that has failed doubles the wait for the next one, up to this: whatever it began with, and however slow the
 * links are, jitter then keeps rivals further apart than a recovery takes.
 */
const MAX_WAIT_MS = 10_000

/**
 * Sees to it that this instance gets committed: its commit is asked for first, then it is recovered, and
 * again, with growing and jittered delays, until it is committed [H10, K13].
 */
export const pursue = (epoch: Epoch, instance: Instance): void => {
  if (instance.committed || instance.trouble.pursuit !== undefined) return
  wait(epoch, instance, 'fetch', epoch.tuning.fetchDelayMs)
}

/** What is led here for the instance has failed: another ballot is higher. */
export const abandon = (instance: Instance): void => {
  instance.round = undefined
  instance.troubled.attempts++
}

/** After the commit was asked for: how long until recovery. */
export const waitToRecover = (epoch: Epoch, instance: Instance): void => {
  const { slot } = instance.id
  const { recoverSuspectedMs, recoverAliveMs } = epoch.tuning
  const expected = slot === epoch.me || epoch.suspects(slot) ? recoverSuspectedMs : recoverAliveMs
  const n = epoch.voters.length
  // The voters after the coordinator try in turn; itself, if it is there, before all others.
  const rank = (epoch.me - slot + n) % n
  wait(epoch, instance, 'recover', Math.min(expected * (1 + rank) * 2 ** instance.trouble.attempts, MAX_WAIT_MS))
}

/** Who does not vote recovers nothing: it asks again, and the one asked does. */
export const waitToAskAgain = (epoch: Epoch, instance: Instance): void => {
  instance.troubled.attempts++
  wait(epoch, instance, 'fetch', Math.min(epoch.tuning.fetchDelayMs * 2 ** instance.trouble.attempts, MAX_WAIT_MS))
}

const wait = (epoch: Epoch, instance: Instance, step: Pursuit['step'], delayMs: number): void => {
  const fromMs = epoch.now + delayMs * 0.5
  const dueMs = fromMs + delayMs * epoch.random()
  instance.troubled.pursuit = { step, dueMs, fromMs, ballot: instance.ballot }
  epoch.timers.set(dueMs, instance)
}

/**
 * This instance, whose step is due, and its neighbours in the row for which the same step may come by now: whole
 * stretches of a row are asked for, and recovered, together. In the order of the row; their pursuit has ended.
 */
export const dueTogether = (epoch: Epoch, instance: Instance, step: Pursuit['step']): Instance[] => {
  const { slot, number } = instance.id
  const due = (neighbour: Instance | undefined): neighbour is Instance =>
    neighbour?.trouble.pursuit?.step === step && neighbour.trouble.pursuit.fromMs <= epoch.now && isOpen(neighbour)
  const together = [instance]
  const below = (): Instance | undefined => epoch.rows.find(slot, number - together.length)
  for (let next = below(); due(next) && together.length < MAX_RECOVER; next = below()) together.unshift(next)
  const first = number - together.length + 1
  const above = (): Instance | undefined => epoch.rows.find(slot, first + together.length)
  for (let next = above(); due(next) && together.length < MAX_RECOVER; next = above()) together.push(next)
  return together
}

/** Nothing is led here for it that would end in a commit, or in another pursuit. */
export const isOpen = ({ committed, round }: Instance): boolean => !committed && round === undefined
