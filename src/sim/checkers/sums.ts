import type { Call } from '../history.js'
import { OPENING } from '../state.js'
import { ACCOUNTS } from '../workload.js'
import { Violation } from './violation.js'

/** What is paid from one account is paid into another: who looks at all of them at once sees the same sum each time. */
export const checkSums = (history: readonly Call[], accounts: number): void => {
  for (const { operations, outcomes } of history) {
    operations.forEach((operation, at) => {
      if (operation.op !== 'scan' || operation.from !== ACCOUNTS.from || operation.to !== ACCOUNTS.to) return
      const pairs = (outcomes?.[at] ?? []) as readonly (readonly [string, number])[]
      const sum = pairs.reduce((total, [, value]) => total + value - OPENING, OPENING * accounts)
      if (sum === OPENING * accounts) return
      throw new Violation(
        'sums',
        `the accounts hold ${sum} together, and not ${OPENING * accounts}: ${JSON.stringify(pairs)}`,
      )
    })
  }
}
