import type { Status } from '../../core/index.js'
import { Violation } from './violation.js'

/** Whether replicas have executed all that any of them knows, each equally far, and have nothing of their own open. */
export const settled = (states: readonly Status[]): boolean => {
  const [first] = states
  return states.every(
    ({ behind, pending, executed, committed }) =>
      behind === 0 && pending === 0 && `${executed}` === `${committed}` && `${executed}` === `${first?.executed}`,
  )
}

/** Bounds how long that takes once a quorum is connected. */
export class Lag {
  /** The longest it took, in virtual milliseconds. */
  largestMs = 0

  constructor(readonly boundMs: number) {}

  /** @param states what is still open, for the message */
  waited(ms: number, stage: string, states: readonly Status[]): void {
    if (ms > this.largestMs) this.largestMs = ms
    if (ms <= this.boundMs) return
    const open = states.map(
      ({ slot, committed, executed, behind, pending }) =>
        `${slot}: committed ${committed} executed ${executed} behind ${behind} pending ${pending}`,
    )
    throw new Violation('lag', `${stage} not over after ${this.boundMs} virtual ms: ${open.join(' | ')}`)
  }
}
