import { expect, it } from 'vitest'
import type { RecoveryRule } from '../core/index.js'
import { noFaults } from './faults.js'
import { type Errand, noErrands } from './resident.js'
import { reachable, recoveryRules } from './rules.js'
import { simulate } from './simulate.js'
import { Totals } from './totals.js'

it.each<[number, readonly RecoveryRule[]]>([
  [1, recoveryRules.filter((rule) => !['accepted', 'coordinator'].includes(rule))],
  [2, recoveryRules.filter((rule) => !['committed', 'accepted', 'coordinator'].includes(rule))],
  [3, ['opposed', 'tight', 'overtaken', 'rival']],
  [4, ['opposed', 'tight', 'overtaken', 'rival']],
  [5, []],
  [6, ['opposed', 'overtaken', 'rival']],
  [7, []],
  [9, []],
])('in a group of %i these cases of recovery cannot come up: %j', (n, never) => {
  expect(recoveryRules.filter((rule) => !reachable(rule, n))).toEqual(never)
})

it('after 1000 runs of one size every case that some size can come to, and that never came up, is told', () => {
  const errands = noErrands()
  for (const errand of Object.keys(errands) as Errand[]) errands[errand] = 1
  const [small, large] = [1, 3].map((n) => ({ ...simulate({ seed: 1, n, faults: noFaults }), errands }))
  if (small === undefined || large === undefined) throw new Error('both have run')
  expect([small.recoveries, large.recoveries]).toEqual([{}, {}])
  const totals = new Totals()
  for (let run = 0; run < 999; run++) {
    totals.add(small)
    totals.add(large)
  }
  expect(totals.unreached).toEqual([])
  totals.add({ ...small, recoveries: { accepted: 1 } })
  expect(totals.unreached).toEqual(recoveryRules.filter((rule) => rule !== 'accepted' && reachable(rule, 3)))
})

it('after 500 runs what never happened to any draft is told', () => {
  const report = { ...simulate({ seed: 1, n: 1, faults: noFaults }), errands: { ...noErrands(), drafts: 1 } }
  const totals = new Totals()
  for (let run = 0; run < 499; run++) totals.add(report)
  expect(totals.unreached).toEqual([])
  totals.add(report)
  expect(totals.unreached).toContain('kept over a restart')
  expect(totals.unreached).not.toContain('drafts')
})
